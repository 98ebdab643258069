// The same by melt, where it is installed: what another program shows of the saved timeline at and around its fills, beside what it showed before.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeMlt } from '../../../otio/adapters/mlt/index.ts';
import type { FillPlan } from '../../../otio/fill/index.ts';
import {
  Clip,
  ExternalReference,
  Gap,
  RationalTime,
  Stack,
  Timeline,
  TimeRange,
  Track,
  Transition,
} from '../../../otio/index.ts';
import { urlFromFilepath } from '../../../otio/node/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import { renderStretches, type Stretch } from '../../media/melt.ts';
import { framesOn } from '../../timeline/gaps.ts';
import { nameInPlace } from './in-place.ts';
import { type Considered, whereOf } from './plan.ts';
import type { Reels } from './reels.ts';
import { type SavedWork, sameTrack, type Was } from './rendered.ts';
import type { Finished } from './write-back.ts';

/** A track with what lies at and beside a fill, `runIn` frames behind its place, of media that are there; or why there is none. */
export type Window = Track | string;

/** Fills of a job that melt shows, and columns of its pictures: what it finds is found at that size, in a second or two. */
const mostFills = 8;
const mostColumns = 640;
/** What a picture may lose on its way through melt, in codes of 8 bits: it lays every track over black in RGB. */
const leeway = 4;
/**
 * Frames of black in front of all. melt brings the first picture of a stretch to its size in another way than those after it, so each stretch begins a frame early, and
 * that picture is not looked at.
 */
const runIn = 1;

/** Children beside those at the borders that belong to what is seen there: a transition and its other side. */
const beyond = 2;

export async function windowOf(reels: Reels, track: Track, { in: first, out }: FillPlan): Promise<Window> {
  const frames = framesOn(track);
  const { rate } = frames;
  let from = Math.max(0, frames.indexAt(Math.max(0, first - 1)) - beyond);
  while (track.children[from] instanceof Transition) from++;
  const kept = track.children.slice(from, frames.indexAt(out) + beyond + 1).map((child) => child.clone());
  const start = frames.start(from);
  const lead = Gap.ofDuration(new RationalTime(start + runIn, rate));
  const window = new Track({ kind: track.kind, children: [lead, ...kept] });
  for (const clip of window.findClips()) {
    const reason = await nameInPlace(clip, reels);
    if (reason !== null) return reason;
  }
  return window;
}

/**
 * Renders the frames around each fill of the saved timeline, of the timeline as it was, and the clip by itself, each track alone. What melt cannot show or does not
 * give is told, and proves nothing.
 * @throws CompanionError VERIFY_FAILED where a frame outside is another than it was, or one inside is not the clip's; AbortError
 */
