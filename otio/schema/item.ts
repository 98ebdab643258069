// What takes time on a track: clips, gaps, tracks and stacks. Time effects never count: the length on the track is that of the source range.
import { OtioError } from '../errors.ts';
import { type RationalTime, TimeRange } from '../opentime/index.ts';
import { Composable, titleOf } from './composable.ts';
import { Effect } from './effect.ts';
import { color, flag, list, nullable, timed, timeRange } from './fields.ts';
import { Marker } from './marker.ts';
import { define } from './object.ts';
import { UnknownSchema } from './unknown.ts';
import type { Box2d } from './value.ts';

export class Item extends define(Composable, 'Item', 1, {
  source_range: timed(nullable(timeRange())),
  effects: list(Effect, UnknownSchema),
  markers: list(Marker, UnknownSchema),
  enabled: flag(true),
  color: nullable(color()),
}) {
  override get visible(): boolean {
    return this.enabled;
  }

  /** All there is of it, untrimmed. @throws OtioError NOT_IMPLEMENTED where there is no such thing, CANNOT_COMPUTE_AVAILABLE_RANGE */
  availableRange(): TimeRange {
    throw new OtioError('NOT_IMPLEMENTED', `${titleOf(this)} has no available range: give it a source range.`);
  }
  /** The source range, or else the available range. @throws OtioError as availableRange */
  trimmedRange(): TimeRange {
    return this.sourceRange ?? this.availableRange();
  }
  override duration(): RationalTime {
    return this.trimmedRange().duration;
  }
  /** The trimmed range and what neighbouring transitions show beyond it. @throws OtioError as availableRange */
  visibleRange(): TimeRange {
    const { startTime, duration } = this.trimmedRange();
    const { head, tail } = this.parent?.handlesOfChild(this) ?? { head: null, tail: null };
    const start = head === null ? startTime : startTime.sub(head);
    const longer = head === null ? duration : duration.add(head);
    return new TimeRange(start, tail === null ? longer : longer.add(tail));
  }
  /** The box its pictures lie in; null where there are none. @throws OtioError NOT_IMPLEMENTED, CANNOT_COMPUTE_BOUNDS */
  availableImageBounds(): Box2d | null {
    throw new OtioError('NOT_IMPLEMENTED', `${titleOf(this)} has no pictures of its own.`);
  }

  /**
   * A time of this item counted in the space of another one of its tree, at the largest rate met on the way: up to that one or to the root, and down again.
   * Effects do not count.
   * @throws OtioError NOT_DESCENDED_FROM when the two are not in one tree, CANNOT_COMPUTE_AVAILABLE_RANGE
   */
  transformedTime(time: RationalTime, to: Item): RationalTime {
    let moved = time;
    let top: Item = this;
    for (; top !== to && top.parent !== null; top = top.parent)
      moved = moved.sub(top.trimmedRange().startTime).add(top.rangeInParent().startTime);
    for (let item = to; item !== top; item = item.parent) {
      if (item.parent === null)
        throw new OtioError('NOT_DESCENDED_FROM', `${titleOf(this)} and ${titleOf(to)} are not in one tree.`);
      moved = moved.add(item.trimmedRange().startTime).sub(item.rangeInParent().startTime);
    }
    return moved;
  }
  /** The range with its start moved as a time; its duration stays. @throws OtioError as transformedTime */
  transformedTimeRange(range: TimeRange, to: Item): TimeRange {
    return new TimeRange(this.transformedTime(range.startTime, to), range.duration);
  }
}
