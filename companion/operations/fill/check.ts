// Opens a saved timeline again and holds it against what was meant: its fills at their places, their pictures in them, and nothing else changed.
import path from 'node:path';
import { list } from '../../../otio/fill/index.ts';
import type { Timeline, TimeRange } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import { findMelt } from '../../media/melt.ts';
import { isBundle, type Opened, openTimeline, readable } from '../../timeline/open.ts';
import { withMedia } from '../../timeline/packed.ts';
import { shownAt } from '../../timeline/shown.ts';
import { timelineOf, timelinesIn } from '../../timeline/within.ts';
import { type Considered, whereOf } from './plan.ts';
import type { Reels } from './reels.ts';
import { anotherFill, checkPictures, type Was, wasAt } from './rendered.ts';
import { checkByMelt, type Window, windowOf } from './rendered-melt.ts';
import type { Finished, WriteBack } from './write-back.ts';

/** What is there before the fills are put on. */
export interface Before {
  /** What the timeline says of each fill's borders. */
  readonly borders: readonly Borders[];
  readonly places: readonly Was[];
  /** Of each fill what melt is to show of the timeline as it was; null without melt. */
  readonly windows: readonly Window[] | null;
}

interface Borders {
  readonly before: string;
  readonly after: string;
}

/** Looks at a timeline before its fills are put on. Rejects where media are there and cannot be read; AbortError. */
export async function lookBefore({ timeline, fills, reels }: WriteBack): Promise<Before> {
  const places: Was[] = [];
  for (const { considered } of fills) places.push(await wasAt({ timeline, reels, fills }, considered));
  return {
    borders: fills.map(({ considered }) => bordersOf(timeline, considered, fills)),
    places,
    windows:
      findMelt() === null
        ? null
        : await Promise.all(fills.map(({ considered: { slot, plan } }) => windowOf(reels, slot.track, plan!))),
  };
}

/**
 * Checks the timeline that was saved to the claim; it counts its media from its final place.
 * @throws CompanionError VERIFY_FAILED; of opening it and its media; AbortError
 */
export async function checkSaved(work: WriteBack, before: Before, losses: readonly string[]): Promise<Check[]> {
  const { claim, format, fills, timeline } = work;
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
    const now = bordersOf(timeline, considered, fills);
    const { where } = whereOf(considered.slot);
    demand(`frame before ${where}`, before.borders[i]!.before, now.before);
    demand(`frame after ${where}`, before.borders[i]!.after, now.after);
  }
  if (!readable().includes(format)) {
    const found = `not looked at: ${format} is only written, not read`;
    return [
      ...checks,
      { what: 'pictures of the saved timeline', expected: 'those that were meant', found, passed: true },
    ];
  }
  const saved = await openSaved(work);
  if (format.startsWith('otio')) {
    const again = timelineOf(saved);
    demand('fills of the saved timeline', placesIn(timeline), placesIn(again));
    demand('tracks of the saved timeline', lengthsOf(timeline), lengthsOf(again));
  } else demand('timelines of the saved file', '1', String(timelinesIn(saved.root).length));
  const again = { ...work, saved, losses, reels: reelsOf(saved, work) };
  checks.push(...(await checkPictures(again, before.places)));
  const melt = findMelt();
  if (melt !== null && before.windows !== null)
    checks.push(...(await checkByMelt(again, melt, before.places, before.windows)));
  return checks;
}

/** The saved timeline, as it will lie at its place; a bundle has its media inside, so it is looked at where it is. */
async function openSaved({ claim, format, fills, signal }: WriteBack): Promise<Opened> {
  const { rate } = fills[0]!.considered.plan!;
  const saved = await openTimeline(claim.partial, { from: format, rate: `${rate.num}/${rate.den}` });
  if (!isBundle(format)) return { ...saved, file: claim.final };
  return withMedia(saved, { scratch: path.join(path.dirname(claim.partial), 'unpacked'), signal });
}

/** A format that names media without their folders finds the clips of the fills in theirs. */
const reelsOf = (saved: Opened, { opened, fills, reels, mediaRoots }: WriteBack): Reels =>
  reels.of(saved, [
    ...new Set([
      ...fills.map(({ file }) => path.dirname(file)),
      path.dirname(path.resolve(opened.file)),
      ...mediaRoots,
    ]),
  ]);

/** What is shown just outside a slot, as text. Another slot may lie there. */
function bordersOf(timeline: Timeline, { slot, plan }: Considered, fills: readonly Finished[]): Borders {
  const at = (frame: number): string => {
    if (frame < 0) return 'nothing';
    if (anotherFill(slot.track, frame, fills)) return 'another fill';
    const shown = shownAt(timeline, slot.track, frame);
    if ('nothing' in shown) return 'nothing';
    return `${shown.clip.name} ${shown.position}`;
  };
  return { before: at(plan!.in - 1), after: at(plan!.out) };
}

const placesIn = (timeline: Timeline): string =>
  list(timeline)
    .map(({ range, record }) => `${record?.job} at ${rangeText(range)}`)
    .join('; ');

const rangeText = ({ startTime, duration }: TimeRange): string => `${startTime.value}+${duration.value}`;

const lengthsOf = ({ tracks }: Timeline): string =>
  (tracks?.children ?? []).map((track) => ('duration' in track ? String(track.duration().value) : '?')).join(' ');
