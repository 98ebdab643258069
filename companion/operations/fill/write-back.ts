// Puts finished fills onto their timeline, saves it, and opens what was saved again: nothing but the fills may have changed.
import path from 'node:path';
import { apply, list } from '../../../otio/fill/index.ts';
import { OtioError, type ProfileName, type Timeline, type TimeRange } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import type { Claim } from '../../media/publish.ts';
import { folderOf, followFolder } from '../../timeline/moved.ts';
import { isBundle, type Opened, openTimeline } from '../../timeline/open.ts';
import { saveTimeline } from '../../timeline/save.ts';
import { shownAt } from '../../timeline/shown.ts';
import { timelineOf } from '../../timeline/within.ts';
import { digitalSourceType } from './disclosure.ts';
import type { MadeFill } from './make.ts';
import type { Considered } from './plan.ts';
import { whereOf } from './plan.ts';

/** A fill and the slot it was made for. */
export interface Finished {
  readonly considered: Considered;
  readonly made: MadeFill;
  /** Final path of its clip. */
  readonly file: string;
}

export interface SavedTimeline {
  /** What the format cannot hold. */
  readonly losses: readonly string[];
  readonly warnings: readonly string[];
  readonly checks: readonly Check[];
}

export interface WriteBack {
  readonly opened: Opened;
  readonly timeline: Timeline;
  readonly fills: readonly Finished[];
  readonly claim: Claim;
  readonly format: string;
  readonly profile: ProfileName | undefined;
  readonly engineVersion: string;
  /** Folders whose media go into a bundle. */
  readonly mediaRoots: readonly string[];
}

/**
 * Applies the fills to the opened timeline and writes it to the claim.
 * @throws CompanionError GAP_UNFIT when a fill does not suit, FORMAT_UNFIT, DISK_FULL, OUTPUT_UNWRITABLE; VERIFY_FAILED when what was written is not what was meant
 */
export async function writeBack(work: WriteBack): Promise<SavedTimeline> {
  const { opened, timeline, fills, claim, format, profile } = work;
  const before = fills.map(({ considered }) => bordersOf(timeline, considered));
  const folder = isBundle(format) ? folderOf(opened) : path.dirname(claim.final); // a bundle takes its media from where they are named now
  followFolder(opened.root, folderOf(opened), folder);
  const warnings: string[] = [];
  for (const fill of fills) warnings.push(...put(fill, folder, work.engineVersion));
  const losses = await saveTimeline(opened, claim, {
    format,
    ...(profile !== undefined && { profile }),
    mediaRoots: [...work.mediaRoots, ...new Set(fills.map(({ file }) => path.dirname(file)))],
  });
  return { losses, warnings, checks: await check(work, before, timeline) };
}

function put({ considered, made, file }: Finished, folder: string, engineVersion: string): readonly string[] {
  const plan = considered.plan!;
  try {
    const { warnings } = apply(
      plan,
      { targetUrl: file, folder, frames: plan.renderFrames, sha256: made.sha256 },
      {
        job: made.job,
        kind: 'interpolate',
        digitalSourceType,
        created: new Date(),
        inputs: made.inputs.map((input) => ({ url: input })),
        model: {
          name: 'Inbetween flow',
          version: engineVersion,
          params: { strategy: made.strategy, seams: made.seams, matched: made.matched },
        },
      },
    );
    return warnings;
  } catch (error) {
    if (!(error instanceof OtioError)) throw error;
    throw new CompanionError('GAP_UNFIT', { ...whereOf(considered.slot), reason: error.details }, { cause: error });
  }
}

/** What is shown just outside a slot, as text. */
function bordersOf(timeline: Timeline, { slot, plan }: Considered): { before: string; after: string } {
  const at = (frame: number): string => {
    if (frame < 0) return 'nothing';
    const shown = shownAt(timeline, slot.track, frame);
    if ('nothing' in shown) return 'nothing';
    return `${shown.clip.name} ${shown.position}`;
  };
  return { before: at(plan!.in - 1), after: at(plan!.out) };
}

/** Opens the saved file again. Formats that hold no metadata are compared by what the fills' tracks show; all are by their fills' places. */
async function check(
  { claim, format, fills }: WriteBack,
  before: readonly { before: string; after: string }[],
  timeline: Timeline,
): Promise<Check[]> {
  const checks: Check[] = [];
  const demand = (what: string, expected: string, found: string): void => {
    if (expected !== found)
      throw new CompanionError('VERIFY_FAILED', {
        path: claim.final,
        differences: [`${what} is ${found} instead of ${expected}`],
      });
    checks.push({ what, expected, found, passed: true });
  };
  for (const [i, { considered }] of fills.entries()) {
    const now = bordersOf(timeline, considered);
    const { where } = whereOf(considered.slot);
    demand(`frame before ${where}`, before[i]!.before, now.before);
    demand(`frame after ${where}`, before[i]!.after, now.after);
  }
  if (!format.startsWith('otio')) return checks;
  const again = timelineOf(await openTimeline(claim.partial, { from: format }));
  const placesIn = (one: Timeline): string =>
    list(one)
      .map(({ range, record }) => `${record?.job} at ${rangeText(range)}`)
      .join('; ');
  demand('fills of the saved timeline', placesIn(timeline), placesIn(again));
  demand('tracks of the saved timeline', lengthsOf(timeline), lengthsOf(again));
  return checks;
}

const rangeText = ({ startTime, duration }: TimeRange): string => `${startTime.value}+${duration.value}`;

const lengthsOf = ({ tracks }: Timeline): string =>
  (tracks?.children ?? []).map((track) => ('duration' in track ? String(track.duration().value) : '?')).join(' ');
