// FCP7 XML (xmeml), the interchange format of Premiere.
import type { Adapter } from '../adapter.ts';
import { readFcp7Xml } from './read.ts';
import { writeFcp7Xml } from './write.ts';

export const fcp7xml: Adapter = { name: 'fcp7xml', extensions: ['xml'], read: readFcp7Xml, write: writeFcp7Xml };
