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
import { doubleOf, high, save, wide } from '../support/cuts.ts';
import { type Cut, Footage, kinds, lift } from '../support/gap-kinds.ts';
import { everyFrame, ffmpeg, ffprobe, scratchFolder } from '../support/media.ts';
import { findMelt, renderMlt } from '../support/melt.ts';
import { contextFor } from '../support/verb-context.ts';

const rates = ['24000/1001', '24', '25', '30000/1001', '50', '60000/1001', '60'] as const;

/** Rates whose timecode drops labels; 01:00:00;00 is this frame. */
const dropped: Readonly<Record<string, number>> = { '30000/1001': 107_892, '60000/1001': 215_784 };

/** All but two kinds at each rate, other two at the next, so that every kind meets rates of both families; stills, which are slow to read, at two. */
const kindsAt = (rate: number): string[] =>
  Object.keys(kinds).filter((kind, i) => (kind === 'stills in sequence' ? rate % 4 === 0 : i >> 1 !== (rate + 1) % 4));

/** Luma of every frame of a file. */
async function lumaOf(tools: MediaTools, file: string): Promise<Uint8Array[]> {
  const raw = await ffmpeg(tools, [
    ...['-i', file, '-an', ...everyFrame(tools), '-vf', 'format=yuv420p,extractplanes=y', '-f', 'rawvideo', 'pipe:1'],
  ]);
  const size = wide * high;
  return Array.from({ length: raw.length / size }, (_, i) => raw.subarray(i * size, (i + 1) * size));
}

const worst = (a: Uint8Array, b: Uint8Array): number =>
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

  for (const [at, rate] of rates.entries())
    describe(`at ${rate}`, () => {
      const own = path.join(folder.path, rate.replace('/', '-'));
      let footage: Footage;
      before(() => {
        footage = new Footage(tools, own, rate);
      });
      for (const name of kindsAt(at))
        it(name, async () => {
          const place = path.join(own, name);
          mkdirSync(place, { recursive: true });
          const double = doubleOf(rate);
          const cut = await kinds[name]!(footage, double);
          const hour = dropped[rate] ?? Math.round(double) * 3600;
          cut.timeline.globalStartTime = new otio.RationalTime(hour, double);
          const original = otio.write(cut.timeline);
          const input = save(cut.timeline, place);
          const output = path.join(place, 'filled.otio');
          const context = contextFor([input], output);
          const record: FillRecord = await fill.run(parseParams(fill.params, cut.params ?? {}), context);

          assert.equal(readFileSync(input, 'utf8'), original, 'what was read stays');
          assert.equal(record.fills.length, 1, JSON.stringify(record.left));
          const [made] = record.fills;
          assert.deepEqual([made!.in, made!.out, made!.frames], [cut.in, cut.in + cut.frames, cut.frames]);
          assert.equal(made!.start, hour + cut.in - made!.head);
          const file = path.join(record.media, made!.name);
          assert.deepEqual(readdirSync(place).sort(), ['cut.otio', 'filled media', 'filled.otio']);
          assert.deepEqual(readdirSync(record.media), [made!.name]);

          const entries = 'stream=r_frame_rate,avg_frame_rate,codec_name:stream_tags=timecode';
          const probed = await ffprobe(tools, file, '-select_streams', 'v', '-show_entries', entries);
          const [stream] = probed.streams as [{ avg_frame_rate: string; tags: { timecode: string } }];
          assert.equal(stream.avg_frame_rate, rate.includes('/') ? rate : `${rate}/1`);
          const label = String(cut.in - made!.head).padStart(2, '0');
          assert.equal(stream.tags.timecode, `01:00:00${rate in dropped ? ';' : ':'}${label}`);
          const pictures = await lumaOf(tools, file);
          assert.equal(pictures.length, made!.head + cut.frames + made!.tail);

          const written = otio.read(readFileSync(output, 'utf8')).root as otio.Timeline;
          const [track, before] = [written, cut.timeline].map((one) => one.tracks!.children[0] as otio.Track);
          assert.equal(track!.duration().value, before!.duration().value);
          const found = list(written);
          assert.deepEqual(
            found.map(({ range }) =>
              [range.startTime, range.duration].map((time) => Math.round(time.toSeconds() * double)),
            ),
            [[cut.in, cut.frames]],
          );
          assert.equal(written.tracks!.markers.length, 1);
          assert.equal(track!.children.filter((child) => child instanceof otio.Gap).length, 0);

          if (melt !== null) await seenByMelt(place, original, written, pictures.slice(made!.head), cut);

          for (const { clip: one } of found) revert(one);
          assert.equal(otio.write(written), original);
        });
    });

  /** Outside of the fill melt shows what it showed; inside the frames of the clip. `own` begins with the first of them. */
  async function seenByMelt(
    place: string,
    original: string,
    filled: otio.Timeline,
    own: readonly Uint8Array[],
    cut: Cut,
  ): Promise<void> {
    const render = async (timeline: otio.Timeline, name: string): Promise<Uint8Array[]> => {
      const project = path.join(place, `${name}.mlt`);
      writeFileSync(project, mlt.write!(timeline, { width: wide, height: high } as object).text);
      return renderMlt(melt!, project);
    };
    const [was, is] = [await render(otio.read(original).root as otio.Timeline, 'was'), await render(filled, 'is')];
    assert.equal(is.length, was.length);
    for (const [i, frame] of is.entries())
      if (i < cut.in || i >= cut.in + cut.frames) assert.equal(worst(frame, was[i]!), 0, `frame ${i} outside`);
      else {
        const off = worst(frame, own[i - cut.in]!);
        assert.ok(off <= 4, `frame ${i} inside is ${off} off`);
      }
  }

  it('makes nothing twice: existing outputs are refused, and nothing is written', async () => {
    const place = path.join(folder.path, 'twice');
    mkdirSync(place);
    const { timeline } = await lift(3)(new Footage(tools, place, '24'), 24);
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
