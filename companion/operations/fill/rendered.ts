// The pictures at and around the fills of a saved timeline, decoded from the media it names: outside what was there, inside the fill's own.
import type { Track } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import type { Opened } from '../../timeline/open.ts';
import { shownAt } from '../../timeline/shown.ts';
import { pictureTracks } from '../../timeline/tracks.ts';
import { timelineOf } from '../../timeline/within.ts';
import { type Considered, whereOf } from './plan.ts';
import type { MediaFrame, Reels } from './reels.ts';
import type { Finished, WriteBack } from './write-back.ts';

/** A frame of a media file, or why there is none to be seen. */
type Sight = MediaFrame | string;

/** What is there before a fill is put on. */
export interface Was {
  /** Directly before and after its place; null where another fill goes. */
  readonly before: Sight | null;
  readonly after: Sight | null;
  /** Frames of it that are looked at, from 0: its first, middle and last one, but for those that lie in a transition. */
  readonly inside: readonly number[];
}

/** A saved timeline that was opened again. */
export interface SavedWork extends WriteBack {
  readonly saved: Opened;
  /** What its format cannot hold. */
  readonly losses: readonly string[];
  /** Its media. */
  readonly reels: Reels;
}

/** Whether one of the fills lies at a frame of a track. */
export const anotherFill = (track: Track, frame: number, fills: readonly Finished[]): boolean =>
  fills.some(({ considered: { slot, plan } }) => slot.track === track && frame >= plan!.in && frame < plan!.out);

/** Looks at the place of a fill. Rejects where media are there and cannot be read; AbortError. */
export async function wasAt(
  { timeline, reels, fills }: Pick<WriteBack, 'timeline' | 'reels' | 'fills'>,
  { slot: { track }, plan }: Considered,
): Promise<Was> {
  const { in: first, out, frames } = plan!;
  const at = async (frame: number): Promise<Sight | null> =>
    anotherFill(track, frame, fills) ? null : sightOf(reels, track, frame);
  const isHidden = (frame: number): boolean => {
    const shown = shownAt(timeline, track, frame);
    return 'nothing' in shown && !shown.empty;
  };
  return {
    ...{ before: await at(first - 1), after: await at(out) },
    inside: [...new Set([0, frames >> 1, frames - 1])].filter((frame) => !isHidden(first + frame)),
  };
}

async function sightOf(reels: Reels, track: Track, frame: number): Promise<Sight> {
  const beside = await reels.at(track, frame);
  return typeof beside === 'string' ? beside : beside.frame;
}

/**
 * Decodes the frame before each fill, its first, middle and last one, and the frame after it, as the saved timeline names them. Formats of our own must hold all of
 * them; in others media may not be found, and what is outside may be lost.
 * @throws CompanionError VERIFY_FAILED; of opening and decoding media; AbortError
 */
export async function checkPictures(work: SavedWork, was: readonly Was[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [i, fill] of work.fills.entries()) checks.push(await checkFill(work, fill, was[i]!));
  return checks;
}

const ofFill = 'of the fill';

/** A picture of the saved timeline and the one it must be. */
interface Pair {
  readonly name: string;
  readonly frame: number;
  readonly now: Sight;
  readonly meant: Sight;
}

async function checkFill(work: SavedWork, { considered, file }: Finished, was: Was): Promise<Check> {
  const { reels } = work;
  const { slot, plan, form } = considered;
  const { in: first, out, head } = plan!;
  const what = `pictures of ${whereOf(slot).where}`;
  const expected = 'inside its own, outside those that were there';
  const track = sameTrack(work, slot.track);
  if (track === null)
    return { what, expected, found: `not seen: ${work.format} has no track ${slot.label}`, passed: true };
  const pairs: Pair[] = [];
  const media = await reels.open(file);
  for (const at of was.inside) {
    const now = await sightOf(reels, track, first + at);
    pairs.push({ name: ofFill, frame: first + at, now, meant: { file, media, index: head + at } });
  }
  for (const [name, frame, meant] of [
    ['before it', first - 1, was.before],
    ['after it', out, was.after],
  ] as const)
    if (meant !== null) pairs.push({ name, frame, now: await sightOf(reels, track, frame), meant });

  const unseen: string[] = [];
  const seen: { pair: Pair; now: MediaFrame; meant: MediaFrame }[] = [];
  for (const pair of pairs) {
    const { now, meant } = pair;
    if (typeof now !== 'string' && typeof meant !== 'string') seen.push({ pair, now, meant });
    else if (typeof now === 'string' && typeof meant === 'string') continue;
    else if (mustBeSeen(work, pair)) throw differing(work, what, pair);
    else unseen.push(`frame ${pair.frame} ${pair.name} not seen (${typeof now === 'string' ? now : meant})`);
  }
  const pictures = await reels.read(
    seen.flatMap(({ now, meant }) => [now, meant]),
    form!,
    'stretch',
  );
  for (const [i, { pair, now, meant }] of seen.entries()) {
    const isMeant = pair.name !== ofFill || now.index === meant.index; // in a fill that stands still every frame looks right
    if (!isMeant || Buffer.compare(pictures[2 * i]!, pictures[2 * i + 1]!) !== 0) {
      if (isOurs(work) || pair.name === ofFill) throw differing(work, what, pair);
      unseen.push(`frame ${pair.frame} ${pair.name} is another in ${work.format}`);
    }
  }
  const found = [`${seen.length} of ${pairs.length} compared, equal`, ...unseen].join('; ');
  return { what, expected, found, passed: true };
}

const isOurs = ({ format }: WriteBack): boolean => format.startsWith('otio');

/** What a format of our own holds can be found again, but for media that are known to be left behind. */
const mustBeSeen = (work: SavedWork, { name }: Pair): boolean =>
  isOurs(work) && (name === ofFill || work.losses.length === 0);

/** The track of the saved timeline that is at the same place among its picture tracks; null where there is none of that label. */
export function sameTrack({ timeline, saved }: SavedWork, track: Track): Track | null {
  const [was, is] = [timeline, timelineOf(saved)].map((one) => pictureTracks(one!)) as [Tracks, Tracks];
  const index = was.findIndex((one) => one.track === track);
  return is[index]?.label === was[index]!.label ? is[index]!.track : null;
}

type Tracks = ReturnType<typeof pictureTracks>;

function differing({ claim }: WriteBack, what: string, { name, frame, now, meant }: Pair): CompanionError {
  const differences = [`${what}: frame ${frame}, ${name}, is ${nameOf(now)} instead of ${nameOf(meant)}`];
  return new CompanionError('VERIFY_FAILED', { path: claim.final, differences });
}

const nameOf = (sight: Sight): string => (typeof sight === 'string' ? sight : `frame ${sight.index} of ${sight.file}`);
