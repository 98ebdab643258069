// Gaps filled on timelines of every rate and kind, held against the convention for written-back clips, and against melt where it is installed.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../companion/media/find.ts';
import type { FillRecord } from '../../companion/operations/fill/job.ts';
import { fill } from '../../companion/operations/fill.ts';
import { mlt } from '../../otio/adapters/mlt/index.ts';
import { list, revert } from '../../otio/fill/index.ts';
import * as otio from '../../otio/index.ts';
import {
  clip,
  doubleOf,
  gap,
  high,
  makeStills,
  makeTake,
  save,
  takeFrames,
  timelineOf,
  wide,
} from '../support/cuts.ts';
import { everyFrame, ffmpeg, ffprobe, scratchFolder } from '../support/media.ts';
import { findMelt, renderMlt } from '../support/melt.ts';
import { contextFor } from '../support/verb-context.ts';

const rates = ['24000/1001', '24', '25', '30000/1001', '50', '60000/1001', '60'] as const;

interface Cut {
  readonly timeline: otio.Timeline;
  /** Where the gap is on the first track, in frames. */
  readonly in: number;
  readonly frames: number;
  /** Parameters beside the defaults. */
  readonly params?: Readonly<Record<string, unknown>>;
}
type Media = { readonly take: string; readonly other: string; readonly stills: string };
type Kind = (media: Media, rate: number) => Cut;

const lift =
  (frames: number, params: Cut['params'] = {}): Kind =>
  ({ take }, rate) => ({
    timeline: timelineOf(
      [
        [
          clip({ file: take, from: 10, count: 20 }, rate),
          gap(frames, rate),
          clip({ file: take, from: 30 + frames, count: 20 }, rate),
        ],
      ],
      rate,
    ),
    ...{ in: 20, frames, params },
  });

const kinds: Readonly<Record<string, Kind>> = {
  'three frames of a take': lift(3),
  'one frame': lift(1),
  'ten seconds between two shots': ({ take, other }, rate) => {
    const frames = Math.round(rate * 10);
    return {
      timeline: timelineOf(
        [
          [
            clip({ file: take, from: 10, count: 20 }, rate),
            gap(frames, rate),
            clip({ file: other, from: 30, count: 20 }, rate),
          ],
        ],
        rate,
      ),
      ...{ in: 20, frames, params: { strategy: 'dissolve', longest: 700 } },
    };
  },
  'neighbours at other speeds': ({ take, other }, rate) => ({
    timeline: timelineOf(
      [
        [
          clip({ file: take, from: 10, count: 12, speed: 2 }, rate),
          gap(6, rate),
          clip({ file: other, from: 30, count: 12, speed: 0.5 }, rate),
        ],
        [gap(4, rate), clip({ file: other, from: 2, count: 5 }, rate)],
      ],
      rate,
    ),
    ...{ in: 12, frames: 6, params: { track: 'V1', strategy: 'dissolve' } },
  }),
  'a dissolve before, a nest behind': ({ take, other }, rate) => {
    const nest = new otio.Stack({
      name: 'nest',
      sourceRange: new otio.TimeRange(3, 10, rate),
      children: [
        new otio.Track({ children: [clip({ file: take, from: 20, count: 30 }, rate)] }),
        new otio.Track({ children: [gap(8, rate), clip({ file: other, from: 20, count: 3 }, rate)] }),
      ],
    });
    const fade = new otio.RationalTime(2, rate);
    return {
      timeline: timelineOf(
        [
          [
            clip({ file: other, from: 10, count: 10 }, rate),
            new otio.Transition({ transitionType: 'SMPTE_Dissolve', inOffset: fade, outOffset: fade }),
            clip({ file: take, from: 4, count: 10 }, rate),
            gap(5, rate),
            nest,
          ],
        ],
        rate,
      ),
      ...{ in: 20, frames: 5 },
    };
  },
  'stills in sequence': ({ stills }, rate) => {
    const sequence = (from: number): otio.Clip =>
      new otio.Clip({
        name: 'stills',
        sourceRange: new otio.TimeRange(from, 12, rate),
        mediaReferences: {
          DEFAULT_MEDIA: new otio.ImageSequenceReference({
            targetUrlBase: `file://${stills}/`,
            namePrefix: 'frame.',
            nameSuffix: '.png',
            startFrame: 0,
            frameStep: 1,
            rate,
            frameZeroPadding: 4,
            availableRange: new otio.TimeRange(0, takeFrames, rate),
          }),
        },
      });
    return {
      timeline: timelineOf([[sequence(10), gap(4, rate), sequence(26)]], rate),
      in: 12,
      frames: 4,
      params: { handles: 2 },
    };
  },
};

/** Luma of every frame of a file. */
async function lumaOf(tools: MediaTools, file: string): Promise<Buffer[]> {
  const raw = await ffmpeg(tools, [
    ...['-i', file, '-an', ...everyFrame(tools), '-vf', 'format=yuv420p,extractplanes=y', '-f', 'rawvideo', 'pipe:1'],
  ]);
  const size = wide * high;
  return Array.from({ length: raw.length / size }, (_, i) => raw.subarray(i * size, (i + 1) * size));
}

