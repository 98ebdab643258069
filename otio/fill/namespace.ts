// The one key of our metadata and media references, and the words of the write-back convention.

/** Everything that we write into a timeline lies under this key. */
export const NS = 'inbetween';

/** Where the reference lies that was under DEFAULT_MEDIA before the first fill. */
export const ORIGINAL_MEDIA = `${NS}:original`;

/** Where an earlier fill lies: `inbetween:v002`. */
export const versionKey = (version: number): string => `${NS}:v${String(version).padStart(3, '0')}`;

/** Where the file at the interpolator's own rate lies: `inbetween:native60`. */
export const nativeKey = (framesPerSecond: number): string => `${NS}:native${Math.round(framesPerSecond)}`;

export const isNativeKey = (key: string): boolean => key.startsWith(`${NS}:native`);

/** Whether a key of a clip's media is one of ours. */
export const isOurKey = (key: string): boolean => key.startsWith(`${NS}:`);

export type FillKind = 'interpolate' | 'restore' | 'generate' | 'extend';

/** Terms of the IPTC's digital source types. */
export type DigitalSourceType =
  | 'trainedAlgorithmicMedia'
  | 'compositeWithTrainedAlgorithmicMedia'
  | 'algorithmicallyEnhanced';

export interface FillWords {
  /** In the names of clips and markers: `A (interpolated)`, `AI interpolated`. */
  readonly done: string;
  /** Disclosed where the caller does not say. */
  readonly digitalSourceType: DigitalSourceType;
}

export const words: { readonly [kind in FillKind]: FillWords } = {
  interpolate: { done: 'interpolated', digitalSourceType: 'compositeWithTrainedAlgorithmicMedia' },
  restore: { done: 'restored', digitalSourceType: 'algorithmicallyEnhanced' },
  generate: { done: 'generated', digitalSourceType: 'trainedAlgorithmicMedia' },
  extend: { done: 'filled', digitalSourceType: 'compositeWithTrainedAlgorithmicMedia' },
};

export const isFillKind = (word: unknown): word is FillKind => typeof word === 'string' && Object.hasOwn(words, word);
