// Whole clips of keyframes with the fake engine: every still is in the file, bit for bit, at its time; what is refused, cancelled and taken up again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CompanionError, type ErrorCode } from '../../../../companion/api/errors.ts';
import { parseParams } from '../../../../companion/api/operation.ts';
import { openChunks } from '../../../../companion/jobs/chunks.ts';
import { type Form, openMedia, readFitted } from '../../../../companion/media/fitted.ts';
import type { OperationContext, Step } from '../../../../companion/operations/context.ts';
import type { KeyframesRecord } from '../../../../companion/operations/keyframes/make.ts';
import type { KeyframesPlan } from '../../../../companion/operations/keyframes/plan.ts';
import { keyframes } from '../../../../companion/operations/keyframes.ts';
import { openFakeEngine } from '../../../support/fake-engine.ts';
import { withNpmTools } from '../../../support/npm-tools.ts';
import { type Colour, makeStill } from '../../../support/stills.ts';
import { folder, make, npmTools, picture } from '../../media/footage.ts';

/** A slope whose colours depend on the number: near to its neighbours, equal to none. */
const slope =
  (number: number) =>
  (x: number, y: number): Colour => [
    (x * 3 + number * 9) % 256,
    (y * 4 + number * 5) % 256,
    (x + y + number * 7) % 256,
  ];

