// FCPXML, Final Cut's and Resolve's: any 1.x is read, 1.10 is written.
import type { Adapter } from '../adapter.ts';
import { readFcpxml } from './read.ts';
import { writeFcpxml } from './write.ts';

export type { FcpxmlWriteOptions } from './write.ts';
export { readFcpxml, writeFcpxml };

export const fcpxml: Adapter = { name: 'fcpxml', extensions: ['fcpxml'], read: readFcpxml, write: writeFcpxml };