export async function checkByMelt(
  work: SavedWork,
  melt: string,
  was: readonly Was[],
  before: readonly Window[],
): Promise<Check[]> {
  const folder = path.join(path.dirname(work.claim.partial), 'melt');
  const size = sizeOf(work.fills[0]!.considered);
  const checks: Check[] = [];
  const asked: Projects[] = [];
  const told = (considered: Considered, reason: string): void => {
    const { where } = whereOf(considered.slot);
    checks.push({ what: `${where} in melt`, expected: 'the same', found: `not shown: ${reason}`, passed: true });
  };
  mkdirSync(folder);
  try {
    for (const [i, fill] of work.fills.entries()) {
      const projects =
        i < mostFills
          ? await projectsOf(work, fill, was[i]!, before[i]!, size)
          : `melt shows ${mostFills} fills of a job`;
      if (typeof projects === 'string') told(fill.considered, projects);
      else asked.push(projects);
    }
    if (asked.length === 0) return checks;
    for (const [i, { texts }] of asked.entries())
      for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(folder, `${name}${i}.mlt`), text);
    const stretches = asked.flatMap(({ runs }, i) => [
      ...runs.around.flatMap((run) => [
        { project: `is${i}.mlt`, ...run },
        { project: `was${i}.mlt`, ...run },
      ]),
      ...runs.inside.map((run) => ({ project: `own${i}.mlt`, ...run })),
    ]);
    const pictures = await renderStretches({ melt, folder, stretches, ...size, signal: work.signal });
    if (typeof pictures === 'string') {
      for (const { fill } of asked) told(fill.considered, pictures);
      return checks;
    }
    const shown = byFrame(stretches, pictures);
    for (const [i, one] of asked.entries())
      checks.push(compare(work, one, (name, frame) => shown.get(`${name}${i}.mlt ${frame}`)!));
    return checks;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Even, and small enough. */
function sizeOf({ form }: Considered): Size {
  const { width, height } = form!.picture;
  const scale = Math.min(1, mostColumns / width);
  const even = (samples: number): number => Math.max(2, 2 * Math.round((samples * scale) / 2));
  return { width: even(width), height: even(height) };
}

/** The three projects of a fill, and what of them is looked at. */
interface Projects {
  readonly fill: Finished;
  readonly texts: { readonly is: string; readonly was: string; readonly own: string };
  /** Frames of the track, and of the clip. */
  readonly runs: { readonly around: readonly Run[]; readonly inside: readonly Run[] };
  /** Frames of the track outside of the fill that are compared. */
  readonly outside: readonly number[];
  /** Frames of the fill, from 0. */
  readonly inside: readonly number[];
}

type Run = Pick<Stretch, 'in' | 'out'>;

async function projectsOf(
  work: SavedWork,
  fill: Finished,
  { before, after, inside }: Was,
  was: Window,
  size: Size,
): Promise<Projects | string> {
  const { considered, file } = fill;
  const { slot, plan } = considered;
  const { in: first, out, head, renderFrames, rate } = plan!;
  const other = sizeOf(considered);
  const [{ num, den }, lead] = [rate, work.fills[0]!.considered.plan!.rate];
  if (other.width !== size.width || other.height !== size.height || num !== lead.num || den !== lead.den)
    return 'its pictures have another size or rate than those of the first fill';
  const track = sameTrack(work, slot.track);
  if (track === null) return `the saved timeline has no track ${slot.label}`;
  const is = await windowOf(work.reels, track, plan!);
  if (typeof was === 'string' || typeof is === 'string') return typeof was === 'string' ? was : (is as string);
  const texts: Record<string, string> = {};
  for (const [name, one] of Object.entries({ is, was, own: clipAlone(file, renderFrames, num / den) })) {
    const timeline = new Timeline({ tracks: new Stack({ children: [one] }) });
    const { text, losses } = writeMlt(timeline, { rate: num / den, ...size, shownOnly: true });
    if (losses.length > 0) return losses[0]!;
    texts[name] = text;
  }
  const isPicture = (sight: Was['before']): boolean => sight !== null && typeof sight !== 'string';
  const outside = [...(isPicture(before) ? [first - 1] : []), ...(isPicture(after) ? [out] : [])];
  if (outside.length + inside.length === 0) return 'there are transitions all over it';
  const around = [...outside, ...inside.map((at) => first + at)];
  return {
    ...{ fill, texts: texts as unknown as Projects['texts'], outside, inside },
    runs: { around: runsOf(around), inside: runsOf(inside.map((at) => head + at)) },
  };
}

function clipAlone(file: string, count: number, rate: number): Track {
  const whole = new TimeRange(0, count, rate);
  const media = new ExternalReference({ targetUrl: urlFromFilepath(file), availableRange: whole });
  return new Track({
    kind: 'Video',
    children: [
      Gap.ofDuration(new RationalTime(runIn, rate)),
      new Clip({ sourceRange: whole, mediaReferences: { DEFAULT_MEDIA: media } }),
    ],
  });
}

/** Frames in order, those that follow each other together, each stretch with its run-in. */
function runsOf(frames: readonly number[]): Run[] {
  const runs: { in: number; out: number }[] = [];
  for (const frame of [...frames].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.out === frame - 1) last.out = frame;
    else runs.push({ in: frame, out: frame });
  }
  return runs.map((run) => ({ in: run.in, out: run.out + runIn }));
}

/** Pictures by project and frame of the track or the clip: `is0.mlt 19`. */
function byFrame(stretches: readonly Stretch[], pictures: readonly Uint8Array[]): Map<string, Uint8Array> {
  const names = stretches.flatMap(({ project, in: first, out }) =>
    Array.from({ length: out - first + 1 }, (_, i) => `${project} ${first + i - runIn}`),
  );
  return new Map(names.map((name, i) => [name, pictures[i]!]));
}

function compare(
  { claim }: SavedWork,
  { fill: { considered }, outside, inside }: Projects,
  shown: (name: 'is' | 'was' | 'own', frame: number) => Uint8Array,
): Check {
  const { where } = whereOf(considered.slot);
  const { in: first, head } = considered.plan!;
  const demand = (isSo: boolean, difference: string): void => {
    if (!isSo)
      throw new CompanionError('VERIFY_FAILED', {
        path: claim.final,
        differences: [`${where} in melt: ${difference}`],
      });
  };
  for (const frame of outside)
    demand(
      Buffer.compare(shown('is', frame), shown('was', frame)) === 0,
      `frame ${frame}, outside of it, is another than it was`,
    );
  let worst = 0;
  for (const at of inside) {
    const off = farthest(shown('is', first + at), shown('own', head + at));
    demand(off <= leeway, `frame ${first + at} is not frame ${head + at} of its clip, but ${off} codes off`);
    worst = Math.max(worst, off);
  }
  const off = worst === 0 ? 'equal' : `${worst} codes off at most`;
  const found = `frames beside it as they were: ${outside.length}; of it the clip’s: ${inside.length} (${off})`;
  return { what: `${where} in melt`, expected: 'the same', found, passed: true };
}

const farthest = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
