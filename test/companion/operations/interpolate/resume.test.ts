// A job that was interrupted anywhere, and started again with what it had finished, gives the same bytes and the same record as one that was not.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { openChunks } from '../../../../companion/jobs/chunks.ts';
import type { Ledger, Step } from '../../../../companion/operations/context.ts';
import type { InterpolateRecord } from '../../../../companion/operations/interpolate/make.ts';
import { interpolate } from '../../../../companion/operations/interpolate.ts';
import { type Engine, openEngine } from '../../../../native/index.ts';
import { openFakeEngine } from '../../../support/fake-engine.ts';
import { withNpmTools } from '../../../support/npm-tools.ts';
import { folder, make, picture } from '../../media/footage.ts';

interface Run {
  readonly input: string;
  readonly output: string;
  readonly params: Record<string, unknown>;
  /** Folder of the ledger; null: there is none. */
  readonly parts: string | null;
  /** Called at each frame the engine makes, at each part that was kept, and at each step. */
  readonly onRender?: (count: number, cancel: () => void) => void;
  readonly onKept?: (name: string, cancel: () => void) => void;
  readonly onStep?: (step: Step, cancel: () => void) => void;
  readonly engine?: (onRender: () => void) => Engine;
}

/** One start of a job. Gives the frames the engine made, and the record; null when it was interrupted. */
async function run(job: Run): Promise<{ renders: number; record: InterpolateRecord | null; steps: Step[] }> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort(Object.assign(new Error('interrupted'), { name: 'AbortError' }));
  const steps: Step[] = [];
  let renders = 0;
  const count = (): void => job.onRender?.(++renders, cancel) ?? void (job.onRender ?? ++renders);
  using engine = (job.engine ?? ((onRender) => openFakeEngine({ onRender })))(count);
  try {
    const record = await interpolate.run(interpolate.params.parse(job.params), {
      inputs: [job.input],
      ...{ output: job.output, spared: [job.input], force: false, from: folder, engine },
      ...(job.parts !== null && { ledger: watched(openChunks(job.parts), (name) => job.onKept?.(name, cancel)) }),
      signal: abort.signal,
      progress: (step) => {
        steps.push(step);
        job.onStep?.(step, cancel);
      },
      ...{ note: () => {}, claim: () => {}, seal: () => async () => {} },
    });
    return { renders, record, steps };
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return { renders, record: null, steps };
  }
}

const watched = (ledger: Ledger, onKept: (name: string) => void): Ledger => ({
  folder: ledger.folder,
  get bytes() {
    return ledger.bytes;
  },
  takeOver: (key, signal) => ledger.takeOver(key, signal),
  draft: (name) => ledger.draft(name),
  async keep(name, facts, signal) {
    await ledger.keep(name, facts, signal);
    onKept(name);
  },
});

/** Bytes of a file, or of a folder's files under their names. */
function hashOf(place: string): string {
  const files = statSync(place).isDirectory()
    ? readdirSync(place)
        .sort()
        .map((name) => path.join(place, name))
    : [place];
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(path.basename(file) === path.basename(place) ? '' : path.basename(file)).update(readFileSync(file));
  return hash.digest('hex');
}

/** What a record says of the content; times, places and the machine are left out. */
const content = ({ frames, pairs, cuts, dedup, rate, speed, output }: InterpolateRecord) => ({
  ...{ frames, pairs, cuts, dedup, rate, speed },
  checks: output.checks,
});

const intra = ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p', '-g', '1'];

