// Any objects, in order: a bin.
import { list, required } from './fields.ts';
import { define, SerializableObject } from './object.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

export class SerializableCollection extends define(SerializableObjectWithMetadata, 'SerializableCollection', 1, {
  children: required(list(SerializableObject, SerializableObject)),
}) {}
