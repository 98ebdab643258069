// Retime, run as a verb on small timelines: which place in its media each frame shows, that whole ones are the media's own bytes, and what comes back.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import { openMedia, readFitted } from '../../../companion/media/fitted.ts';
import type { FillRecord } from '../../../companion/operations/fill/job.ts';
import type { MadeFill } from '../../../companion/operations/fill/make.ts';
import { fill } from '../../../companion/operations/fill.ts';
import { retime } from '../../../companion/operations/retime.ts';
import { list, revert } from '../../../otio/fill/index.ts';
import * as otio from '../../../otio/index.ts';
import { clip, high, makeStills, makeTake, save, takeFrames, timelineOf, wide } from '../../support/cuts.ts';
import { ffmpeg, scratchFolder } from '../../support/media.ts';
import { withoutMelt } from '../../support/melt.ts';
import { contextFor } from '../../support/verb-context.ts';

const size = wide * high;

describe('retime', function () {
  this.timeout(60_000);
  const folder = scratchFolder('retime-verb');
  let tools: MediaTools;
  let take: string;
  before(async () => {
    tools = await findTools();
    take = await makeTake(tools, folder.path, '24');
  });
  after(() => folder[Symbol.dispose]());

  let count = 0;
  const placed = (timeline: otio.Timeline): string => {
    const place = path.join(folder.path, `case${++count}`);
    mkdirSync(place);
    return save(timeline, place);
  };
  const cut = (children: otio.Child[], rate = 24): string => placed(timelineOf([children], rate));
  const retimed = async (file: string, params: object = {}): Promise<FillRecord> =>
    retime.run(parseParams(retime.params, { codec: 'ffv1', ...params }), contextFor([file], undefined));
  const fails = async (file: string, params: object, code: string, said: RegExp): Promise<void> => {
    const before = readdirSync(path.dirname(file));
    await assert.rejects(retimed(file, params), (error: Error & { code: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, said);
      return true;
    });
    assert.deepEqual(readdirSync(path.dirname(file)), before, 'nothing is written');
  };
  /** Luma of all frames of a file. */
  const lumaOf = async (file: string): Promise<Uint8Array[]> => {
    const media = await openMedia(tools, file);
    const options = { from: 0, count: media.timing.frames, form: media.stream, fit: 'contain' } as const;
    return (await readFitted(tools, media, options)).map((picture) => picture.subarray(0, size));
  };
  /** What the take shows at any place in it: see makeTake. */
  const truth = (at: number): Uint8Array =>
    Uint8Array.from({ length: size }, (_, i) => {
      const [x, y] = [i % wide, Math.floor(i / wide)];
      return Math.round(128 + 50 * Math.sin((x + at) / 9) * Math.cos(y / 7) + 20 * Math.sin((x + at) / 3));
    });
  const psnr = (a: Uint8Array, b: Uint8Array): number => {
    // a border of 6 pixels is left out: what comes in there is on no frame before
    let [sum, n] = [0, 0];
    for (let i = 0; i < size; i++) {
      if (i % wide < 6 || i % wide >= wide - 6) continue;
      sum += (a[i]! - b[i]!) ** 2;
      n++;
    }
    return 10 * Math.log10(255 ** 2 / (sum / n));
  };
  /** Every frame of the file against its place in the take. */
  const check = async (record: FillRecord, placeOf: (i: number) => number, made: MadeFill = record.fills[0]!) => {
    const [own, source] = [await lumaOf(path.join(record.media, made.name)), await lumaOf(take)];
    assert.equal(own.length, made.head + made.frames + made.tail);
    let between = 0;
    for (const [k, picture] of own.entries()) {
      const place = placeOf(k - made.head);
      const whole = Math.round(place);
      if (Math.abs(place - whole) < 1e-9 || place > takeFrames - 1)
        assert.deepEqual(picture, source[Math.min(whole, takeFrames - 1)], `frame ${k} is the media’s ${place}`);
      else {
        between++;
        assert.ok(psnr(picture, truth(place)) > 34, `frame ${k} at ${place}: ${psnr(picture, truth(place))} dB`);
        for (const neighbour of [Math.floor(place), Math.ceil(place)]) assert.notDeepEqual(picture, source[neighbour]);
      }
    }
    assert.deepEqual([made.retimed!.made, made.retimed!.copied], [between, own.length - between]);
  };
  /** Fills of what was written, and that taking them off gives the text that was read. */
  const written = (file: string, record: FillRecord): otio.Clip[] => {
    const timeline = otio.read(readFileSync(record.output.path, 'utf8')).root as otio.Timeline;
    const clips = list(timeline).map((found) => found.clip);
    const again = otio.read(otio.write(timeline)).root as otio.Timeline;
    for (const found of list(again)) revert(found.clip);
    assert.equal(otio.write(again), readFileSync(file, 'utf8'));
    return clips;
  };

  it('slow motion: every fifth second frame is the media’s own, the others are made', async () => {
    const file = cut([
      clip({ file: take, from: 0, count: 10 }, 24),
      clip({ file: take, from: 20, count: 20, speed: 0.4, name: 'slow' }, 24),
      clip({ file: take, from: 60, count: 10 }, 24),
    ]);
    const record = await retimed(file);
    assert.match(record.output.path, /cut\.retimed\.otio$/);
    assert.equal(record.fills.length, 1);
    const [made] = record.fills;
    assert.deepEqual([made!.in, made!.out, made!.head, made!.tail], [10, 30, 8, 8]);
    assert.equal(made!.retimed!.step, '2/5');
    await check(record, (i) => 20 + 0.4 * i);
    const [clipNow] = written(file, record);
    assert.deepEqual([clipNow!.effects.length, clipNow!.name], [0, 'slow (interpolated)']);
    assert.deepEqual([clipNow!.sourceRange!.startTime.value, clipNow!.sourceRange!.duration.value], [20, 20]);
  });

  it('media of 24 on a track of 60', async () => {
    const own = (from: number) => clip({ file: take, from, count: 20, name: 'own' }, 60); // most clips of the track are counted in 60
    const file = cut([own(0), clip({ file: take, from: 12, count: 25, mediaRate: 24 }, 60), own(40)], 60);
    const record = await retimed(file, { clip: 'take', handles: 0 });
    await check(record, (i) => 12 + 0.4 * i);
    written(file, record);
  });

  const speeds: [string, number, (i: number) => number][] = [
    ['a freeze', 0, () => 30],
    ['backwards', -1, (i) => 30 - i],
    ['backwards and slow', -0.5, (i) => 30 - i / 2],
    ['a third', 1 / 3, (i) => 30 + i / 3],
    ['fast', 3, (i) => 30 + 3 * i],
    ['one and a half', 1.5, (i) => 30 + 1.5 * i],
  ];
  for (const [name, speed, placeOf] of speeds)
    it(`${name}: ${speed}`, async () => {
      const file = cut([clip({ file: take, from: 30, count: 8, speed }, 24)]);
      const record = await retimed(file, { handles: 2 });
      await check(record, placeOf);
      written(file, record);
    });

  it('a freeze frame', async () => {
    const frozen = clip({ file: take, from: 7, count: 5 }, 24);
    frozen.effects = [new otio.FreezeFrame()];
    const file = cut([frozen]);
    const record = await retimed(file);
    assert.match(record.fills[0]!.reason, /a freeze of 5 frames/);
    await check(record, () => 7);
    assert.deepEqual(written(file, record)[0]!.effects, []);
  });

  it('behind the last frame of the media the last one stays', async () => {
    const file = cut([clip({ file: take, from: 110, count: 25, speed: 0.4 }, 24)]);
    const record = await retimed(file);
    assert.equal(record.fills[0]!.tail, 0);
    await check(record, (i) => 110 + 0.4 * i);
  });

  it('stills at half the rate of the track', async () => {
    const stills = await makeStills(tools, take, path.join(folder.path, 'stills'));
    const reference = new otio.ImageSequenceReference({
      ...{ targetUrlBase: `file://${stills}/`, namePrefix: 'frame.', nameSuffix: '.png', frameZeroPadding: 4 },
      ...{ startFrame: 0, frameStep: 1, rate: 12, availableRange: new otio.TimeRange(0, takeFrames, 12) },
    });
    const sequence = new otio.Clip({
      name: 'stills',
      sourceRange: new otio.TimeRange(5, 4, 12),
      mediaReferences: { DEFAULT_MEDIA: reference },
    });
    const own = (from: number) => clip({ file: take, from, count: 20 }, 24);
    const file = cut([own(0), sequence, own(40)]);
    const record = await retimed(file, { handles: 0 });
    const [made] = record.fills;
    assert.deepEqual([made!.frames, made!.retimed!.made, made!.retimed!.copied], [8, 4, 4]);
    assert.equal(made!.retimed!.step, '1/2');
  });

  it('a cut in the media is not mixed: the nearer frame is shown', async () => {
    const other = await makeTake(tools, folder.path, '24', 1);
    const joined = path.join(folder.path, 'joined.mov');
    await ffmpeg(tools, [
      ...[
        '-i',
        take,
        '-i',
        other,
        '-filter_complex',
        '[0]trim=end_frame=20[a];[1]trim=start_frame=50,setpts=PTS-STARTPTS[b];[a][b]concat',
      ],
      ...['-frames:v', '60', '-c:v', 'ffv1', joined.replace('.mov', '.mkv')],
    ]);
    const file = cut([clip({ file: joined.replace('.mov', '.mkv'), from: 18, count: 12, speed: 0.25 }, 24)]);
    const record = await retimed(file, { handles: 0 });
    const own = await lumaOf(path.join(record.media, record.fills[0]!.name));
    const source = await lumaOf(joined.replace('.mov', '.mkv'));
    assert.equal(record.fills[0]!.retimed!.atCuts, 3);
    for (const [i, from] of [
      [4, 19],
      [5, 19],
      [6, 19],
      [7, 20],
      [8, 20],
    ] as const)
      assert.deepEqual(own[i], source[from], `frame ${i}`);
  });

  it('a rate of its own beside it', async () => {
    const file = cut([clip({ file: take, from: 20, count: 24, speed: 0.5, name: 'A003' }, 24)]);
    const record = await retimed(file, { clip: 'A003', rate: '60000/1001', handles: 4 });
    const [made] = record.fills;
    const native = made!.native!;
    assert.deepEqual([native.rate, native.frames], [{ num: 60000, den: 1001 }, Math.ceil((32 * 60000) / 1001 / 24)]);
    assert.match(native.name, /^Video 1__inbetween-interpolate-v001-[0-9a-f]{8}\.native\.mkv$/);
    const source = await lumaOf(take);
    const own = await lumaOf(path.join(record.media, native.name));
    assert.equal(own.length, native.frames);
    assert.deepEqual(own[0], source[18], 'four frames of the track before frame 20, at half speed');
    for (const k of [7, 33]) {
      const place = 20 + ((k * 24 * 1001) / 60000 - 4) / 2;
      assert.ok(psnr(own[k]!, truth(place)) > 34, `frame ${k}`);
    }
    const media = await openMedia(tools, path.join(record.media, native.name));
    assert.equal(String(media.timing.kind === 'constant' && media.timing.rate), '60000/1001');
    const [clipNow] = written(file, record);
    const reference = clipNow!.mediaReferences['inbetween:native60'] as otio.ExternalReference;
    assert.match(reference.targetUrl, /\.native\.mkv$/);
    assert.deepEqual(readdirSync(record.media).sort(), [made!.name, native.name].sort());
  });

  it('the rate of the track is no rate of its own', async () => {
    const file = cut([clip({ file: take, from: 20, count: 4, speed: 0.5 }, 24)]);
    assert.equal((await retimed(file, { rate: '24' })).fills[0]!.native, null);
  });

  it('a clip in real time that is asked for is taken as it is, with a rate of its own', async () => {
    const file = cut([clip({ file: take, from: 20, count: 6 }, 24)]);
    const record = await retimed(file, { clip: 'take', rate: '48', handles: 0 });
    await check(record, (i) => 20 + i);
    assert.equal(record.fills[0]!.native!.frames, 12);
  });

  it('transitions beside it stay, with frames for them', async () => {
    const fade = new otio.RationalTime(3, 24);
    const file = cut([
      clip({ file: take, from: 0, count: 12 }, 24),
      new otio.Transition({ transitionType: 'SMPTE_Dissolve', inOffset: fade, outOffset: fade }),
      clip({ file: take, from: 50, count: 12, speed: 0.5, name: 'slow' }, 24),
    ]);
    const record = await retimed(file);
    assert.ok(record.fills[0]!.head >= 3);
    await check(record, (i) => 50 + i / 2);
    const timeline = otio.read(readFileSync(record.output.path, 'utf8')).root as otio.Timeline;
    assert.ok((timeline.tracks!.children[0] as otio.Track).children[1] instanceof otio.Transition);
    written(file, record);
  });

  it('all of one name', async () => {
    const slow = (from: number) => clip({ file: take, from, count: 5, speed: 0.5, name: 'A' }, 24);
    const file = cut([slow(10), clip({ file: take, from: 0, count: 5, speed: 0.5, name: 'B' }, 24), slow(40)]);
    const record = await retimed(file, { clip: 'A' });
    assert.deepEqual(
      record.fills.map(({ in: first }) => first),
      [0, 10],
    );
    written(file, record);
  });

  describe('what was retimed before', () => {
    withoutMelt();
    const slowly = (): string =>
      cut([
        clip({ file: take, from: 0, count: 8 }, 24),
        clip({ file: take, from: 20, count: 10, speed: 0.5, name: 'A' }, 24),
      ]);
    for (const name of ['A', 'A (interpolated)'])
      it(`is made from its own media again, asked for as ${name}`, async () => {
        const file = slowly();
        const once = await retimed(file);
        const twice = await retimed(once.output.path, { clip: name, rate: '60' });
        await check(twice, (i) => 20 + i / 2);
        assert.deepEqual(twice.fills[0]!.inputs, once.fills[0]!.inputs);
        assert.equal(twice.fills[0]!.retimed!.step, '1/2');
        const [clipNow] = written(file, twice);
        assert.equal(clipNow!.name, 'A (interpolated)');
        assert.ok(clipNow!.mediaReferences['inbetween:v001']);
      });
    it('is in step, and not made again unasked', async () => {
      const once = await retimed(slowly());
      await fails(once.output.path, {}, 'NOTHING_TO_FILL', /no clip that is retimed/);
    });
    it('is no gap: "fill --again" leaves it', async () => {
      const once = await retimed(slowly());
      const again = fill.run(parseParams(fill.params, { again: true }), contextFor([once.output.path], undefined));
      await assert.rejects(async () => again, { code: 'NOTHING_TO_FILL' });
    });
    it('was made with what an editor has trimmed since, backwards too', async () => {
      for (const [from, speed, first] of [
        [20, 0.5, 20 + 3 / 2],
        [30, -1, 30 - 3],
        [5, -1, 24 - 3], // so it would leave its media: its range starts at the frame shown last, and the first is 24
      ] as const) {
        const file = cut([clip({ file: take, from, count: 20, speed, name: 'A' }, 24)]);
        const once = await retimed(file);
        const timeline = otio.read(readFileSync(once.output.path, 'utf8')).root as otio.Timeline;
        const [made] = timeline.findClips();
        const { startTime } = made!.sourceRange!;
        made!.sourceRange = new otio.TimeRange(
          startTime.add(new otio.RationalTime(3, 24)),
          new otio.RationalTime(15, 24),
        );
        revert(made!);
        const back = await retimed(placed(timeline), { handles: 0 });
        assert.equal(back.fills[0]!.frames, 15);
        await check(back, (i) => first + speed * i);
      }
    });
  });

  it('clips side by side', async () => {
    const slow = (from: number) => clip({ file: take, from, count: 5, speed: 0.5 }, 24);
    const file = cut([slow(10), slow(40), slow(70)]);
    assert.equal((await retimed(file)).fills.length, 3);
  });

  it('media of which the timeline says 24000/1001 where they have 24 are counted in frames', async () => {
    const file = cut(
      [clip({ file: take, from: 20, count: 5, speed: 0.5, mediaRate: 24000 / 1001 }, 24000 / 1001)],
      24000 / 1001,
    );
    await check(await retimed(file), (i) => 20 + i / 2);
  });

  it('a plan says what would be made, and writes nothing', async () => {
    const file = cut([clip({ file: take, from: 20, count: 10, speed: 0.4 }, 24)]);
    const planned = await retime.plan!(parseParams(retime.params, {}), contextFor([file], undefined));
    assert.equal(planned.slots[0]!.strategy, 'retime');
    assert.match(planned.slots[0]!.reason, /2\/5 frames of the media .* 8 of 10 are made/);
    assert.ok(planned.estimatedSeconds > 0);
    assert.deepEqual(readdirSync(path.dirname(file)), ['cut.otio']);
  });

  describe('wrong input', () => {
    const plain = (): otio.Child[] => [clip({ file: take, from: 0, count: 10, name: 'A' }, 24)];
    it('no such clip', () => fails(cut(plain()), { clip: 'Z' }, 'CLIP_UNKNOWN', /no clip "Z".*Known are A/));
    it('nothing is out of step', () => fails(cut(plain()), {}, 'NOTHING_TO_FILL', /no clip that is retimed/));
    it('no such track', () => fails(cut(plain()), { track: 'V4' }, 'TRACK_UNKNOWN', /V4/));
    it('media that are not there', () =>
      fails(
        cut([clip({ file: '/nowhere/a.mov', from: 0, count: 5, speed: 0.5 }, 24)]),
        {},
        'NOTHING_TO_FILL',
        /not there|nowhere/i,
      ));
    it('media that are too short', () =>
      fails(
        cut([clip({ file: take, from: 118, count: 9, speed: 0.5, name: 'A' }, 24)]),
        { clip: 'A' },
        'GAP_UNFIT',
        /120 frames.*frame 12/,
      ));
    it('a time effect of unknown speed', () => {
      const odd = plain();
      (odd[0] as otio.Clip).effects = [new otio.TimeEffect({ effectName: 'ramp' })];
      return fails(cut(odd), {}, 'NOTHING_TO_FILL', /unknown speed/);
    });
    it('a rate that is none', () => assert.throws(() => parseParams(retime.params, { rate: 'fast' }), /rate/));
  });
});
