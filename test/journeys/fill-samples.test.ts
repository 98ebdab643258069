// Gaps of timelines that other programs have written, filled over small media made for them. They are looked for where the timelines name them, or by the names of
// their clips, below a folder of ours.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../companion/media/find.ts';
import type { FillRecord } from '../../companion/operations/fill/job.ts';
import { fill } from '../../companion/operations/fill.ts';
import { gapsOf, type TimelineGap } from '../../companion/timeline/gaps.ts';
import { openTimeline } from '../../companion/timeline/open.ts';
import { type Shown, shownAt } from '../../companion/timeline/shown.ts';
import { timelineOf } from '../../companion/timeline/within.ts';
import { list, revert } from '../../otio/fill/index.ts';
import * as otio from '../../otio/index.ts';
import { filepathCandidates } from '../../otio/media-urls.ts';
import { writeOtioz } from '../../otio/node/index.ts';
import { ffmpeg, scratchFolder } from '../support/media.ts';
import { standAside } from '../support/stand-aside.ts';
import { contextFor } from '../support/verb-context.ts';

const samples = path.resolve('../shared/otio/samples');

/** All that have a gap of at most `longest` frames beside a clip whose media can be made, with how many of the first three gaps of that track are filled. */
const fillables = {
  'adapters/cmx_enabled.otio': 1,
  'ayon/hiero_timeline.otio': 1,
  'bundles/core_0.19-dev.otiod': 1,
  'bundles/core_0.19-dev.otioz': 1,
  'bundles/python_0.18.1.otiod': 1,
  'bundles/python_0.18.1.otioz': 1,
  'interchange/as_otio/fcp7_hiero_xml_export.xml.otio': 1,
  'interchange/as_otio/gap_test.edl.otio': 2,
  'interchange/fcp7_hiero_xml_export.xml': 1,
  'interchange/gap_test.edl': 2,
  'interchange/timecode_mismatch.edl': 2,
  'made/disabled.otio': 1,
  'made/random_01.otio': 2,
  'made/random_02.otio': 1,
  'made/random_04.otio': 1,
  'made/random_06.otio': 1,
  'made/random_07.otio': 1,
  'made/zero_durations.otio': 1,
  'raven/example.otio': 3,
  'tlrender/AudioTonesAndVideo.otio': 3,
  'tlrender/Gap.otio': 1,
  'tlrender/Gap2.otio': 1,
  'tlrender/Markers.otio': 1,
  'upstream-dev/premiere_example.otio': 1,
  'upstream/clip_example.otio': 1,
  'upstream/effects.otio': 1,
  'upstream/multiple_track.otio': 1,
  'upstream/multitrack.otio': 3,
  'upstream/preflattened.otio': 2,
  'upstream/premiere_example.otio': 1,
};

/** Gaps of a track that are filled, at most, and frames of the longest. */
const mostGaps = 3;
const longest = 700;

describe('journeys: gaps of other programs’ timelines are filled', function () {
  this.timeout(120_000);
  const folder = scratchFolder('samples');
  let tools: MediaTools;
  before(async function () {
    if (!existsSync(samples)) standAside(this, 'the samples are not here');
    tools = await findTools();
  });
  after(() => folder[Symbol.dispose]());

  for (const [file, filled] of Object.entries(fillables))
    it(file, async () => {
      const place = path.join(folder.path, file.replaceAll(/[\\/.]/g, '-'));
      const media = path.join(place, 'media');
      mkdirSync(media, { recursive: true });
      const rate = file.endsWith('.edl') ? { rate: '24' } : {};
      const input = path.join(place, path.basename(file));
      cpSync(path.join(samples, file), input, { recursive: true });
      const timeline = timelineOf(await openTimeline(input, rate));
      const gaps = gapsToFill(timeline);
      await makeMedia(
        tools,
        media,
        gaps.flatMap(({ sides }) => sides),
      );
      const isBundle = /\.otio[zd]$/.test(file);
      if (isBundle) await putInside(input, media);

      const output = path.join(place, `filled${isBundle ? path.extname(file) : '.otio'}`);
      const [{ gap: first }] = gaps as [Fillable];
      const params = {
        ...{ track: first.label, gap: gaps.map(({ gap }) => gap.number).join(), mediaRoot: media, ...rate },
        ...{ strict: false, longest, codec: 'ffv1' },
        strategy: gaps.every(({ sides }) => sides.length === 2) ? 'dissolve' : 'hold',
      };
      const record: FillRecord = await fill.run(
        parseParams(fill.params, params),
        contextFor([input], output, { scratch: path.join(place, 'scratch') }),
      );
      assert.deepEqual(
        record.fills.map((made) => [made.track, made.in, made.frames]),
        gaps.map(({ gap }) => [gap.label, gap.in, gap.frames]),
      );
      assert.equal(record.fills.length, filled);
      const again = timelineOf(await openTimeline(output));
      assert.deepEqual(lengths(again), lengths(timeline));
      const jobs = new Set(record.fills.map(({ job }) => job));
      const mine = list(again).filter(({ record: one }) => jobs.has(one?.job ?? ''));
      assert.equal(mine.length, filled);
      for (const { clip } of mine) revert(clip);
      assert.equal(otio.write(again), otio.write(timeline));
    });
});

