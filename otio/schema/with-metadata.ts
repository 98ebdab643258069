// The base of everything that has a name.
import { metadata, text } from './fields.ts';
import { define, SerializableObject } from './object.ts';

export class SerializableObjectWithMetadata extends define(SerializableObject, 'SerializableObjectWithMetadata', 1, {
  metadata: metadata(),
  name: text(),
}) {}
