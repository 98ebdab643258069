// The timelines of a file: what its root holds.
import {
  type AnyValue,
  Composable,
  SerializableCollection,
  SerializableObject,
  Stack,
  Timeline,
  Track,
} from '../../otio/index.ts';
import { CompanionError } from '../api/errors.ts';
import type { Opened } from './open.ts';

/** The timelines of a file: those of a bin, and around anything else that can lie on a track one that holds just that. */
export function timelinesIn(root: AnyValue): Timeline[] {
  if (root instanceof Timeline) return [root];
  if (root instanceof SerializableCollection) return root.children.flatMap(timelinesIn);
  if (root instanceof Stack) return [new Timeline({ name: root.name, tracks: root.clone() })];
  if (!(root instanceof Composable)) return [];
  const track = root instanceof Track ? root.clone() : new Track({ children: [root.clone()] });
  return [new Timeline({ name: root.name, tracks: new Stack({ children: [track] }) })];
}

/** What a file holds, in words, where one timeline was wanted: `2 timelines`, `a Stack`. */
export function contentsOf(root: AnyValue): string {
  const found = timelinesIn(root).length;
  if (found > 1) return `${found} timelines`;
  return root instanceof SerializableObject ? `a ${root.schemaName}` : 'no object';
}

/**
 * The timeline of a file, as it lies in its root: what is changed in it is written with the root.
 * @throws CompanionError TIMELINE_NOT_ONE for several, and for a track or a clip by itself
 */
export function timelineOf({ root, file }: Opened): Timeline {
  const found = timelinesWithin(root);
  if (found.length === 1) return found[0]!;
  throw new CompanionError('TIMELINE_NOT_ONE', { path: file, found: contentsOf(root) });
}

const timelinesWithin = (root: AnyValue): Timeline[] =>
  root instanceof SerializableCollection
    ? root.children.flatMap(timelinesWithin)
    : root instanceof Timeline
      ? [root]
      : [];
