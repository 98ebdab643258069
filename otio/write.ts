// From objects to the reference's text, byte for byte; for older readers too.
import { explained } from './depth.ts';
import { OtioError } from './errors.ts';
import { compareKeys, JsonWriter, LONGEST_TEXT } from './json/index.ts';
import { RationalTime, TimeRange, TimeTransform } from './opentime/index.ts';
import { adapted, type ProfileName, profiles } from './profiles.ts';
import { type Schema, SerializableObject } from './schema/object.ts';
import { membersOf } from './schema/path.ts';
import { UnknownSchema } from './schema/unknown.ts';
import { type AnyValue, Box2d, Color, type Dictionary, dictionary, isDictionary, V2d } from './schema/value.ts';

/** The newest version of each schema that a reader knows; schemas that are not named are written as they are. */
export type TargetVersions = { readonly [schema: string]: number };

/** The releases that differ from today's: before 0.15 a clip had one media reference. */
const RELEASES: { readonly [release: string]: TargetVersions } = {
  '0.14.0': { Clip: 1 },
  '0.15.0': {},
  '0.16.0': {},
  '0.17.0': {},
  '0.18.1': {},
};

export interface WriteOptions {
  /** Writes for an editor: see profiles.ts. */
  readonly profile?: ProfileName;
  /** Spaces a level; 0 writes no white space. 4 by default. */
  readonly indent?: number;
  /**
   * Steps objects down to what an older reader knows: a release or a map. What the older schema cannot hold is left out, as the reference does;
   * the profile `legacy` keeps it.
   */
  readonly targetVersions?: string | TargetVersions;
}

/**
 * The text of a value, without a final newline.
 * @throws OtioError LIMIT_EXCEEDED for what stands too deep or is longer than a string can be; KEY_NOT_FOUND for an unknown release; TYPE_MISMATCH for
 * what a file cannot hold
 */
export function write(root: AnyValue, options: WriteOptions = {}): string {
  const pieces: string[] = [];
  let length = 0;
  for (const piece of writePieces(root, options)) {
    length += piece.length;
    if (length > LONGEST_TEXT)
      throw new OtioError('LIMIT_EXCEEDED', 'The text is longer than a string can be: use writeStream or writeFile.');
    pieces.push(piece);
  }
  return pieces.join('');
}

/** The text as UTF-8, in pieces of some 64 KiB: what a file of 100,000 clips is written with. @throws OtioError as write, but of any length */
export async function* writeStream(root: AnyValue, options: WriteOptions = {}): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const piece of writePieces(root, options)) yield encoder.encode(piece);
}

const PIECE = 64 * 1024;

function* writePieces(
  root: AnyValue,
  { indent = 4, targetVersions, profile = 'otio' }: WriteOptions,
): Generator<string> {
  const wanted = targetVersions ?? profiles[profile].targetVersions;
  const tree = new TreeWriter(indent, typeof wanted === 'string' ? versionsOf(wanted) : wanted);
  try {
    yield* tree.pieces(adapted(root, profiles[profile]));
  } catch (error) {
    throw explained(error);
  }
  yield tree.take();
}

function versionsOf(release: string): TargetVersions {
  const versions = Object.hasOwn(RELEASES, release) ? RELEASES[release] : undefined;
  if (versions === undefined)
    throw new OtioError(
      'KEY_NOT_FOUND',
      `No release '${release}' is known; there are ${Object.keys(RELEASES).join(', ')}.`,
    );
  return versions;
}

class TreeWriter {
  readonly #json: JsonWriter;
  readonly #targets: TargetVersions;
  /** In an object that was stepped down all members are sorted, as the reference has them. */
  #sorted = false;

  constructor(indent: number, targets: TargetVersions) {
    this.#json = new JsonWriter({ indent, object: (value) => this.#object(value) });
    this.#targets = targets;
  }

  take(): string {
    return this.#json.take();
  }

