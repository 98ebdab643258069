// All schemas of the release, and the registry that knows them.
import { Clip } from './clip.ts';
import { SerializableCollection } from './collection.ts';
import { Composable } from './composable.ts';
import { Composition } from './composition.ts';
import { Effect, FreezeFrame, LinearTimeWarp, TimeEffect } from './effect.ts';
import { Gap } from './gap.ts';
import { Item } from './item.ts';
import { Marker } from './marker.ts';
import {
  ExternalReference,
  GeneratorReference,
  ImageSequenceReference,
  MediaReference,
  MissingReference,
} from './media.ts';
import { Registry, SerializableObject } from './object.ts';
import { Stack } from './stack.ts';
import { Timeline } from './timeline.ts';
import { Track } from './track.ts';
import { Transition } from './transition.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

/** What the library knows by itself. Add to a `copy()` to read schemas of one's own. */
export const release = new Registry();
for (const type of [
  SerializableObject,
  SerializableObjectWithMetadata,
  Composable,
  Item,
  Composition,
  Stack,
  Clip,
  Timeline,
])
  release.register(type);
for (const type of [
  Transition,
  Effect,
  TimeEffect,
  LinearTimeWarp,
  FreezeFrame,
  Marker,
  MediaReference,
  MissingReference,
])
  release.register(type);
for (const type of [ExternalReference, GeneratorReference, ImageSequenceReference]) release.register(type);
release.register(Track, 'Sequence');
release.register(Gap, 'Filler');
release.register(SerializableCollection, 'SerializeableCollection');

export { Clip, type ClipMedia, DEFAULT_MEDIA } from './clip.ts';
export { SerializableCollection } from './collection.ts';
export { cloneValue, equalValues } from './compare.ts';
export { Composable } from './composable.ts';
export { type Child, Composition } from './composition.ts';
export { Effect, FreezeFrame, LinearTimeWarp, TimeEffect } from './effect.ts';
export { Gap } from './gap.ts';
export { Item } from './item.ts';
export { Marker } from './marker.ts';
export {
  ExternalReference,
  GeneratorReference,
  ImageSequenceReference,
  MediaReference,
  MissingReference,
} from './media.ts';
export { define, Registry, type Schema, type SchemaClass, SerializableObject, type Step } from './object.ts';
export { Stack } from './stack.ts';
export { Timeline } from './timeline.ts';
export { type NeighborGapPolicy, Track, TrackKind } from './track.ts';
export { Transition } from './transition.ts';
export { UnknownSchema } from './unknown.ts';
export { type AnyValue, Box2d, Color, type Dictionary, dictionary, meta, type TypedValue, V2d } from './value.ts';
export { SerializableObjectWithMetadata } from './with-metadata.ts';
