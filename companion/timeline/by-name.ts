// Files that go by the name of a clip, for clips that name no media: an EDL knows names and reels, and no paths.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clip } from '../../otio/index.ts';
import { isClipName } from './clip-name.ts';

/** The names that the media of a clip may go by: its own, then its reel. */
export function namesOf({ name, metadata }: Clip): string[] {
  const { cmx_3600: edl } = metadata as { readonly cmx_3600?: { readonly reel?: unknown } };
  return [name, edl?.reel].filter((one) => typeof one === 'string' && one !== '') as string[];
}

/** The clips that lie in a folder, not in those in it. None where it cannot be read. */
export async function clipsIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return files
    .flatMap((one) => (!one.isDirectory() && isClipName(one.name) ? [path.join(folder, one.name)] : []))
    .sort();
}

/** Whether a file goes by a name, which may leave its ending out, in capitals or not: `A003` stands for `a003.MOV`. */
export function goesBy(file: string, name: string): boolean {
  const { base, name: stem } = path.parse(file);
  return [base, stem].some((form) => plain(form) === plain(name));
}

const plain = (name: string): string => name.normalize('NFC').toLowerCase();
