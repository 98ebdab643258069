// The media of an .otioz: laid out in a folder by their names alone, so that they are found like any others; the bytes of one come when they are wanted.
import { createWriteStream } from 'node:fs';
import { mkdir, realpath, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ClipMedia, ImageSequenceReference } from '../../otio/index.ts';
import { filepathCandidates, locationOf } from '../../otio/media-urls.ts';
import { type Archive, type ArchiveEntry, withArchive } from '../../otio/node/archive.ts';
import { CONTENT, type MediaPlaces, type PackedContents } from '../../otio/node/index.ts';
import { CompanionError } from '../api/errors.ts';
import { outputError } from '../media/publish.ts';
import { type Opened, timelineError } from './open.ts';

/** What a job lends for unpacking. */
export interface UnpackingPlace {
  /** A private folder that goes with the work, in one that stays; it is made where it is missing. Absent: nothing is unpacked. */
  readonly scratch?: string | undefined;
  readonly signal: AbortSignal;
}

/** The same with its media, where they are packed and there is a place to unpack them. */
export const withMedia = (opened: Opened, { scratch, signal }: UnpackingPlace): Opened =>
  opened.format === 'otioz' && scratch !== undefined
    ? { ...opened, packed: new PackedMedia(opened.file, scratch, signal) }
    : opened;

/** Bytes that stay free on the disk that is unpacked to. */
const leastFree = 2 ** 26;

/** Calls throw CompanionError: TIMELINE_UNREADABLE for an archive that is damaged or could do harm, DISK_SHORT, DISK_FULL, OUTPUT_UNWRITABLE; AbortError. */
export class PackedMedia {
  /** Absolute. Relative media of the timeline count from here. */
  readonly folder: string;
  readonly #archive: string;
  readonly #signal: AbortSignal | undefined;
  /** Where the folder is without links. */
  #real = '';
  #names: Promise<readonly string[]> | undefined;
  readonly #laidOut = new Map<string, Promise<void>>();
  readonly #unpacked = new Map<string, Promise<void>>();

  /** `folder`: of this one alone; it is made when something is laid out in it. Whoever gives it removes it. */
  constructor(archive: string, folder: string, signal?: AbortSignal) {
    this.#archive = path.resolve(archive);
    this.folder = path.resolve(folder);
    this.#signal = signal;
  }

  /** Where media are found that have been laid out. */
  get places(): MediaPlaces & { readonly file: string } {
    return { file: path.join(this.folder, CONTENT), inBundle: true };
  }

  /** Gives the files that references may mean their names, without their bytes. */
  async layOut(references: Iterable<ClipMedia>): Promise<void> {
    this.#names ??= this.#within(async ({ entries }) => entries.map(({ name }) => name));
    const names = (await this.#names).filter((name) => !name.endsWith('/'));
    const known = new Set(names);
    try {
      if (this.#real === '') {
        await mkdir(this.folder, { recursive: true, mode: 0o700 });
        this.#real = await realpath(this.folder);
      }
      for (const reference of references)
        for (const stem of stemsOf(reference)) {
          const meant =
            reference instanceof ImageSequenceReference
              ? names.filter((name) => name.startsWith(stem))
              : known.has(stem)
                ? [stem]
                : [];
          for (const name of meant) await this.#laid(name);
        }
    } catch (error) {
      throw outputError(error, this.folder);
    }
  }

  #laid(name: string): Promise<void> {
    let laid = this.#laidOut.get(name);
    if (laid === undefined) {
      const file = path.join(this.folder, name);
      laid = mkdir(path.dirname(file), { recursive: true }).then(() => writeFile(file, '', { flag: 'wx' }));
      this.#laidOut.set(name, laid);
    }
    return laid;
  }

  /** The name in the archive of a file that has been laid out, by its real path; null for any other file. */
  #nameOf(file: string): string | null {
    const name = path.relative(this.#real, file).replaceAll(path.sep, '/');
    return this.#real !== '' && this.#laidOut.has(name) ? name : null;
  }

  /** A path or a sentence with paths, in which the folder is called what a person calls it: the archive. */
  titled(text: string): string {
    return [this.#real, this.folder].reduce(
      (told, folder) => (folder === '' ? told : told.replaceAll(folder, this.#archive)),
      text,
    );
  }

  /** Fills a file that has been laid out, by its real path; any other stays as it is. */
  async unpack(file: string): Promise<void> {
    const name = this.#nameOf(file);
    if (name === null) return;
    let whole = this.#unpacked.get(name);
    if (whole === undefined) {
      whole = this.#within(async (archive) => {
        const entry = archive.entries.find((one) => one.name === name);
        if (entry === undefined)
          throw new CompanionError('MEDIA_OFFLINE', { reason: `'${name}' is in ${this.#archive} no more` });
        await demandRoom(path.dirname(this.folder), entry.size);
        const bytes = this.#bytesOf(archive, entry);
        await pipeline(bytes, createWriteStream(file, { flags: 'r+' })).catch((error) => {
          throw outputError(error, this.folder);
        });
      });
      this.#unpacked.set(name, whole);
    }
    await whole;
  }

  /** For as long as `use` takes: what files that have been laid out hold, for the writers of bundles. */
  contents<T>(use: (contents: (realPath: string) => PackedContents | null) => Promise<T>): Promise<T> {
    return this.#within(async (archive) => {
      const entries = new Map(archive.entries.map((entry) => [entry.name, entry]));
      return use((file) => {
        const entry = entries.get(this.#nameOf(file) ?? '');
        return entry === undefined ? null : { size: entry.size, bytes: () => this.#bytesOf(archive, entry) };
      });
    });
  }

  async *#bytesOf(archive: Archive, entry: ArchiveEntry): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of archive.bytes(entry, { left: entry.size })) {
        this.#signal?.throwIfAborted();
        yield chunk;
      }
    } catch (error) {
      throw timelineError(error, this.#archive);
    }
  }

  async #within<T>(use: (archive: Archive) => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    try {
      return await withArchive(this.#archive, use);
    } catch (error) {
      this.#signal?.throwIfAborted(); // what a cancel did to a stream is no fault of the archive
      throw timelineError(error, this.#archive);
    }
  }
}

/** What the names of the files of a reference are, or begin with. */
function stemsOf(reference: ClipMedia): string[] {
  const location = locationOf(reference);
  if (location === null) return [];
  const stem =
    reference instanceof ImageSequenceReference
      ? `${location === '' || /[\\/]$/.test(location) ? location : `${location}/`}${reference.namePrefix}`
      : location;
  return filepathCandidates(stem, 'literal first').map((candidate) => path.posix.normalize(candidate));
}

/** @throws CompanionError DISK_SHORT */
async function demandRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bytes + leastFree <= bavail * bsize) return;
  const [neededMiB, freeMiB] = [Math.ceil((bytes + leastFree) / 2 ** 20), Math.floor((bavail * bsize) / 2 ** 20)];
  throw new CompanionError('DISK_SHORT', { neededMiB, freeMiB, folder });
}
