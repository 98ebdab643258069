// What can be a child of a track or a stack.
import { OtioError } from '../errors.ts';
import type { RationalTime, TimeRange } from '../opentime/index.ts';
import type { Composition } from './composition.ts';
import { define, type SerializableObject } from './object.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

export class Composable extends define(SerializableObjectWithMetadata, 'Composable', 1, {}) {
  /** The track or stack it is in. Set by that one alone. */
  parent: Composition | null = null;
  /** Where its parent last found it among its children. A hint of the parent's, who looks there first. */
  place = 0;

  /** Takes no time of its own: transitions lie over their neighbours. */
  get overlapping(): boolean {
    return false;
  }
  /** Seen instead of what lies below. */
  get visible(): boolean {
    return true;
  }

  /** @throws OtioError OBJECT_WITHOUT_DURATION; items and transitions have one */
  duration(): RationalTime {
    throw new OtioError('OBJECT_WITHOUT_DURATION', `${titleOf(this)} has no duration.`);
  }

  /** Where it lies in its parent. @throws OtioError NOT_A_CHILD, CANNOT_COMPUTE_AVAILABLE_RANGE */
  rangeInParent(): TimeRange {
    return this.#demandParent().rangeOfChild(this);
  }
  /** What of that the parent's source range leaves. @throws OtioError NOT_A_CHILD, INVALID_TIME_RANGE when nothing is left */
  trimmedRangeInParent(): TimeRange | null {
    return this.#demandParent().trimmedRangeOfChild(this);
  }
  #demandParent(): Composition {
    if (this.parent === null) throw new OtioError('NOT_A_CHILD', `${titleOf(this)} is not in a track or stack.`);
    return this.parent;
  }

  timesChanged(): void {
    this.parent?.childTimesChanged(this);
  }
}

/** What an object is called in a sentence: `Clip 'A'`. */
export const titleOf = (object: SerializableObject): string => {
  const name = (object as { name?: unknown }).name;
  return typeof name === 'string' && name !== '' ? `${object.schemaName} '${name}'` : object.schemaName;
};
