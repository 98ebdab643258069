// A piece of media on a track, with one active reference of several.
import { OtioError } from '../errors.ts';
import type { TimeRange } from '../opentime/index.ts';
import { titleOf } from './composable.ts';
import { type Field, map, required, text, timed } from './fields.ts';
import { Item } from './item.ts';
import { MediaReference, MissingReference } from './media.ts';
import { define } from './object.ts';
import { UnknownSchema } from './unknown.ts';
import { type Box2d, type Dictionary, dictionary, isDictionary } from './value.ts';

export const DEFAULT_MEDIA = 'DEFAULT_MEDIA';

/** What a key of a clip's media can hold: a null is kept where a file has it. */
export type ClipMedia = MediaReference | UnknownSchema | null;

/** The media of a clip by their keys. Frozen: setting it whole is how a track learns that its times may have changed. */
export type ClipMediaMap = { readonly [key: string]: ClipMedia };

const missing = (): { [key: string]: ClipMedia } => ({ ...dictionary(), [DEFAULT_MEDIA]: new MissingReference() });
const mediaMap = map(MediaReference, UnknownSchema, missing) as Field<ClipMediaMap>;

function toMap(members: Dictionary): void {
  if (Object.hasOwn(members, 'media_references')) return;
  const media = dictionary();
  media[DEFAULT_MEDIA] = members.media_reference ?? new MissingReference();
  members.media_references = media;
  members.active_media_reference_key = DEFAULT_MEDIA;
  delete members.media_reference;
}

/** Older readers know one reference: the active one. The others, which they would drop, stay in the metadata. */
function toSingle(members: Dictionary): void {
  const media = members.media_references;
  const active = members.active_media_reference_key;
  const references = isDictionary(media) ? media : {};
  members.media_reference =
    (typeof active === 'string' && Object.hasOwn(references, active) && references[active]) || new MissingReference();
  delete members.media_references;
  delete members.active_media_reference_key;
}

export class Clip extends define(
  Item,
  'Clip',
  2,
  {
    media_references: timed(required(mediaMap)),
    active_media_reference_key: timed(required(text(DEFAULT_MEDIA))),
  },
  { upgrade: { 1: toMap }, downgrade: { 2: toSingle } },
) {
  /** The active reference; null where the active key has none. */
  get mediaReference(): ClipMedia {
    const key = this.activeMediaReferenceKey;
    return Object.hasOwn(this.mediaReferences, key) ? this.mediaReferences[key]! : null;
  }
  /** Replaces the active reference. */
  set mediaReference(reference: ClipMedia) {
    this.mediaReferences = {
      ...this.mediaReferences,
      [this.activeMediaReferenceKey]: reference ?? new MissingReference(),
    };
  }

  /**
   * Replaces all references.
   * @throws OtioError MEDIA_REFERENCES_CONTAIN_EMPTY_KEY, MEDIA_REFERENCES_DO_NOT_CONTAIN_ACTIVE_KEY
   */
  setMediaReferences(references: ClipMediaMap, activeKey: string): void {
    if (Object.hasOwn(references, ''))
      throw new OtioError('MEDIA_REFERENCES_CONTAIN_EMPTY_KEY', 'A media reference needs a key that is not empty.');
    if (!Object.hasOwn(references, activeKey))
      throw new OtioError(
        'MEDIA_REFERENCES_DO_NOT_CONTAIN_ACTIVE_KEY',
        `The clip has no media reference '${activeKey}'.`,
      );
    this.mediaReferences = Object.assign(dictionary(), references) as ClipMediaMap;
    this.activeMediaReferenceKey = activeKey;
  }

  /** @throws OtioError MEDIA_REFERENCES_DO_NOT_CONTAIN_ACTIVE_KEY */
  setActiveMediaReferenceKey(key: string): void {
    this.setMediaReferences(this.mediaReferences, key);
  }

  /** That of the active reference. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE when there is none */
  override availableRange(): TimeRange {
    const range = this.mediaReference?.availableRange ?? null;
    if (range === null)
      throw new OtioError(
        'CANNOT_COMPUTE_AVAILABLE_RANGE',
        `The media of ${titleOf(this)} have no available range: give them one, or give the clip a source range.`,
      );
    return range;
  }
  /** Those of the active reference. @throws OtioError CANNOT_COMPUTE_BOUNDS when there are none */
  override availableImageBounds(): Box2d {
    const media = this.mediaReference;
    const bounds = media instanceof MediaReference ? media.availableImageBounds : null;
    if (bounds === null)
      throw new OtioError('CANNOT_COMPUTE_BOUNDS', `The media of ${titleOf(this)} have no image bounds.`);
    return bounds;
  }

  override timesChanged(): void {
    Object.freeze(this.mediaReferences); // changed in place it would move what follows untold
    super.timesChanged();
  }
}