interface Fillable {
  readonly gap: TimelineGap;
  /** What is shown beside it. */
  readonly sides: readonly Shown[];
}

/** The first gaps of the first track that has gaps beside which media are shown, not too long to be filled in a test. */
function gapsToFill(timeline: otio.Timeline): Fillable[] {
  const all = gapsOf(timeline).flatMap((gap) => {
    const beside = [gap.in - 1, gap.out].map((frame) => shownAt(timeline, gap.track, frame));
    const sides = beside.filter((one): one is Shown => !('nothing' in one));
    const others = beside.filter((one) => ('nothing' in one ? !one.empty : !canBeMade(one)));
    return gap.frames > 0 && gap.frames <= longest && sides.length > 0 && others.length === 0 ? [{ gap, sides }] : [];
  });
  return all.filter(({ gap }) => gap.track === all[0]!.gap.track).slice(0, mostGaps);
}

/** Not what lies on a server, and what no file can be called. */
const canBeMade = ({ clip, reference }: Shown): boolean =>
  reference === null
    ? !clip.name.includes('/')
    : reference instanceof otio.ImageSequenceReference || filepathCandidates(reference.targetUrl).length > 0;

/** Makes the files that clips name, of their kinds, with what is shown of them. */
async function makeMedia(tools: MediaTools, folder: string, all: readonly Shown[]): Promise<void> {
  const files = new Map<string, { at: number[]; shown: Shown }>();
  for (const shown of all) {
    const at = Number(shown.position.floor());
    const { clip, reference } = shown;
    if (reference instanceof otio.ImageSequenceReference) await makeImages(tools, folder, reference, at);
    else {
      const name = reference === null ? fileNamed(clip.name) : nameIn(reference);
      files.set(name, { shown, at: [...(files.get(name)?.at ?? []), at] });
    }
  }
  for (const [name, { at, shown }] of files) await makeFile(tools, path.join(folder, name), at, shown);
}

/** A file whose timecode begins near what is shown, where the timeline counts in timecode. */
async function makeFile(tools: MediaTools, file: string, shownAt: readonly number[], shown: Shown): Promise<void> {
  const rate = shown.rate.toNumber();
  const first = shown.origin === 'media start' && Math.min(...shownAt) > 3000 ? Math.min(...shownAt) - 10 : 0;
  const isStill = file.endsWith('.png');
  const frames = isStill ? 1 : Math.max(...shownAt) - first + 40;
  const codec = isStill ? 'png' : file.endsWith('.mxf') ? 'mpeg2video' : 'mpeg4';
  await ffmpeg(tools, [
    ...['-f', 'lavfi', '-i', `testsrc2=s=64x36:r=${shown.rate}`, '-frames:v', String(frames)],
    ...(first === 0 ? [] : ['-timecode', new otio.RationalTime(first, rate).toTimecode()]),
    ...['-c:v', codec, '-q:v', '3', '-g', '1', '-pix_fmt', isStill ? 'rgb24' : 'yuv420p', file],
  ]);
}

const nameIn = ({ targetUrl }: otio.ExternalReference): string =>
  path.basename(filepathCandidates(targetUrl)[0]!.replaceAll('\\', '/'));
const fileNamed = (name: string): string => (/\.\w{3}$/.test(name) ? name : `${name}.mov`);

/** All pictures of a sequence, but for those long behind what is shown. */
async function makeImages(
  tools: MediaTools,
  folder: string,
  reference: otio.ImageSequenceReference,
  at: number,
): Promise<void> {
  const { namePrefix, nameSuffix, startFrame, frameZeroPadding } = reference;
  const count = reference.availableRange === null ? at + 8 : reference.numberOfImagesInSequence;
  await ffmpeg(tools, [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=24', '-frames:v', String(count), '-start_number', String(startFrame)],
    path.join(folder, `${namePrefix}%0${frameZeroPadding}d${nameSuffix}`),
  ]);
}

/** The media of a bundle, which hold words in the samples, become what was made for them. */
async function putInside(bundle: string, media: string): Promise<void> {
  if (bundle.endsWith('.otiod')) return cpSync(media, path.join(bundle, 'media'), { recursive: true });
  const { root } = await openTimeline(bundle);
  rmSync(bundle);
  await writeOtioz(bundle, root, {
    file: path.join(path.dirname(media), 'content.otio'),
    inBundle: true,
    policy: 'missing',
  });
}

const lengths = ({ tracks }: otio.Timeline): number[] =>
  tracks!.children.map((track) => (track as otio.Track).duration().toSeconds());
