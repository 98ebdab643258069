// CMX3600 edit decision lists.
import type { Adapter } from '../adapter.ts';
import { readEdl } from './read.ts';
import { writeEdl } from './write.ts';

export const edl: Adapter = { name: 'edl', extensions: ['edl'], read: readEdl, write: writeEdl };