describe('keyframes', function () {
  this.timeout(120_000).slow(5000);
  withNpmTools();
  let place: string;
  let stills: string[];
  before(async () => {
    place = mkdtempSync(path.join(folder, 'keyframes-'));
    stills = await Promise.all([0, 1, 2].map((number) => makeStill(`still${number}.png`, [48, 32], slope(number))));
  });
  const at = (name: string): string => path.join(place, name);

  interface Asked {
    readonly params?: Record<string, unknown>;
    readonly inputs?: readonly string[];
    readonly output?: string | undefined;
    readonly force?: boolean;
    /** Called at each step; what it does by `cancel` is the guest's. */
    readonly onStep?: (step: Step, cancel: () => void) => void;
    readonly onRender?: () => void;
    readonly parts?: string;
  }
  function contextOf(asked: Asked): { context: OperationContext; notes: string[] } {
    const abort = new AbortController();
    const cancel = (): void => abort.abort(Object.assign(new Error('cancelled'), { name: 'AbortError' }));
    const notes: string[] = [];
    const inputs = asked.inputs ?? stills;
    const context: OperationContext = {
      ...{ inputs, output: asked.output, spared: inputs, force: asked.force ?? false, from: place },
      engine: openFakeEngine({ onRender: () => asked.onRender?.() }),
      ...(asked.parts !== undefined && { ledger: openChunks(asked.parts) }),
      signal: abort.signal,
      progress: (step) => asked.onStep?.(step, cancel),
      note: (text) => void notes.push(text),
      ...{ claim: () => {}, seal: () => async () => {} },
    };
    return { context, notes };
  }
  const run = (asked: Asked): Promise<KeyframesRecord> =>
    keyframes.run(parseParams(keyframes.params, asked.params ?? {}), contextOf(asked).context);
  const plan = (asked: Asked): Promise<KeyframesPlan> =>
    keyframes.plan!(parseParams(keyframes.params, asked.params ?? {}), contextOf(asked).context);

  /** All frames of a clip as they are in it, and their form. */
  async function framesOf(file: string): Promise<{ frames: Uint8Array[]; form: Form; rate: string }> {
    const tools = await npmTools();
    const media = await openMedia(tools, file);
    const { timing, stream } = media;
    const frames = await readFitted(tools, media, { from: 0, count: timing.frames, form: stream, fit: 'contain' });
    return { frames, form: stream, rate: timing.kind === 'constant' ? timing.rate.toString() : 'variable' };
  }
  const fittedIn = async (still: string, form: Form): Promise<Uint8Array> => {
    const tools = await npmTools();
    return (await readFitted(tools, await openMedia(tools, still), { from: 0, count: 1, form, fit: 'contain' }))[0]!;
  };

  /** `shows`: the stills (A, B, C) and made frames (-) of the whole clip. */
  const law = (params: Record<string, unknown>, rate: string, shows: string) =>
    it(`${JSON.stringify(params)}: ${shows.length} frames at ${rate}`, async () => {
      const record = await run({ params, output: at('law.mkv'), force: true });
      const { frames, form, rate: found } = await framesOf(at('law.mkv'));
      assert.deepEqual(
        [frames.length, found, record.rate, record.frames.out],
        [shows.length, rate, rate, shows.length],
      );
      assert.equal(record.frames.kept, [...shows].filter((letter) => letter !== '-').length);
      const exact = await Promise.all(stills.map((still) => fittedIn(still, form)));
      const drawn = frames.map((frame) => 'ABC'[exact.findIndex((still) => Buffer.compare(still, frame) === 0)] ?? '-');
      assert.equal(drawn.join(''), shows);
    });
  law({ times: '0,3,7' }, '24', 'A--B---C');
  law({ times: '5,8,12', fps: '23.976' }, '24000/1001', 'A--B---C');
  law({ times: '0,1,2', fps: '25' }, '25', 'ABC');
  law({ every: 5, fps: '29.97' }, '30000/1001', 'A----B----C');
  law({ times: '0s,0.1s,0.25s', fps: '60' }, '60', 'A-----B--------C');
  law({ times: '10:00:00:00,10:00:00:02,10:00:00:12', fps: '50' }, '50', 'A-B---------C');
  law({ every: 6, hold: '2' }, '24', 'AAA---BBB-CCC');
  law({ every: 4, hold: '0,3,0' }, '24', 'A---BBBBC');
  law({ every: 4, manner: 'cut' }, '24', 'AAAABBBBC');
  law({ every: 4, manner: 'dissolve,cut' }, '24', 'A---BBBBC');
  law({ every: 3, ease: 'in-out,out' }, '24', 'A--B--C');

  it('goes by its ease', async () => {
    const [low, high] = await Promise.all([0, 200].map((v) => makeStill(`level${v}.png`, [32, 32], () => [v, v, v])));
    const levels = async (ease: string): Promise<number[]> => {
      const params = { every: 4, ease, manner: 'dissolve' };
      await run({ inputs: [low!, high!], params, output: at('ease.mkv'), force: true });
      return (await framesOf(at('ease.mkv'))).frames.map((frame) => frame[500]!);
    };
    assert.deepEqual(await levels('linear'), [0, 50, 100, 150, 200]);
    assert.deepEqual(await levels('in'), [0, 13, 50, 113, 200]);
    assert.deepEqual(await levels('out'), [0, 88, 150, 188, 200]);
    assert.deepEqual(await levels('in-out'), [0, 31, 100, 169, 200]);
  });

  it('dissolves where the stills have nothing in common, and says which and why', async () => {
    const inputs = await Promise.all(
      [10, 20, 240, 250].map((v) => makeStill(`grey${v}.png`, [48, 32], () => [v, v, v])),
    );
    const { spans, keys } = await run({ inputs, params: { every: 4 }, output: at('which.mov') });
    assert.deepEqual(
      spans.map(({ manner, frames }) => `${manner} ${frames}`),
      ['morph 3', 'dissolve 3', 'morph 3'],
    );
    assert.match(spans[1]!.reason, /different shots/);
    assert.deepEqual(
      keys.map(({ path: file, first }) => [file, first]),
      inputs.map((file, i) => [file, 4 * i]),
    );
  });

  it('is ProRes of BT.709 by default, named for its first still', async () => {
    const { output } = await run({ params: { every: 2 } });
    assert.equal(output.path, stills[0]!.replace(/\.png$/, '.keyframes.mov'));
    const { stream } = await openMedia(await npmTools(), output.path);
    const { primaries, transfer, matrix } = stream.colour;
    assert.deepEqual(
      [stream.codec, stream.pixelFormat, primaries, transfer, matrix],
      ['prores', 'yuv422p10le', 'bt709', 'bt709', 'bt709'],
    );
    assert.ok(output.checks.some(({ name, found }) => name === 'frames' && found === '5'));
    rmSync(output.path);
  });
  it('begins with the label of the first time', async () => {
    const { output } = await run({ params: { times: '01:02:03:04,01:02:03:06,01:02:03:08' }, output: at('label.mov') });
    assert.deepEqual((await openMedia(await npmTools(), output.path)).description.timecode?.text, '01:02:03:04');
  });
  it('writes a folder of stills that hold the very pixels', async () => {
    const { output } = await run({ params: { every: 2, codec: 'png' }, output: at('sequence') });
    const names = readdirSync(output.path).sort();
    assert.deepEqual(
      names,
      [1, 2, 3, 4, 5].map((number) => `sequence.00000${number}.png`),
    );
    const { stream } = await openMedia(await npmTools(), stills[1]!);
    assert.deepEqual(await fittedIn(path.join(output.path, names[2]!), stream), await fittedIn(stills[1]!, stream));
  });

  const stored = (name: string, pixels: Colour, extension: string, format: RegExp, note: RegExp | null) =>
    it(`${name} is ${format.source} in ${extension}`, async () => {
      const clear = await makeStill('clear.png', [48, 32], (x) => (x < 24 ? pixels : [9, 9, 9, 255]));
      const asked = { inputs: [stills[0]!, clear], params: { every: 2 }, output: at(`alpha${extension}`), force: true };
      const { context, notes } = contextOf(asked);
      const { output } = await keyframes.run(parseParams(keyframes.params, asked.params), context);
      assert.match((await openMedia(await npmTools(), output.path)).stream.pixelFormat, format);
      if (note)
        assert.ok(
          notes.some((text) => note.test(text)),
          notes.join('; '),
        );
    });
  const glass: Colour = [200, 100, 50, 128];
  const opaque: Colour = [200, 100, 50, 255];
  stored('a still with glass', glass, '.mov', /^yuva444p1[02]le$/, null);
  stored('an opaque still with alpha', opaque, '.mov', /^yuv422p10le$/, null);
  stored(
    'a still with glass',
    glass,
    '.mp4',
    /^yuv420p$/,
    /h264 stores no alpha: what is see-through is laid over black/,
  );
  stored('a still with glass', glass, '.mkv', /^bgra$/, null);

  it('takes the first frame of a clip, and says so', async () => {
    const clip = await make('short.mkv', ...picture('25', 0.4, '48x32'), '-c:v', 'ffv1');
    const { notes } = await plan({ inputs: [stills[0]!, clip], params: { every: 2 } });
    assert.ok(notes.some((note) => /short\.mkv has 10 frames: the first one is taken/.test(note)));
  });
  it('is as large as the first still is seen, or as it is told', async () => {
    const odd = await makeStill('odd.png', [49, 33], slope(0));
    const sized = async (inputs: string[], params = {}) => (await plan({ inputs, params })).result;
    const { width, height } = await sized([odd, ...stills]);
    assert.deepEqual([width, height], [48, 32]);
    const told = await sized([odd, ...stills], { size: '64x36' });
    assert.deepEqual([told.width, told.height], [64, 36]);
  });
  it('a plan says all of it and writes nothing', async () => {
    const found = await plan({ params: { every: 4, ease: 'in' }, output: at('planned.mov') });
    assert.ok(!existsSync(at('planned.mov')) && !found.exists);
    const text = keyframes.tellPlan!(found).join('\n');
    assert.match(text, /^frame 0 {9}still0\.png \(48×32\)\n +morph of 3 frames, in: same shot/);
    assert.match(text, /^time {6}about .*, measured on the first morph$/m);
    assert.ok(found.estimatedSeconds! > 0);
    assert.match(text, /48×32, 9 frames at 24 fps: 3 show a still, 6 made\n +prores_ks yuv422p10le/);
    assert.deepEqual(found, JSON.parse(JSON.stringify(found)));
  });

  const refuses = (name: string, asked: () => Asked | Promise<Asked>, code: ErrorCode, message: RegExp) =>
    it(`refuses ${name}`, async () => {
      const before = readdirSync(place);
      const given = await asked();
      await assert.rejects(
        async () => run(given),
        (error) => error instanceof CompanionError && error.code === code && message.test(error.message),
      );
      assert.deepEqual(readdirSync(place), before);
    });
  const written = (name: string, content: string): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  refuses(
    'a still that is not there',
    () => ({ inputs: [stills[0]!, path.join(folder, 'none.png')] }),
    'INPUT_MISSING',
    /none\.png/,
  );
  refuses(
    'a still that is none',
    () => ({ inputs: [stills[0]!, written('words.png', 'no picture at all')] }),
    'MEDIA_UNKNOWN',
    /words\.png/,
  );
  refuses(
    'a still that is cut short',
    () => ({ inputs: [stills[0]!, written('empty.png', '')] }),
    'INPUT_EMPTY',
    /empty\.png/,
  );
  refuses(
    'a still too small',
    async () => ({ inputs: [stills[0]!, await makeStill('small.png', [15, 40], slope(0))] }),
    'PICTURE_TOO_SMALL',
    /small\.png.*15/,
  );
  refuses(
    'a size too small',
    () => ({ params: { size: '12x40' } }),
    'PARAM_INVALID',
    /size must be a width and a height such as 1920x1080, from 16x16/,
  );
  refuses('too few times', () => ({ params: { times: '0,10' } }), 'PARAM_INVALID', /3 points in time/);
  refuses('times that fall', () => ({ params: { times: '0,10,5' } }), 'PARAM_INVALID', /rise/);
  refuses('a hold that leaves no way', () => ({ params: { every: 4, hold: '4' } }), 'PARAM_INVALID', /hold must be/);
  refuses(
    'too many holds',
    () => ({ params: { hold: '1,2' } }),
    'PARAM_INVALID',
    /hold must be one value for all, or a list of 3: one for each still/,
  );
  refuses(
    'too many eases',
    () => ({ params: { ease: 'in,out,in' } }),
    'PARAM_INVALID',
    /ease must be one value for all, or a list of 2: one from each still to the next/,
  );
  refuses(
    'an ease nobody knows',
    () => ({ params: { ease: 'bounce' } }),
    'PARAM_INVALID',
    /ease must be one of linear, in, out, in-out/,
  );
  refuses(
    'a manner nobody knows',
    () => ({ params: { manner: 'auto,wipe' } }),
    'PARAM_INVALID',
    /manner must be one of auto, morph/,
  );
  refuses(
    'a hold that is no number',
    () => ({ params: { hold: '1s' } }),
    'PARAM_INVALID',
    /hold must be a whole number of frames/,
  );
  refuses('an absurd rate', () => ({ params: { fps: '100000' } }), 'PARAM_INVALID', /fps/);
  refuses(
    'an output that is a still of it',
    () => ({ output: stills[1], params: { codec: 'ffv1' }, force: true }),
    'DELIVERY_UNFIT',
    /./,
  );
  refuses('an output that is there', () => ({ output: written('there.mov', 'mine') }), 'OUTPUT_EXISTS', /there\.mov/);

  const cancelled = (phase: Step['phase'], done: number) =>
    it(`a cancel in ${phase} leaves nothing`, async () => {
      const before = readdirSync(place);
      const onStep: Asked['onStep'] = (step, cancel) => step.phase === phase && step.done >= done && cancel();
      await assert.rejects(run({ params: { every: 10 }, output: at('cancelled.mov'), onStep }), { name: 'AbortError' });
      assert.deepEqual(readdirSync(place), before);
    });
  cancelled('probe', 1);
  cancelled('analyse', 1);
  cancelled('render', 7);
  cancelled('join', 0);
  cancelled('verify', 0);

  it('goes on with the pictures that were finished, to the same bytes', async () => {
    const bytes = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
    const parts = path.join(folder, 'keyframes-parts');
    let renders = 0;
    const asked = { params: { every: 8 }, parts, onRender: () => void renders++ };
    await run({ ...asked, output: at('whole.mov'), parts: path.join(folder, 'other-parts') });
    const all = renders;
    assert.equal(all, 14);
    const interrupt: Asked['onStep'] = ({ phase }, cancel) => phase === 'verify' && cancel();
    await assert.rejects(run({ ...asked, output: at('again.mov'), onStep: interrupt }), { name: 'AbortError' });
    renders = 0;
    await run({ ...asked, output: at('again.mov') });
    assert.equal(renders, 0);
    assert.equal(bytes(at('again.mov')), bytes(at('whole.mov')));
    await run({ ...asked, params: { every: 8, ease: 'in' }, output: at('other.mov') });
    assert.equal(renders, all, 'other work is made anew');
  });
});
