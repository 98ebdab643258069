// Small tracks for the tests of ranges and algorithms, at 24 frames a second, and what they look like in words.
import * as otio from '../../../otio/index.ts';
import { dissolve, range as span } from '../../fixtures/timeline.ts';

export { clip, gap, RATE, range as span, stack, time as at, track } from '../../fixtures/timeline.ts';

/** A clip without source range, of media of `duration` frames. */
export const whole = (name: string, duration: number): otio.Clip =>
  new otio.Clip({
    name,
    mediaReferences: { [otio.DEFAULT_MEDIA]: new otio.MissingReference({ availableRange: span(0, duration) }) },
  });
export const cross = (inOffset: number, outOffset: number, name = 'x'): otio.Transition =>
  dissolve(inOffset, outOffset, undefined, '', name);
/** What a newer program wrote: with a range it takes time. */
export const opaque = (duration?: number): otio.UnknownSchema =>
  new otio.UnknownSchema('Shot', 1, duration === undefined ? {} : { source_range: span(0, duration) });

/** `a[8+4]`: frames of the source from 8 on, 4 of them. */
export function described(child: otio.Child): string {
  const name = child instanceof otio.Composable ? child.name || child.schemaName : '?';
  const range = child instanceof otio.Item || child instanceof otio.UnknownSchema ? child.sourceRange : null;
  return range === null ? name : `${name}[${range.startTime.value}+${range.duration.value}]`;
}
export const content = (parent: { readonly children: readonly otio.Child[] }): string =>
  parent.children.map(described).join(' ');
/** Start and duration in frames. */
export const frames = (range: otio.TimeRange | null): number[] | null =>
  range && [range.startTime.value, range.duration.value];

/** The result, or the name of the error. */
export function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof otio.OtioError) return error.code;
    throw error;
  }
}
