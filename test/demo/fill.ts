// The second half of the demo: a timeline with a hole in it, filled with the real command, and the fill measured against the frames that were cut out.
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as otio from '../../otio/index.ts';
import { inbetween } from '../support/command.ts';
import { type MediaTools, readClip } from '../support/media.ts';
import { average, psnr } from '../support/oracle.ts';
import { blend } from '../support/peers.ts';
import { luma } from '../support/y4m.ts';

const RATE = 24;
/** The hole, in frames of the sample. */
const [FROM, TO] = [15, 20];
const END = 42;

export interface FilledDemo {
  /** Lines for a person. */
  readonly lines: readonly string[];
  /** Files made, by their names. */
  readonly files: readonly string[];
  /** PSNR of luma against the frames that were cut out, dB: of the fill, and of a dissolve. */
  readonly fill: number;
  readonly dissolve: number;
}

interface Said {
  readonly record: {
    readonly media: string;
    readonly fills: readonly {
      readonly name: string;
      readonly head: number;
      readonly frames: number;
      readonly strategy: string;
      readonly reason: string;
      readonly seams: Readonly<
        Record<
          'head' | 'tail',
          { readonly deltaE: { readonly mean: number; readonly p95: number }; readonly lumaStep: number } | null
        >
      >;
    }[];
  };
}

/** @throws Error when the command fails or the fill is not as it must be */
export async function fillDemo(tools: MediaTools, folder: string, sample: string): Promise<FilledDemo> {
  const [timeline, filled] = [join(folder, 'cut.otio'), join(folder, 'cut.filled.otio')];
  writeFileSync(timeline, otio.write(cutOf(sample)));
  const done = await inbetween(['fill', timeline, '-o', filled, '--json', '--quiet']);
  if (done.code !== 0) throw new Error(`inbetween fill ended with ${done.code}:\n${done.stderr.trim()}`);
  const { media, fills } = (JSON.parse(done.stdout.toString()) as { jobs: Said[] }).jobs[0]!.record;
  const [made] = fills;
  if (made === undefined || made.frames !== TO - FROM)
    throw new Error(`the fill has ${made?.frames} frames, not ${TO - FROM}`);
  const [truth, clip] = [
    await readClip(tools, sample, 'yuv420p'),
    await readClip(tools, join(media, made.name), 'yuv420p'),
  ];
  const score = (picture: (i: number) => Uint8Array): number =>
    average(
      Array.from({ length: TO - FROM }, (_, i) => psnr(luma(truth, picture(i)), luma(truth, truth.frames[FROM + i]!))),
    );
  const seam = (end: 'head' | 'tail'): string => {
    const measure = made.seams[end]!;
    return `  ${end}: ΔE2000 ${measure.deltaE.mean.toFixed(2)} mean, ${measure.deltaE.p95.toFixed(2)} 95th; luma step ${measure.lumaStep.toFixed(2)}`;
  };
  return {
    lines: [
      `filled a gap of ${made.frames} frames by ${made.strategy}: ${made.reason}`,
      'its seams:',
      seam('head'),
      seam('tail'),
    ],
    files: [basename(timeline), basename(filled), `${basename(media)}/${made.name}`],
    fill: score((i) => clip.frames[made.head + i]!),
    dissolve: score((i) => blend(truth.frames[FROM - 1]!, truth.frames[TO]!, (i + 1) / (TO - FROM + 1))),
  };
}

/** The first shot of the sample with a hole in it. */
function cutOf(sample: string): otio.Timeline {
  const start = 86_400; // the sample's timecode begins at 01:00:00:00
  const range = (from: number, to: number) => new otio.TimeRange(start + from, to - from, RATE);
  const clip = (from: number, to: number): otio.Clip =>
    new otio.Clip({
      name: basename(sample),
      sourceRange: range(from, to),
      mediaReferences: {
        DEFAULT_MEDIA: new otio.ExternalReference({
          targetUrl: pathToFileURL(sample).href,
          availableRange: range(0, 72),
        }),
      },
    });
  const children = [clip(0, FROM), otio.Gap.ofDuration(new otio.RationalTime(TO - FROM, RATE)), clip(TO, END)];
  return new otio.Timeline({
    name: 'cut',
    globalStartTime: new otio.RationalTime(start, RATE),
    tracks: new otio.Stack({ children: [new otio.Track({ name: 'Video 1', kind: 'Video', children })] }),
  });
}
