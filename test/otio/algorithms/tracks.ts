// Small tracks for the tests of ranges and algorithms, at 24 frames a second, and what they look like in words.
import * as otio from '../../../otio/index.ts';

export const RATE = 24;
export const at = (value: number, rate = RATE): otio.RationalTime => new otio.RationalTime(value, rate);
export const span = (start: number, duration: number, rate = RATE): otio.TimeRange =>
  new otio.TimeRange(start, duration, rate);

/** A clip that shows `duration` frames from `start` on. */
export const clip = (name: string, start: number, duration: number): otio.Clip =>
  new otio.Clip({ name, sourceRange: span(start, duration) });
/** A clip without source range, of media of `duration` frames. */
export const whole = (name: string, duration: number): otio.Clip =>
  new otio.Clip({
    name,
    mediaReferences: { [otio.DEFAULT_MEDIA]: new otio.MissingReference({ availableRange: span(0, duration) }) },
  });
export const gap = (duration: number): otio.Gap => otio.Gap.ofDuration(at(duration));
export const cross = (inOffset: number, outOffset: number, name = 'x'): otio.Transition =>
  new otio.Transition({ name, inOffset: at(inOffset), outOffset: at(outOffset) });
/** What a newer program wrote: with a range it takes time. */
export const opaque = (duration?: number): otio.UnknownSchema =>
  new otio.UnknownSchema('Shot', 1, duration === undefined ? {} : { source_range: span(0, duration) });
export const track = (...children: otio.Child[]): otio.Track => new otio.Track({ children });
export const stack = (...children: otio.Child[]): otio.Stack => new otio.Stack({ children });

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
