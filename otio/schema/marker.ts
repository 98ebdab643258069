// A marked range with a colour word and a comment.
import { required, text, timeRange } from './fields.ts';
import { define } from './object.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

export class Marker extends define(
  SerializableObjectWithMetadata,
  'Marker',
  2,
  { color: text('GREEN'), marked_range: required(timeRange()), comment: text() },
  {
    upgrade: {
      1(members) {
        if (!Object.hasOwn(members, 'range')) return;
        members.marked_range = members.range!;
        delete members.range;
      },
    },
  },
) {}
