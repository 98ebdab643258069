// Nothing, for a time.
import { RationalTime, TimeRange } from '../opentime/index.ts';
import { nullable, timed, timeRange } from './fields.ts';
import { Item } from './item.ts';
import { define } from './object.ts';

const nothing = new TimeRange(new RationalTime(0, 1), new RationalTime(0, 1));

export class Gap extends define(Item, 'Gap', 1, {
  source_range: { ...timed(nullable(timeRange())), fresh: (): TimeRange | null => nothing },
}) {
  /** A gap of a duration, from 0. */
  static ofDuration(duration: RationalTime): Gap {
    return new Gap({ sourceRange: new TimeRange(new RationalTime(0, duration.rate), duration) });
  }

  override get visible(): boolean {
    return false;
  }
}