const worst = (a: Buffer, b: Buffer): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('journeys: gaps of timelines are filled', function () {
  this.timeout(300_000);
  const melt = findMelt();
  const folder = scratchFolder('fills');
  let tools: MediaTools;
  before(async () => {
    tools = await findTools();
  });
  after(() => folder[Symbol.dispose]());

  for (const rate of rates)
    describe(`at ${rate}`, () => {
      const own = path.join(folder.path, rate.replace('/', '-'));
      let media: Media;
      before(async () => {
        const take = await makeTake(tools, own, rate);
        media = {
          take,
          other: await makeTake(tools, own, rate, 1),
          stills: await makeStills(tools, take, path.join(own, 'stills')),
        };
      });
      for (const [i, [name, kind]] of Object.entries(kinds).entries())
        it(name, async () => {
          const place = path.join(own, `kind${i}`);
          mkdirSync(place);
          const double = doubleOf(rate);
          const cut = kind(media, double);
          const original = otio.write(cut.timeline);
          const input = save(cut.timeline, place);
          const output = path.join(place, 'filled.otio');
          const context = contextFor([input], output);
          const record: FillRecord = await fill.run(parseParams(fill.params, cut.params ?? {}), context);

          assert.equal(readFileSync(input, 'utf8'), original, 'what was read stays');
          assert.equal(record.fills.length, 1, JSON.stringify(record.left));
          const [made] = record.fills;
          assert.deepEqual([made!.in, made!.out, made!.frames], [cut.in, cut.in + cut.frames, cut.frames]);
          const file = path.join(record.media, made!.name);
          assert.deepEqual(readdirSync(place).sort(), ['cut.otio', 'filled media', 'filled.otio']);
          assert.deepEqual(readdirSync(record.media), [made!.name]);

          const probed = await ffprobe(
            tools,
            file,
            '-count_packets',
            '-show_entries',
            'stream=nb_read_packets,r_frame_rate,avg_frame_rate,codec_name',
          );
          const [stream] = probed.streams as Record<string, string>[];
          assert.equal(Number(stream!.nb_read_packets), made!.head + cut.frames + made!.tail);
          assert.equal(stream!.avg_frame_rate, rate.includes('/') ? rate : `${rate}/1`);

          const written = otio.read(readFileSync(output, 'utf8')).root as otio.Timeline;
          const [track, before] = [written, cut.timeline].map((one) => one.tracks!.children[0] as otio.Track);
          assert.equal(track!.duration().value, otioDuration(before!));
          const found = list(written);
          assert.deepEqual(
            found.map(({ range }) => [Math.round(range.startTime.value), Math.round(range.duration.value)]),
            [[cut.in, cut.frames]],
          );
          assert.equal(written.tracks!.markers.length, 1);
          assert.equal(track!.children.filter((child) => child instanceof otio.Gap).length, 0);

          if (melt !== null) await seenByMelt(place, original, written, file, made!.head, cut);

          for (const { clip: one } of found) revert(one);
          assert.equal(otio.write(written), original);
        });
    });

  const otioDuration = (track: otio.Track): number => track.duration().value;

  /** Outside of the fill melt shows what it showed; inside the frames of the file. */
  async function seenByMelt(
    place: string,
    original: string,
    filled: otio.Timeline,
    file: string,
    head: number,
    cut: Cut,
  ): Promise<void> {
    const render = async (timeline: otio.Timeline, name: string): Promise<Buffer[]> => {
      const project = path.join(place, `${name}.mlt`);
      writeFileSync(project, mlt.write!(timeline, { width: wide, height: high } as object).text);
      await renderMlt(melt!, project, path.join(place, `${name}.mkv`));
      return lumaOf(tools, path.join(place, `${name}.mkv`));
    };
    const [was, is] = [await render(otio.read(original).root as otio.Timeline, 'was'), await render(filled, 'is')];
    const own = await lumaOf(tools, file);
    assert.equal(is.length, was.length);
    for (const [i, frame] of is.entries())
      if (i < cut.in || i >= cut.in + cut.frames) assert.equal(worst(frame, was[i]!), 0, `frame ${i} outside`);
      else {
        const off = worst(frame, own[head + i - cut.in]!);
        assert.ok(off <= 4, `frame ${i} inside is ${off} off`);
      }
  }

  it('makes nothing twice: existing outputs are refused, and nothing is written', async () => {
    const place = path.join(folder.path, 'twice');
    mkdirSync(place);
    const take = await makeTake(tools, place, '24');
    const { timeline } = lift(3)({ take, other: take, stills: '' }, 24);
    const input = save(timeline, place);
    const output = path.join(place, 'filled.otio');
    writeFileSync(output, 'mine');
    await assert.rejects(async () => fill.run(parseParams(fill.params, {}), contextFor([input], output)), {
      code: 'OUTPUT_EXISTS',
    });
    assert.equal(readFileSync(output, 'utf8'), 'mine');
    assert.ok(!existsSync(path.join(place, 'filled media')));
  });
});
