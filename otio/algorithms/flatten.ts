// What a stack of tracks shows, as one track.
import { OtioError } from '../errors.ts';
import { RationalTime, TimeRange } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import type { Stack } from '../schema/stack.ts';
import { Track } from '../schema/track.ts';
import { UnknownSchema } from '../schema/unknown.ts';
import { childrenTrimmedToRange } from './trim.ts';

/**
 * A new track 'Flattened' with copies of what is seen from above: where a track has a gap or a disabled item, what lies below, cut to that range.
 *
 *     V2  |   | X |       →   | A | X | C |
 *     V1  | A | B | C |
 *
 * Of a stack, disabled tracks do not count; of a list, the last track is the topmost and all count. Source ranges of the tracks do not cut them.
 * @throws OtioError TYPE_MISMATCH for a stack of other things than tracks; CANNOT_TRIM_TRANSITION, CANNOT_COMPUTE_AVAILABLE_RANGE
 */
export function flattenStack(stack: Stack | readonly Track[]): Track {
  const tracks = padded('children' in stack ? tracksOf(stack) : stack);
  const flat: Child[] = [];
  if (tracks.length > 0) flatten(tracks, tracks.length - 1, null, flat);
  return new Track({ name: 'Flattened', children: flat });
}

function tracksOf(stack: Stack): Track[] {
  const tracks: Track[] = [];
  for (const child of stack.children) {
    if (child instanceof UnknownSchema) continue;
    if (!(child instanceof Track))
      throw new OtioError(
        'TYPE_MISMATCH',
        `A stack of tracks can be flattened, but ${titleOf(stack)} has ${titleOf(child)} in it.`,
      );
    if (child.enabled) tracks.push(child);
  }
  return tracks;
}

/** The tracks, with copies that end in a gap for those that are shorter than the longest. */
function padded(tracks: readonly Track[]): Track[] {
  const durations = tracks.map((track) => track.duration());
  const longest = durations.reduce((a, b) => (a.lt(b) ? b : a), new RationalTime());
  return tracks.map((track, i) => {
    const missing = longest.sub(durations[i]!);
    if (!durations[i]!.lt(longest)) return track;
    const copy = track.clone();
    copy.appendChild(new Gap({ sourceRange: new TimeRange(new RationalTime(0, durations[i]!.rate), missing) }));
    return copy;
  });
}

/** Adds what is seen of the tracks up to `level`, in `range` if there is one. */
function flatten(tracks: readonly Track[], level: number, range: TimeRange | null, flat: Child[]): void {
  const track = tracks[level]!;
  const layer = range === null ? track : new Track({ children: childrenTrimmedToRange(track, range) });
  for (const [child, { startTime, duration }] of layer.rangeOfAllChildren()) {
    if (level === 0 || !(child instanceof Item) || child.visible) flat.push(range === null ? child.clone() : child);
    else {
      const start = range === null ? startTime : startTime.add(range.startTime);
      flatten(tracks, level - 1, new TimeRange(start, duration), flat);
    }
  }
  if (layer !== track) layer.clearChildren();
}
