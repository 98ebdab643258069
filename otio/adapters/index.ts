// The formats of editors that can be read or written, one line each.
import type { Adapter } from './adapter.ts';
import { edl } from './edl/index.ts';
import { fcp7xml } from './fcp7xml/index.ts';
import { fcpxml } from './fcpxml/index.ts';
import { mlt } from './mlt/index.ts';

export const adapters: readonly Adapter[] = [edl, fcp7xml, fcpxml, mlt];

/** The adapter of a name; undefined where there is none. */
export const adapterNamed = (name: string): Adapter | undefined => adapters.find((adapter) => adapter.name === name);

export type {
  Adapter,
  AdapterReadOptions,
  AdapterReadResult,
  AdapterWriteOptions,
  AdapterWriteResult,
} from './adapter.ts';
