// Gaps of timelines that other programs have written, filled over small media made for them. They are looked for where the timelines name them, below a folder of ours.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
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
import type * as otio from '../../otio/index.ts';
import { filepathCandidates } from '../../otio/media-urls.ts';
import { ffmpeg, scratchFolder } from '../support/media.ts';
import { standAside } from '../support/stand-aside.ts';
import { contextFor } from '../support/verb-context.ts';

const samples = path.resolve('../shared/otio/samples');

/** All that have a gap beside clips of files with available ranges. */
const fillables = [
  'interchange/as_otio/fcp7_hiero_xml_export.xml.otio',
  'interchange/fcp7_hiero_xml_export.xml',
  'made/random_02.otio',
  'made/random_04.otio',
  'made/random_06.otio',
  'made/random_07.otio',
  'tlrender/AudioTonesAndVideo.otio',
  'tlrender/Gap.otio',
  'tlrender/Gap2.otio',
  'tlrender/Markers.otio',
  'upstream-dev/premiere_example.otio',
  'upstream/effects.otio',
  'upstream/multiple_track.otio',
  'upstream/premiere_example.otio',
];

describe('journeys: gaps of other programs’ timelines are filled', function () {
  this.timeout(120_000);
  const folder = scratchFolder('samples');
  let tools: MediaTools;
  before(async function () {
    if (!existsSync(samples)) standAside(this, 'the samples are not here');
    tools = await findTools();
  });
  after(() => folder[Symbol.dispose]());

  for (const file of fillables)
    it(file, async () => {
      const place = path.join(folder.path, file.replaceAll(/[\\/.]/g, '-'));
      const media = path.join(place, 'media');
      mkdirSync(media, { recursive: true });
      const input = path.join(samples, file);
      const { timeline, gap, sides } = await firstGap(input);
      for (const shown of sides) await makeMedia(tools, media, shown);

      const output = path.join(place, 'filled.otio');
      const params = {
        ...{ track: gap.label, gap: String(gap.number), mediaRoot: media },
        ...{ strategy: sides.length === 2 ? 'dissolve' : 'hold', strict: false, longest: 2000, codec: 'ffv1' },
      };
      const record: FillRecord = await fill.run(parseParams(fill.params, params), contextFor([input], output));
      assert.deepEqual(
        record.fills.map((made) => [made.track, made.in, made.frames]),
        [[gap.label, gap.in, gap.frames]],
      );
      const again = timelineOf(await openTimeline(output));
      const mine = list(again).filter(({ record: one }) => one?.job === record.fills[0]!.job);
      assert.equal(mine.length, 1);
      assert.deepEqual(lengths(again), lengths(timeline));
      revert(mine[0]!.clip);
      assert.equal(gapsOf(again).length, gapsOf(timeline).length);
    });
});

interface Fillable {
  readonly timeline: otio.Timeline;
  readonly gap: TimelineGap;
  /** What is shown beside it. */
  readonly sides: readonly Shown[];
}

/** The first gap beside which media of a file are shown. */
async function firstGap(input: string): Promise<Fillable> {
  const timeline = timelineOf(await openTimeline(input));
  for (const gap of gapsOf(timeline)) {
    const beside = [gap.in - 1, gap.out].map((frame) => shownAt(timeline, gap.track, frame));
    const sides = beside.filter((one) => !('nothing' in one)) as Shown[];
    const others = beside.filter((one) => 'nothing' in one && !one.empty);
    if (gap.frames > 0 && sides.length > 0 && others.length === 0) return { timeline, gap, sides };
  }
  throw new Error(`${input} has no gap that can be filled`);
}

/** Makes the file that a clip names, of that kind, with what is shown of it. */
async function makeMedia(tools: MediaTools, folder: string, { reference, position, rate }: Shown): Promise<void> {
  const [named] = filepathCandidates((reference as otio.ExternalReference).targetUrl);
  const file = path.join(folder, path.basename(named!.replaceAll('\\', '/')));
  if (existsSync(file)) return;
  const frames = file.endsWith('.png') ? 1 : Number(position.floor()) + 40;
  const codec = file.endsWith('.png') ? 'png' : file.endsWith('.mxf') ? 'mpeg2video' : 'mpeg4';
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=64x36:r=${rate}`, '-frames:v', String(frames)];
  await ffmpeg(tools, [
    ...source,
    '-c:v',
    codec,
    '-q:v',
    '3',
    '-g',
    '1',
    '-pix_fmt',
    codec === 'png' ? 'rgb24' : 'yuv420p',
    file,
  ]);
}

const lengths = ({ tracks }: otio.Timeline): number[] =>
  tracks!.children.map((track) => (track as otio.Track).duration().toSeconds());
