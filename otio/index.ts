// otio-ts: timelines that lose nothing. Schemas, reading, writing, algorithms and sound edits; runs in a browser.
export * from './algorithms/index.ts';
export { type Change, type ChangeKind, diff, type Spot, type Subject, type TransitionState } from './diff.ts';
export { type CellKind, type DrawnLine, drawTimeline, type Run } from './drawing.ts';
export * as edit from './edit/index.ts';
export { OtioError, type OtioErrorCode } from './errors.ts';
export * as fill from './fill/index.ts';
export * from './opentime/index.ts';
export { type Profile, type ProfileName, profiles } from './profiles.ts';
export { type Problem, type ReadOptions, type ReadResult, read } from './read.ts';
export * as fields from './schema/fields.ts';
export * from './schema/index.ts';
export { type TargetVersions, type WriteOptions, write, writeStream } from './write.ts';
