// otio-ts algorithms: new trees of old ones, which stay as they are.
export { type ExpandedTransition, trackWithExpandedTransitions } from './expand-transitions.ts';
export { type Filterable, type Filtered, filteredComposition, filteredWithSequenceContext } from './filtered.ts';
export { flattenStack } from './flatten.ts';
export { topClipAtTime } from './top-clip.ts';
export { timelineTrimmedToRange, trackTrimmedToRange } from './trim.ts';
