// A stack of tracks with a start on the clock.
import type { RationalTime, TimeRange } from '../opentime/index.ts';
import type { Clip } from './clip.ts';
import type { Child, ClassOf } from './composition.ts';
import { nullable, object, required, time } from './fields.ts';
import { define } from './object.ts';
import { Stack } from './stack.ts';
import { Track, TrackKind } from './track.ts';
import type { Box2d } from './value.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

const freshStack = (): Stack => new Stack({ name: 'tracks' });

/** Its questions about times and children are put to its stack; one without a stack is as one without tracks. */
export class Timeline extends define(SerializableObjectWithMetadata, 'Timeline', 1, {
  global_start_time: nullable(time()),
  tracks: required({ ...nullable(object(Stack, freshStack)), fresh: (): Stack | null => freshStack() }),
}) {
  videoTracks(): Track[] {
    return this.#tracksOf(TrackKind.Video);
  }
  audioTracks(): Track[] {
    return this.#tracksOf(TrackKind.Audio);
  }
  #tracksOf(kind: string): Track[] {
    return this.#stack.findChildren(Track, null, true).filter((track) => track.kind === kind);
  }
  get #stack(): Stack {
    return this.tracks ?? freshStack();
  }

  duration(): RationalTime {
    return this.#stack.duration();
  }
  availableRange(): TimeRange {
    return this.#stack.availableRange();
  }
  availableImageBounds(): Box2d | null {
    return this.#stack.availableImageBounds();
  }
  rangeOfChild(child: Child): TimeRange {
    return this.#stack.rangeOfChild(child);
  }
  trimmedRangeOfChild(child: Child): TimeRange | null {
    return this.#stack.trimmedRangeOfChild(child);
  }
  childAtTime(time: RationalTime, shallow = false): Child | null {
    return this.#stack.childAtTime(time, shallow);
  }
  childrenInRange(range: TimeRange): Child[] {
    return this.#stack.childrenInRange(range);
  }
  findChildren<T extends Child>(type: ClassOf<T>, range: TimeRange | null = null, shallow = false): T[] {
    return this.#stack.findChildren(type, range, shallow);
  }
  findClips(range: TimeRange | null = null, shallow = false): Clip[] {
    return this.#stack.findClips(range, shallow);
  }
  hasClips(): boolean {
    return this.#stack.hasClips();
  }
}
