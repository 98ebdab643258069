// otio-ts/opentime: times, ranges and transforms as files carry them, timecode, and exact rates and frames.

export { type ExactRate, type FramePosition, framesAt, rationalRate, rescale } from './rate.ts';
export { RationalTime } from './rational-time.ts';
export { DEFAULT_EPSILON, TimeRange } from './time-range.ts';
export { formatTimeString, parseTimeString } from './time-string.ts';
export { TimeTransform } from './time-transform.ts';
export {
  formatTimecode,
  isSmpteTimecodeRate,
  nearestSmpteTimecodeRate,
  parseTimecode,
  type TimecodeOptions,
} from './timecode.ts';
