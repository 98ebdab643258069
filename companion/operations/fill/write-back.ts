// Puts finished fills onto their timeline, saves it, and opens what was saved again: nothing but the fills may have changed.
import path from 'node:path';
import { apply } from '../../../otio/fill/index.ts';
import { OtioError, type ProfileName, type Timeline } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import type { Claim } from '../../media/publish.ts';
import { folderOf, followFolder } from '../../timeline/moved.ts';
import { isBundle, type Opened } from '../../timeline/open.ts';
import { saveTimeline } from '../../timeline/save.ts';
import { checkSaved, lookBefore } from './check.ts';
import { digitalSourceType } from './disclosure.ts';
import { nameMoved } from './in-place.ts';
import type { MadeFill } from './make.ts';
import type { Considered } from './plan.ts';
import { whereOf } from './plan.ts';
import type { Reels } from './reels.ts';

/** A fill and the slot it was made for. */
export interface Finished {
  readonly considered: Considered;
  readonly made: MadeFill;
  /** Final path of its clip. */
  readonly file: string;
  /** Of the one at a rate of its own. */
  readonly nativeFile: string | null;
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
  /** Its media. */
  readonly reels: Reels;
  readonly fills: readonly Finished[];
  /** `partial` lies in a folder of the job's own. */
  readonly claim: Claim;
  readonly format: string;
  readonly profile: ProfileName | undefined;
  readonly engineVersion: string;
  /** Folders whose media go into a bundle. */
  readonly mediaRoots: readonly string[];
  /** Folders in them whose media do not. */
  readonly closed?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Applies the fills to the opened timeline and writes it to the claim.
 * @throws CompanionError GAP_UNFIT when a fill does not suit, FORMAT_UNFIT, DISK_FULL, OUTPUT_UNWRITABLE; VERIFY_FAILED when what was written is not what was meant
 */
export async function writeBack(work: WriteBack): Promise<SavedTimeline> {
  const { opened, fills, claim, format, profile } = work;
  if (format !== 'otio') await nameMoved(work.timeline, work.reels); // an .otio stays as it was, so that its fills can be taken off again
  const before = await lookBefore(work);
  const folder = isBundle(format) ? folderOf(opened) : path.dirname(claim.final); // a bundle takes its media from where they are named now
  followFolder(opened.root, folderOf(opened), folder);
  const warnings: string[] = [];
  for (const fill of fills) warnings.push(...put(fill, folder, work.engineVersion));
  const losses = await saveTimeline(opened, claim, {
    format,
    ...(profile !== undefined && { profile }),
    mediaRoots: [...work.mediaRoots, ...new Set(fills.map(({ file }) => path.dirname(file)))],
    closed: work.closed,
  });
  return { losses, warnings, checks: await checkSaved(work, before, losses) };
}

function put(
  { considered, made, file, nativeFile }: Finished,
  folder: string,
  engineVersion: string,
): readonly string[] {
  const plan = considered.plan!;
  try {
    const { warnings } = apply(
      plan,
      {
        ...{ targetUrl: file, folder, frames: plan.renderFrames, sha256: made.sha256 },
        ...(made.native && { native: { ...made.native, targetUrl: nativeFile! } }),
      },
      {
        job: made.job,
        kind: 'interpolate',
        digitalSourceType,
        created: new Date(),
        inputs: made.inputs.map((input) => ({ url: input })),
        model: {
          name: 'Inbetween flow',
          version: engineVersion,
          params: {
            strategy: made.strategy,
            seams: made.seams,
            matched: made.matched,
            ...(made.retimed && { retimed: made.retimed }),
          },
        },
      },
    );
    return warnings;
  } catch (error) {
    if (!(error instanceof OtioError)) throw error;
    const facts = { ...whereOf(considered.slot), ...(considered.slot.kind === 'clip' && { word: 'retimed' }) };
    throw new CompanionError('GAP_UNFIT', { ...facts, reason: error.details }, { cause: error });
  }
}
