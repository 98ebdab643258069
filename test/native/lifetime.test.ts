// How the engine begins and ends: workers terminated at work, exits and disposals in mid-job, memory given back. Each in a process of its own.
import assert from 'node:assert/strict';
import { memoryKnown } from '../support/process-memory.ts';
import { standAside } from '../support/stand-aside.ts';
import { engineMissing } from './built.ts';
import { alone, here, typescriptApi } from './crew.ts';

const large = `{ width: 1920, height: 1080, layout: 'yuv420', depth: 8, alpha: false }`;
const small = `{ width: 256, height: 192, layout: 'yuv420', depth: 8, alpha: false }`;
const pictures = `
  import { quickPicture } from ${JSON.stringify(here('pictures.ts'))};
  const options = { effort: 'best', cutThreshold: 0.5 };
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
`;
/** `startWorker()`: a worker thread that opens the engine and loads pairs without end; resolves once it is at work. */
const worker = (format: string): string => `
  import { Worker } from 'node:worker_threads';
  const startWorker = () => new Promise((resolve, reject) => {
    const worker = new Worker(${JSON.stringify(`
      import { parentPort } from 'node:worker_threads';
      (await import(${JSON.stringify(typescriptApi)})).register();
      const { openEngine } = await import(${JSON.stringify(here('../../native/index.ts'))});
      const { quickPicture } = await import(${JSON.stringify(here('pictures.ts'))});
      const format = ${format};
      const interpolator = openEngine({ threads: 2 }).interpolator(format, { effort: 'best', cutThreshold: 0.5 });
      const a = quickPicture(format, 0), b = quickPicture(format, 6);
      parentPort.postMessage('at work');
      for (;;) {
        await interpolator.load(a, b);
        await interpolator.load(b, a);
      }
    `)}, { eval: true });
    worker.once('message', () => resolve(worker));
    worker.once('error', reject);
  });
`;

