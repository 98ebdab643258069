// The seam between timelines and the formats of editors: each format is one adapter, with the same two functions and the same manners.
import type { Problem } from '../read.ts';
import type { SerializableCollection, Timeline } from '../schema/index.ts';

export interface AdapterReadOptions {
  /** `lenient`, the default, keeps what it can and reports the rest; `strict` throws at the first problem. */
  readonly mode?: 'lenient' | 'strict';
  /** Frames per second of a text that does not say. Adapters whose format says ignore it. */
  readonly rate?: number;
}

export interface AdapterReadResult {
  /** A timeline; a collection of timelines where the text has another number of them than one. */
  readonly root: Timeline | SerializableCollection;
  /** What was passed over or guessed, with the line of the text. */
  readonly problems: readonly Problem[];
}

export interface AdapterWriteOptions {
  /** Frames per second of the text; by default the timeline's own. */
  readonly rate?: number;
}

export interface AdapterWriteResult {
  readonly text: string;
  /** What the format cannot hold and the text therefore lacks: one sentence each. */
  readonly losses: readonly string[];
}

export interface Adapter {
  /** As in its file name: `fcp7xml`. */
  readonly name: string;
  /** Of its files: lower case, without the point. */
  readonly extensions: readonly string[];
  /** @throws OtioError FORMAT_UNSUPPORTED with the line for a text that is not of the format; LIMIT_EXCEEDED; when strict, the first problem */
  read?(text: string, options?: AdapterReadOptions): AdapterReadResult;
  /** @throws OtioError FORMAT_UNSUPPORTED for a timeline that the format cannot hold at all; INVALID_TIME_RANGE, INVALID_TIMECODE_RATE */
  write?(timeline: Timeline, options?: AdapterWriteOptions): AdapterWriteResult;
}
