// Sound edits: each changes a track as told or, with an error, not at all; each can be taken back.
export { type FillMode, fill } from './fill.ts';
export { insert } from './insert.ts';
export { overwrite } from './overwrite.ts';
export { type RemoveOptions, remove } from './remove.ts';
export { ripple } from './ripple.ts';
export { roll } from './roll.ts';
export { slice } from './slice.ts';
export { slide } from './slide.ts';
export { slip } from './slip.ts';
export type { EditOptions } from './stretch.ts';
export { trim } from './trim.ts';
export { batch, type EditResult, type Undo } from './undo.ts';
