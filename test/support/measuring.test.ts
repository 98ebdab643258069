// The instruments: processes are measured, memory is seen, peers are lined up with the source, the reporter counts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openScene } from '../fixtures/scene.ts';
import { measure } from './command.ts';
import { findTools, makeClip, readClip, scratchFolder, soundHash } from './media.ts';
import { psnr } from './oracle.ts';
import { blend, minterpolate } from './peers.ts';
import { memoryKnown, processTree, residentBytes } from './process-memory.ts';
import { standAside } from './stand-aside.ts';
import { typescriptLoader } from './typescript.ts';
import type { RawClip } from './y4m.ts';

const node = (code: string): Promise<Awaited<ReturnType<typeof measure>>> => measure(process.execPath, ['-e', code]);

describe('support: measuring a program', () => {
  it('gives its exit code and words', async () => {
    const done = await node(`process.stdout.write('out'); process.stderr.write('err'); process.exit(3)`);
    assert.deepEqual([done.code, done.stdout.toString(), done.stderr], [3, 'out', 'err']);
  });
  it('feeds it', async () => {
    const done = await measure(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], {
      input: [Buffer.from('a'), Buffer.from('b')],
    });
    assert.equal(done.stdout.toString(), 'ab');
  });
  it('sees the memory of its children', async function () {
    if (!memoryKnown) standAside(this, 'this system has no /proc to read memory from');
    const hungry = `const b = Buffer.alloc(200e6, 1); setTimeout(() => b, 400)`;
    const done = await node(
      `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(hungry)}])`,
    );
    assert.ok(done.peakBytes > 200e6, `${done.peakBytes} bytes`);
  });
  it('knows itself', function () {
    if (!memoryKnown) standAside(this, 'this system has no /proc to read memory from');
    assert.ok(processTree(process.pid).includes(process.pid) && residentBytes(process.pid) > 1e6);
  });
  it('a program that is not there rejects', () => assert.rejects(measure('no-such-program-here', []), /ENOENT/));
});

describe('support: media and peers', () => {
  const scene = openScene({ width: 160, height: 90 });
  const clip: RawClip = {
    width: 160,
    height: 90,
    rate: [24, 1],
    depth: 8,
    chroma: '420',
    frames: Array.from({ length: 7 }, (_, i) => scene.frameAt(i / 24)),
  };
  it('a lossless file gives the frames back', async () => {
    using folder = scratchFolder('support');
    const tools = await findTools();
    const path = join(folder.path, 'clip.mkv');
    await makeClip(tools, path, clip, { output: ['-c:v', 'ffv1'] });
    assert.deepEqual(
      (await readClip(tools, path)).frames.map((frame) => Buffer.from(frame).toString('base64')),
      clip.frames.map((frame) => Buffer.from(frame).toString('base64')),
    );
  });
  it('the sound hash tells sounds apart', async () => {
    using folder = scratchFolder('support');
    const tools = await findTools();
    const hash = async (name: string, tone: number): Promise<string> => {
      const path = join(folder.path, name);
      await makeClip(tools, path, clip, {
        inputs: ['-f', 'lavfi', '-i', `sine=frequency=${tone}:duration=0.25`],
        output: ['-c:v', 'ffv1', '-c:a', 'pcm_s16le'],
      });
      return soundHash(tools, path);
    };
    const [a, again, b] = [await hash('a.mkv', 440), await hash('c.mkv', 440), await hash('b.mkv', 500)];
    assert.equal(a, again);
    assert.notEqual(a, b);
  });
  for (const [name, factor, positions] of [
    ['twice', [2, 1], [0, 2, 4, 6]],
    ['24 to 60', [5, 2], [0, 5, 10, 15]],
  ] as const) {
    it(`minterpolate is lined up: ${name}`, async function () {
      const tools = await findTools();
      if (!tools.ffmpeg.filters.has('minterpolate')) standAside(this, 'this ffmpeg has no minterpolate');
      const { frames } = await minterpolate(tools, clip, factor, 'default');
      assert.equal(frames.length, Math.floor((6 * factor[0]) / factor[1]) + 1);
      for (const at of positions)
        assert.ok(psnr(frames[at]!, clip.frames[(at * factor[1]) / factor[0]]!) > 50, `frame ${at}`);
    });
  }
  it('a blend halfway is the mean', () =>
    assert.deepEqual([...blend(Uint8Array.of(0, 100), Uint8Array.of(10, 200), 0.5)], [5, 150]));
  it('a blend at a quarter leans left', () =>
    assert.deepEqual([...blend(Uint8Array.of(0), Uint8Array.of(100), 0.25)], [25]));
});

describe('support: reporter', () => {
  const mocha = fileURLToPath(new URL('../../node_modules/mocha/bin/mocha.js', import.meta.url));
  const reporter = fileURLToPath(new URL('./reporter.ts', import.meta.url));
  it('counts passed and failed, and names what was skipped', async () => {
    using folder = scratchFolder('reporter');
    const [cases, summary] = [join(folder.path, 'cases.cjs'), join(folder.path, 'summary')];
    writeFileSync(
      cases,
      `describe('s', () => { it('a', () => {}); it('b', () => { throw new Error('no'); }); it('c', function () { this.skip(); }); });`,
    );
    const done = await measure(process.execPath, [
      '--import',
      typescriptLoader,
      mocha,
      '--no-config',
      '--reporter',
      reporter,
      '--reporter-option',
      `summary=${summary}`,
      cases,
    ]);
    assert.equal(done.code, 1);
    assert.equal(readFileSync(summary, 'utf8'), '1 passed, 1 failed\n');
    assert.match(done.stdout.toString(), /FAILED s b[\s\S]*1 skipped[\s\S]*s c/);
  });
});