describe('native: lifetime', function () {
  this.timeout(60_000);
  const missing = engineMissing();
  before(function () {
    if (missing === undefined) return;
    standAside(this, missing);
  });

  it('an engine that is open does not keep a process alive', () => {
    assert.equal(alone(`openEngine({ threads: 2 }); console.log('end');`), 'end');
  });
  it('a call at work does keep it alive until it settles', () => {
    const said = alone(`${pictures}
      const format = ${small};
      const interpolator = openEngine({ threads: 2 }).interpolator(format, options);
      interpolator.load(quickPicture(format, 0), quickPicture(format, 6)).then((report) => console.log(report.relation));
    `);
    assert.equal(said, 'motion');
  });
  it('process.exit in mid-job ends cleanly', () => {
    alone(`${pictures}
      const format = ${large};
      const interpolator = openEngine({ threads: 2 }).interpolator(format, options);
      interpolator.load(quickPicture(format, 0), quickPicture(format, 6));
      await wait(50);
      process.exit(0);
    `);
  });
  it('dispose right after a call has ended, before its promise was told, rejects it once', () => {
    const said = alone(`${pictures}
      const format = ${small};
      let rejected = 0;
      for (let i = 0; i < 30; i++) {
        const engine = openEngine({ threads: 1 });
        const picture = new Uint8Array(pictureBytes(format));
        const call = engine.measure(format, picture, picture).catch((error) => { rejected += error.code === 'ABORT_ERR'; });
        const start = performance.now();
        while (performance.now() - start < 20);
        engine.dispose();
        await call;
        await wait(1);
      }
      console.log(rejected);
    `);
    assert.equal(said, '30');
  });
  it('a worker terminated in mid-job takes nothing down and leaves nothing running', () => {
    const said = alone(`${worker(large)}
      import { readdirSync } from 'node:fs';
      const threads = () => process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0;
      const before = threads();
      for (let i = 0; i < 4; i++) {
        const worker = await startWorker();
        await new Promise((resolve) => setTimeout(resolve, 30 + 40 * i));
        const start = performance.now();
        await worker.terminate();
        if (performance.now() - start > 2000) throw new Error('terminate took ' + (performance.now() - start) + ' ms');
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      const usage = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { user, system } = process.cpuUsage(usage);
      console.log(JSON.stringify({ left: threads() - before, busyMs: (user + system) / 1000 }));
    `);
    const { left, busyMs } = JSON.parse(said) as { left: number; busyMs: number };
    assert.ok(left <= 0, `${left} threads are left`);
    assert.ok(busyMs < 100, `${busyMs} ms of work after the end`);
  });
  it('workers and the main thread use the engine at once', () => {
    const said = alone(`${pictures}${worker(small)}
      const workers = await Promise.all([startWorker(), startWorker()]);
      const format = ${small};
      const engine = openEngine({ threads: 2 });
      const interpolator = engine.interpolator(format, options);
      const report = await interpolator.load(quickPicture(format, 0), quickPicture(format, 6));
      await Promise.all(workers.map((worker) => worker.terminate()));
      const again = await interpolator.load(quickPicture(format, 6), quickPicture(format, 12));
      engine.dispose();
      console.log(report.relation, again.relation);
    `);
    assert.equal(said, 'motion motion');
  });
  it('inputs and outputs live as long as the call', () => {
    alone(
      `${pictures}
      const format = ${small};
      const engine = openEngine({ threads: 2 });
      for (let i = 0; i < 20; i++) {
        const interpolator = engine.interpolator(format, options);
        const call = interpolator.load(quickPicture(format, 0), quickPicture(format, 6));
        gc();
        await call;
        gc();
        const rendered = interpolator.render(0.5, new Uint8Array(pictureBytes(format)));
        gc();
        if (i % 2) interpolator.dispose();
        gc();
        await rendered.catch((error) => { if (error.code !== 'ABORT_ERR') throw error; });
      }
    `,
      ['--expose-gc'],
    );
  });

  const grown = (body: string): { first: number; last: number; planned: number } =>
    JSON.parse(
      alone(
        `${pictures}
        const format = ${large};
        const engine = openEngine({ threads: 2 });
        const a = quickPicture(format, 0), b = quickPicture(format, 6);
        const resident = async () => { for (let i = 0; i < 6; i++) { gc(); await wait(10); } return process.memoryUsage.rss(); };
        const start = await resident();
        let planned = 0, first = 0;
        const round = async () => { ${body} };
        await round();
        first = await resident();
        for (let i = 0; i < 8; i++) await round();
        console.log(JSON.stringify({ first: first - start, last: (await resident()) - start, planned }));
      `,
        ['--expose-gc'],
      ),
    ) as { first: number; last: number; planned: number };

  it('disposed interpolators of 1920×1080 give their memory back', function () {
    if (!memoryKnown) standAside(this, 'this system has no /proc to read memory from');
    const { first, last, planned } = grown(`
      const interpolator = engine.interpolator(format, options);
      planned = engine.plannedBytes(format, options);
      await interpolator.compare(a, b);
      interpolator.dispose();
    `);
    assert.ok(planned > 1920 * 1080 * 8, `${planned} bytes planned`);
    // eight more rounds would add eight plans if they were kept; the rest is the allocator's own
    assert.ok(last - first < planned / 2, `${last - first} bytes more after eight rounds of ${planned}`);
  });
  it('forgotten interpolators are collected', function () {
    if (!memoryKnown) standAside(this, 'this system has no /proc to read memory from');
    const { first, last, planned } = grown(`
      const interpolator = engine.interpolator(format, options);
      planned = engine.plannedBytes(format, options);
      await interpolator.compare(a, b);
    `);
    assert.ok(last - first < planned, `${last - first} bytes more after eight rounds of ${planned}`);
  });
  it('a loaded pair takes no more than it planned', function () {
    if (!memoryKnown) standAside(this, 'this system has no /proc to read memory from');
    const { last, planned } = grown(`
      if (planned > 0) return;
      globalThis.kept = engine.interpolator(format, options);
      planned = engine.plannedBytes(format, options);
      await kept.load(a, b);
      await kept.render(0.5, new Uint8Array(a.length));
    `);
    // beyond the plan: rows of scratch, the compiled code, one picture
    assert.ok(last < planned + (24 << 20), `${last} bytes resident, ${planned} planned`);
  });
});
