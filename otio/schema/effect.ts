// Effects: kept, never interpreted by ranges (the length on a track is source_range.duration, whatever the speed).
import { flag, real, required, text } from './fields.ts';
import { define } from './object.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

export class Effect extends define(SerializableObjectWithMetadata, 'Effect', 1, {
  effect_name: required(text()),
  enabled: flag(true),
}) {}

export class TimeEffect extends define(Effect, 'TimeEffect', 1, {}) {}

/** `timeScalar` is speed: 2 twice as fast, -1 backwards, 0 a freeze. */
export class LinearTimeWarp extends define(TimeEffect, 'LinearTimeWarp', 1, {
  effect_name: required(text('LinearTimeWarp')),
  time_scalar: required(real(1)),
}) {}

export class FreezeFrame extends define(LinearTimeWarp, 'FreezeFrame', 1, {
  effect_name: required(text('FreezeFrame')),
  time_scalar: required(real(0)),
}) {}
