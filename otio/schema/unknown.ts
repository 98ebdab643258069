// An object of a schema or version that is not known here: kept whole, written back in its place.
import { TimeRange } from '../opentime/index.ts';
import { cloneDictionary, equalDictionaries } from './compare.ts';
import type { Composition } from './composition.ts';
import { Schema, SerializableObject } from './object.ts';
import { type Dictionary, dictionary } from './value.ts';

export class UnknownSchema extends SerializableObject {
  static override readonly schema: Schema = new Schema('UnknownSchema', 1, []);

  readonly originalName: string;
  readonly originalVersion: number;
  /** All members but OTIO_SCHEMA. */
  readonly members: Dictionary;
  parent: Composition | null = null;

  constructor(originalName: string, originalVersion: number, members: Dictionary = dictionary()) {
    super();
    this.originalName = originalName;
    this.originalVersion = originalVersion;
    this.members = members;
  }

  override get schemaName(): string {
    return this.originalName;
  }
  override get schemaVersion(): number {
    return this.originalVersion;
  }

  /** Its place in a track, where it has one: an unknown item has a range, an unknown transition or marker has none. */
  get sourceRange(): TimeRange | null {
    const range = this.members.source_range;
    return range instanceof TimeRange ? range : null;
  }
  /** As a medium: what the file says is there. */
  get availableRange(): TimeRange | null {
    const range = this.members.available_range;
    return range instanceof TimeRange ? range : null;
  }

  override clone(): this {
    return new UnknownSchema(this.originalName, this.originalVersion, cloneDictionary(this.members)) as this;
  }
  override isEquivalentTo(other: SerializableObject): boolean {
    return (
      other instanceof UnknownSchema &&
      this.originalName === other.originalName &&
      this.originalVersion === other.originalVersion &&
      equalDictionaries(this.members, other.members)
    );
  }
}
