// Writes a timeline in any format that can be written, and says what the format cannot hold.
import { rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AdapterWriteResult, adapterNamed } from '../../otio/adapters/index.ts';
import { OtioError, type ProfileName, type Timeline, write } from '../../otio/index.ts';
import { mediaIn, writeFile, writeOtiod, writeOtioz } from '../../otio/node/index.ts';
import { CompanionError } from '../api/errors.ts';
import { type Claim, outputError } from '../media/publish.ts';
import { placesFor } from './media.ts';
import { factsAt, moreRoots } from './media-facts.ts';
import { isBundle, type Opened, rateOf, writable } from './open.ts';
import { PackedMedia } from './packed.ts';
import { contentsOf, timelinesIn } from './within.ts';

/** How a timeline is written. */
export interface SaveAs {
  /** One of `writable()`. */
  readonly format: string;
  /** For whom an .otio is written. */
  readonly profile?: ProfileName;
  /** Spaces of an .otio; 0 writes it on one line. */
  readonly indent?: number;
  /** Frames a second of a format that has one rate; the timeline's own by default. */
  readonly rate?: string;
  /** Where the media of a bundle may lie, besides the folder of the timeline. */
  readonly mediaRoots?: readonly string[];
  /** Folders in them that no media are taken from. */
  readonly closed?: readonly string[] | undefined;
}

/**
 * Writes what was opened, as it is now, to `partial`, where nothing is yet or what `claimOutput` made; errors name `final`. Returns a sentence for everything
 * that the format cannot hold.
 * @throws CompanionError FORMAT_UNFIT, USAGE, DISK_FULL, OUTPUT_UNWRITABLE; what was begun is then the caller's to remove
 */
export async function saveTimeline(
  opened: Opened,
  { partial, final }: Pick<Claim, 'partial' | 'final'>,
  as: SaveAs,
): Promise<readonly string[]> {
  try {
    giveWay(partial);
    if (as.format === 'otio') {
      await writeFile(partial, opened.root, layoutOf(as));
      return mediaLeftBehind(opened.format);
    }
    if (isBundle(as.format)) return await saveBundle(opened, partial, as);
    const { text, losses } = written(opened, final, as);
    writeFileSync(partial, text, { flag: 'wx' });
    return losses;
  } catch (error) {
    throw savingError(error, final);
  }
}

/**
 * The text of what was opened, of any format but a bundle; `final` is named in errors.
 * @throws CompanionError FORMAT_UNFIT
 */
export function textOf(opened: Opened, final: string, as: SaveAs): AdapterWriteResult {
  if (as.format === 'otio') return { text: write(opened.root, layoutOf(as)), losses: mediaLeftBehind(opened.format) };
  return written(opened, final, as);
}

const layoutOf = ({ profile, indent }: SaveAs): Pick<SaveAs, 'profile' | 'indent'> => ({
  ...(profile !== undefined && { profile }),
  ...(indent !== undefined && { indent }),
});

/** The claimed file or folder, which is empty: the library makes its own. */
function giveWay(partial: string): void {
  const there = statSync(partial, { throwIfNoEntry: false });
  if (there?.isDirectory()) rmdirSync(partial);
  else if (there !== undefined) rmSync(partial);
}

/** What the system said lies under the library's sentence. */
function savingError(error: unknown, final: string): unknown {
  if (error instanceof CompanionError) return error;
  if (!(error instanceof OtioError)) return outputError(error, final);
  const { cause, code, details } = error;
  if (code === 'FILE_WRITE_FAILED') return outputError(cause ?? error, final);
  const reason = details.replace(/\.$/, '');
  return new CompanionError('FORMAT_UNFIT', { path: final, reason, known: writable() }, { cause: error });
}

const mediaLeftBehind = (format: string): string[] =>
  isBundle(format) ? ['The media stay in the bundle: the timeline names them as they are called there.'] : [];

/** Media that are packed go from one archive into the other; only their names are laid out, beside `partial`. */
async function saveBundle(opened: Opened, partial: string, as: SaveAs): Promise<readonly string[]> {
  if (opened.format !== 'otioz' || opened.packed !== undefined) return saveWithMedia(opened, partial, as);
  const folder = `${partial}.packed`;
  try {
    return await saveWithMedia({ ...opened, packed: new PackedMedia(opened.file, folder) }, partial, as);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function saveWithMedia(opened: Opened, partial: string, as: SaveAs): Promise<readonly string[]> {
  const { root, file, packed } = opened;
  const writeBundle = as.format === 'otiod' ? writeOtiod : writeOtioz;
  const { mediaRoots = [], closed = [] } = as;
  const own = placesFor(opened, []);
  const inside = own.inBundle ? [path.dirname(own.file!)] : [];
  const places = { ...own, roots: [...inside, path.dirname(path.resolve(file)), ...mediaRoots], except: closed };
  await packed?.layOut([...mediaIn(root)].map(({ reference }) => reference));
  const missing = (await factsAt(root, places)).filter(({ found }) => !found);
  const how = { ...layoutOf(as), ...places, policy: 'missing', rename: true } as const;
  if (packed === undefined) await writeBundle(partial, root, how);
  else await packed.contents((contents) => writeBundle(partial, root, { ...how, contents }));
  return [
    ...missing.map(
      ({ clips, reason }) =>
        `${packed?.titled(reason!) ?? reason} The bundle lacks it (${clips === 1 ? '1 clip' : `${clips} clips`}).`,
    ),
    ...(missing.some(({ outside }) => outside) ? [moreRoots] : []),
  ];
}

function written(opened: Opened, final: string, { format, rate }: SaveAs): AdapterWriteResult {
  const adapter = adapterNamed(format);
  if (adapter?.write === undefined)
    throw new CompanionError('FORMAT_UNFIT', {
      path: final,
      reason: `${format} is only read, not written`,
      known: writable(),
    });
  const fps = rateOf(rate);
  try {
    return adapter.write(oneTimeline(opened, format), fps === undefined ? {} : { rate: fps });
  } catch (error) {
    throw savingError(error, final);
  }
}

/** @throws CompanionError FORMAT_UNFIT for what is no timeline, or several */
function oneTimeline({ root, file }: Opened, format: string): Timeline {
  const found = timelinesIn(root);
  if (found.length === 1) return found[0]!;
  throw new CompanionError('FORMAT_UNFIT', {
    path: file,
    reason: `it holds ${contentsOf(root)}, and ${format} holds one timeline`,
    known: ['otio', 'otioz', 'otiod'],
  });
}