describe('a job that goes on where it was', function () {
  this.timeout(120_000).slow(20_000);
  let place: string;
  let number = 0;
  withNpmTools();
  before(() => {
    place = mkdtempSync(path.join(folder, 'resume-'));
  });
  const fresh = (ending = ''): string => path.join(place, `${++number}${ending}`);

  /** The result of a job nobody interrupted: the bytes, what the record says, and how many frames the engine made. */
  async function whole(input: string, params: Record<string, unknown>, ending: string) {
    const output = fresh(`/shot${ending}`);
    const { record, renders } = await started({ input, output, params, parts: fresh() });
    return { hash: hashOf(output), record: content(record!), renders };
  }

  async function started(job: Run): ReturnType<typeof run> {
    mkdirSync(path.dirname(job.output), { recursive: true });
    return run(job);
  }

  /** A shot of 60 frames and one of 60 more, at the rate. */
  const twoShots = (rate: string, size: string, name: string, ...coded: string[]): Promise<string> =>
    make(
      name,
      ...picture(rate, (120 / Number(rate.split('/')[0])) * Number(rate.split('/')[1] ?? 1), size),
      '-frames:v',
      '120',
      '-vf',
      "negate=enable='gte(n,60)'",
      ...coded,
    );

  /** Interrupts before anything is kept, at a border, and in the chunk behind one, again and again, until the job is done. */
  async function bitByBit(
    input: string,
    params: Record<string, unknown>,
    ending: string,
    expected: Awaited<ReturnType<typeof whole>>,
    engine?: Run['engine'],
  ) {
    const output = fresh(`/shot${ending}`);
    const parts = fresh();
    const more = engine ? { engine } : {};
    for (let start = 0; ; start++) {
      assert.ok(start < 40, 'it never comes to its end');
      const when = (['at once', 'at a border', 'behind one'] as const)[start % 3];
      let [done, kept, since] = [false, 0, 0];
      const { record, renders } = await started({
        ...{ input, output, params, parts, ...more },
        onKept: (_, cancel) => {
          kept++;
          if (when === 'at a border') cancel();
        },
        onRender: (count, cancel) => {
          if (kept > 0) since++;
          if (when === 'at once' ? count === 9 : when === 'behind one' && since === 9) cancel();
        },
        onStep: ({ phase }) => {
          if (phase === 'publish') done = true;
        },
      });
      assert.deepEqual(
        readdirSync(path.dirname(output)),
        record ? [path.basename(output)] : [],
        'nothing unfinished beside it',
      );
      if (!record) {
        assert.ok(!done);
        continue;
      }
      assert.ok(start > 1, 'it was interrupted');
      assert.ok(renders < expected.renders, 'it took over what was finished');
      assert.equal(hashOf(output), expected.hash);
      assert.deepEqual(content(record), expected.record);
      return;
    }
  }

  describe('at every border and within every chunk', () => {
    const check = (codec: string, ending: string, size = '64x48') =>
      it(`${codec} in ${ending || 'a folder'}`, async () => {
        const input = await twoShots('24', size, `shots-${size}.mkv`, ...intra);
        const params = { factor: '2', codec };
        const expected = await whole(input, params, ending);
        assert.deepEqual(expected.record.cuts, [{ frame: 60, seconds: 2.5 }]);
        assert.deepEqual(expected.record.frames, { in: 120, out: 240, kept: 122, created: 118 });
        await bitByBit(input, params, ending, expected);
      });
    check('prores', '.mov');
    check('dnxhr', '.mov', '256x120');
    check('h264', '.mp4');
    check('h264', '.mkv');
    check('hevc', '.mp4');
    check('ffv1', '.mkv');
    check('png', '');
  });

  describe('whatever the rates', () => {
    const check = (what: string, bring: () => Promise<string>, params: Record<string, unknown>, ending = '.mov') =>
      it(what, async () => {
        const input = await bring();
        await bitByBit(input, params, ending, await whole(input, params, ending));
      });
    const ntsc = () => twoShots('24000/1001', '64x48', 'ntsc.mkv', ...intra);
    const long = () => twoShots('25', '64x48', 'long.mp4', '-c:v', 'libx264', '-g', '40', '-bf', '3');
    check('23.976 to 59.94', ntsc, { fps: '59.94' });
    check('23.976 to 60, H.264', ntsc, { fps: '60', codec: 'h264' }, '.mp4');
    check('25 to 60, from H.264 with references far away', long, { fps: '60' });
    check('0.4 of real speed', long, { slow: '0.4', codec: 'ffv1' }, '.mkv');
    check('so slow that chunks end within a pair', () => make('few.mkv', ...picture('24', 0.4), ...intra), {
      slow: '1/37',
    });
    check('a range', long, { fps: '50', range: '7-110' });
    check(
      'of a transport stream, which nobody seeks in',
      () => twoShots('25', '64x48', 'stream.ts', '-c:v', 'mpeg2video'),
      { fps: '50' },
    );
    const uneven = () =>
      make(
        'uneven.mkv',
        ...picture('30', 5),
        '-vf',
        'select=not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,11)\\,5))',
        '-vsync',
        'vfr',
        ...intra,
      );
    check('a variable rate', uneven, { fps: '60' });
    const twos = () => make('twos.mkv', ...picture('12', 9), '-r', '24', ...intra);
    check('repeats removed', twos, { fps: '48', dedup: true });
    check(
      'fields made frames',
      () => make('fields.mkv', ...picture('50', 4.4), '-vf', 'interlace=scan=tff,setfield=tff', ...intra),
      { fps: '50', deinterlace: 'on' },
    );
  });

  it('a chunk ends at a cut, or after 48 source frames', async () => {
    const parts = fresh();
    const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
    await started({ input, output: fresh('/shot.mov'), params: { factor: '2' }, parts });
    const firsts = readdirSync(parts).flatMap((name) => /^pictures-(\d+)\.mov$/.exec(name)?.[1] ?? []);
    assert.deepEqual(firsts.map(Number), [0, 96, 120, 216]);
  });

  it('a part that is not as it was is made again, and only that', async () => {
    const [parts, params] = [fresh(), { factor: '2' }];
    const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
    const expected = await whole(input, params, '.mov');
    await started({ input, output: fresh('/shot.mov'), params, parts });
    const part = path.join(parts, 'pictures-000000096.mov');
    const bytes = readFileSync(part);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(part, bytes);
    writeFileSync(path.join(parts, 'pictures-000000300.mov.draft'), 'left by a crash');
    appendFileSync(path.join(parts, 'list'), 'a line that a cra');
    const output = fresh('/shot.mov');
    const { record, renders } = await started({ input, output, params, parts });
    assert.equal(renders, 11, 'pairs 48 to 58: the last of the chunk is a cut');
    assert.equal(hashOf(output), expected.hash);
    assert.deepEqual(content(record!), expected.record);
    assert.ok(!existsSync(path.join(parts, 'pictures-000000300.mov.draft')));
  });

  it('parts of another work are not believed', async () => {
    const parts = fresh();
    const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
    await started({ input, output: fresh('/shot.mov'), params: { factor: '2' }, parts });
    const params = { factor: '2', quality: 'best' };
    const output = fresh('/shot.mov');
    const { renders } = await started({ input, output, params, parts });
    const expected = await whole(input, params, '.mov');
    assert.equal(renders, expected.renders);
    assert.equal(hashOf(output), expected.hash);
  });

  for (const phase of ['join', 'verify'] as const)
    it(`interrupted while it does "${phase}": no frame is made again`, async () => {
      const [parts, params, output] = [fresh(), { factor: '2', codec: 'h264' }, fresh('/shot.mp4')];
      const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
      const job = { input, output, params, parts };
      const { record } = await started({ ...job, onStep: (step, cancel) => step.phase === phase && cancel() });
      assert.equal(record, null);
      const again = await started(job);
      assert.equal(again.renders, 0);
      assert.deepEqual([again.record!.frames.created, again.record!.fps], [118, 0]);
      assert.equal(hashOf(output), (await whole(input, params, '.mp4')).hash);
    });

  it('what did not pass is made again', async () => {
    const [parts, params, output] = [fresh(), { factor: '2' }, fresh('/shot.mov')];
    const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
    const [first, last] = ['pictures-000000000.mov', 'pictures-000000216.mov'].map((name) => path.join(parts, name));
    const onKept = (name: string): void => void (last!.endsWith(name) && copyFileSync(first!, last!));
    await assert.rejects(started({ input, output, params, parts, onKept }), { code: 'VERIFY_FAILED' });
    assert.deepEqual(readdirSync(parts), ['list']);
    assert.equal((await started({ input, output, params, parts })).renders, 118);
  });

  it('says how far it is from what is there', async () => {
    const [parts, params, output] = [fresh(), { factor: '2' }, fresh('/shot.mov')];
    const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
    await started({ input, output, params, parts, onKept: (_, cancel) => cancel() });
    const { steps } = await started({ input, output, params, parts });
    const rendering = steps.filter((step) => step.phase === 'render').map(({ done }) => done);
    assert.deepEqual(rendering, [96, ...Array.from({ length: 145 }, (_, i) => 96 + i)]);
  });

  it('does not look for repeats again', async () => {
    const [parts, params, output] = [fresh(), { fps: '48', dedup: true }, fresh('/shot.mov')];
    const input = await make('twos.mkv', ...picture('12', 9), '-r', '24', ...intra);
    const job = { input, output, params, parts };
    const { steps } = await started({ ...job, onKept: (name, cancel) => name.startsWith('pictures') && cancel() });
    assert.ok(steps.some(({ phase }) => phase === 'analyse'));
    const again = await started(job);
    assert.ok(!again.steps.some(({ phase }) => phase === 'analyse'));
    assert.deepEqual(content(again.record!), (await whole(input, params, '.mov')).record);
  });

  it('gives the same bytes without a ledger, and leaves nothing', async () => {
    const input = await twoShots('24', '64x48', 'shots-64x48.mkv', ...intra);
    for (const [codec, ending] of [
      ['prores', '.mov'],
      ['png', ''],
    ] as const) {
      const output = fresh(`/shot${ending}`);
      await started({ input, output, params: { factor: '2', codec }, parts: null });
      assert.equal(hashOf(output), (await whole(input, { factor: '2', codec }, ending)).hash);
      assert.deepEqual(readdirSync(path.dirname(output)), [path.basename(output)]);
    }
  });

  it('keeps a rate with too fine a clock in one part', async () => {
    const parts = fresh();
    const input = await make('fine.mkv', ...picture('24', 4), ...intra);
    await started({ input, output: fresh('/shot.mov'), params: { fps: '1000003/20000' }, parts });
    assert.deepEqual(
      readdirSync(parts).filter((name) => name.startsWith('pictures')),
      ['pictures-000000000.mov'],
    );
  });

  it('one frame', async () => {
    const input = await make('two.mkv', ...picture('24', 0.08), ...intra);
    const output = fresh('/shot.mov');
    const { record } = await started({ input, output, params: { fps: '1' }, parts: fresh() });
    assert.equal(record!.frames.out, 1);
    rmSync(output);
  });

  it('with the engine itself: neighbours beyond the pair are there again', async () => {
    const counted = (onRender: () => void): Engine => {
      const engine = openEngine({ threads: 2 });
      return {
        ...{ version: engine.version, level: engine.level, threads: engine.threads },
        plannedBytes: (format, options) => engine.plannedBytes(format, options),
        interpolator(format, options) {
          const own = engine.interpolator(format, options);
          const render = own.render.bind(own);
          own.render = (phase, out, call) => {
            onRender();
            return render(phase, out, call);
          };
          return own;
        },
        measure: (...given) => engine.measure(...given),
        dispose: () => engine.dispose(),
        [Symbol.dispose]: () => engine.dispose(),
      };
    };
    // a picture that turns: motion bends, so that the frames around a pair matter
    const input = await make(
      'turning.mkv',
      ...picture('24', 4.6, '160x96'),
      '-vf',
      'rotate=t*t:fillcolor=gray',
      ...intra,
    );
    const params = { fps: '48' };
    const [output, parts] = [fresh('/shot.mov'), fresh()];
    const once = await started({ input, output, params, parts, engine: counted });
    const expected = { hash: hashOf(output), record: content(once.record!), renders: once.renders };
    await bitByBit(input, params, '.mov', expected, counted);
  });
});