  /** Writes a value; hands text over between the children of tracks, stacks and collections. */
  *pieces(value: AnyValue): Generator<string> {
    if (!(value instanceof SerializableObject) || value instanceof UnknownSchema || this.#target(value) !== null) {
      this.#json.value(value);
      return;
    }
    this.#open(value);
    for (const [key, member] of membersOf(value)) {
      this.#json.key(key);
      if (key === 'tracks') yield* this.pieces(member);
      else if (key === 'children' && Array.isArray(member)) {
        this.#json.beginArray();
        for (const child of member as AnyValue[]) {
          yield* this.pieces(child);
          if (this.#json.size > PIECE) yield this.take();
        }
        this.#json.endArray();
      } else this.#json.value(member);
    }
    this.#json.endObject();
  }

  #open(object: SerializableObject): void {
    this.#json.beginObject();
    this.#json.key('OTIO_SCHEMA');
    this.#json.string(`${object.schemaName}.${object.schemaVersion}`);
  }

  /** The version to step down to, or null. */
  #target(object: SerializableObject): number | null {
    const target = this.#targets[object.schemaName];
    return target !== undefined && target < object.schemaVersion && !(object instanceof UnknownSchema) ? target : null;
  }

  #object(value: object): void {
    if (value instanceof SerializableObject) this.#serializable(value);
    else {
      const typed = TYPED.get(value.constructor);
      if (typed !== undefined) this.#typed(value as { readonly [name: string]: AnyValue }, typed);
      else if (isDictionary(value)) this.#json.dictionary(value);
      else
        throw new OtioError(
          'TYPE_MISMATCH',
          `A ${value.constructor?.name} cannot be written: a file holds plain values.`,
        );
    }
  }

  #serializable(object: SerializableObject): void {
    const target = this.#target(object);
    if (target !== null) this.#stepDown(object, target);
    else if (this.#sorted) this.#json.dictionary(asDictionary(object, object.schemaVersion));
    else {
      this.#open(object);
      this.#members(object);
      this.#json.endObject();
    }
  }

  #members(object: SerializableObject): void {
    if (object instanceof UnknownSchema) {
      this.#sortedMembers(object.members);
      return;
    }
    if (object.dynamicFields !== null) this.#sortedMembers(object.dynamicFields);
    const own = object as unknown as Record<string, unknown>;
    for (const { key, name, field } of schemaOf(object).fields) {
      this.#json.key(key);
      this.#json.value(field.stored(own[name]));
    }
  }

  #sortedMembers(members: Dictionary): void {
    for (const key of Object.keys(members).sort(compareKeys)) {
      this.#json.key(key);
      this.#json.value(members[key]);
    }
  }

  #typed(value: { readonly [name: string]: AnyValue }, { label, members }: Typed): void {
    this.#json.beginObject();
    this.#json.key('OTIO_SCHEMA');
    this.#json.string(label);
    for (const [key, name] of this.#sorted ? members.toSorted(([a], [b]) => compareKeys(a, b)) : members) {
      this.#json.key(key);
      this.#json.value(value[name]);
    }
    this.#json.endObject();
  }

  #stepDown(object: SerializableObject, target: number): void {
    const members = asDictionary(object, target);
    const { downgrade = {} } = schemaOf(object).steps;
    for (let version = object.schemaVersion; version > target; version--) downgrade[version]?.(members);
    const before = this.#sorted;
    this.#sorted = true;
    this.#json.dictionary(members);
    this.#sorted = before;
  }
}

const schemaOf = (object: SerializableObject): Schema => (object.constructor as typeof SerializableObject).schema;

function asDictionary(object: SerializableObject, version: number): Dictionary {
  const members = dictionary();
  members.OTIO_SCHEMA = `${object.schemaName}.${version}`;
  for (const [key, member] of membersOf(object)) members[key] = member;
  return members;
}

interface Typed {
  readonly label: string;
  /** Keys in the order of the file, and their names in the class. */
  readonly members: readonly (readonly [key: string, name: string])[];
}

const typed = (label: string, ...keys: string[]): Typed => ({
  label,
  members: keys.map((key) => [key, key === 'start_time' ? 'startTime' : key]),
});

// biome-ignore lint/complexity/noBannedTypes: constructors, as the values name them
const TYPED = new Map<Function, Typed>([
  [RationalTime, typed('RationalTime.1', 'rate', 'value')],
  [TimeRange, typed('TimeRange.1', 'duration', 'start_time')],
  [TimeTransform, typed('TimeTransform.1', 'offset', 'rate', 'scale')],
  [V2d, typed('V2d.1', 'x', 'y')],
  [Box2d, typed('Box2d.1', 'min', 'max')],
  [Color, typed('Color.1', 'r', 'g', 'b', 'a', 'name')],
]);
