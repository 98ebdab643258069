// The write-back convention: a rendered file put onto a timeline in place of a gap, a clip or a part of either, disclosed, and taken off again.
export { apply, type FillResult } from './apply.ts';
export { type FillFileName, fileName, idOf, parseFileName } from './file-name.ts';
export { type FoundFill, list } from './list.ts';
export { type DigitalSourceType, type FillKind, NS, ORIGINAL_MEDIA, versionKey } from './namespace.ts';
export { type FillPlan, type FillRequest, plan } from './plan.ts';
export { type FillInfo, type FillMedia, type FillRecord, recordOf } from './record.ts';
export type { Trim } from './restored.ts';
export { type RevertResult, revert } from './revert.ts';
export { type SampleRule, type Samples, type Speed, samplePositions } from './samples.ts';
export { type ShowResult, show } from './show.ts';
export type { FillSource } from './source.ts';
