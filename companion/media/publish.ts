// An output gets its final name only when it is whole: claimed as `*.partial`, flushed, and renamed without ever replacing anything unasked.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CompanionError } from '../api/errors.ts';

export interface ClaimRequest {
  readonly output: string;
  /** Files the output must not be or hold, through links either. */
  readonly inputs: readonly string[];
  /** Replace what is there: a file, or a folder that holds nothing but numbered pictures. */
  readonly force: boolean;
  /** The output is a folder of pictures. */
  readonly folder: boolean;
  /** Write it as `output` into a folder `*.partial` of its own, beside which the guest keeps what it needs meanwhile; that folder is the guest's to remove. */
  readonly roomy?: boolean;
}

/** A reserved place: write to `partial`, then `publish` or `discard`. */
export interface Claim {
  /** Absolute final path. */
  readonly final: string;
  /** Sibling that is written to: an empty file or folder that is ours. */
  readonly partial: string;
  readonly folder: boolean;
  readonly force: boolean;
}

/** Characters no file system we meet allows, or that Windows forbids. */
const forbidden = process.platform === 'win32' ? /[<>:"|?*]/ : /\0/;

/**
 * Checks that the output can be written, without claiming it (a dry run).
 * @throws CompanionError OUTPUT_EXISTS, OUTPUT_IS_INPUT, OUTPUT_FOLDER_MISSING, OUTPUT_UNWRITABLE, OUTPUT_NAME_INVALID
 */
export function checkOutput(request: ClaimRequest): string {
  const final = resolve(request.output);
  const [folder, name] = [dirname(final), basename(final)];
  const bad = forbidden.exec(name)?.[0];
  if (bad !== undefined)
    throw new CompanionError('OUTPUT_NAME_INVALID', { path: final, reason: `it contains ${JSON.stringify(bad)}` });
  if (!existsSync(folder)) throw new CompanionError('OUTPUT_FOLDER_MISSING', { folder });
  if (!statSync(folder).isDirectory()) throw new CompanionError('OUTPUT_FOLDER_MISSING', { folder });
  const input = request.inputs.find((path) => sameFile(path, final) || liesIn(path, final));
  if (input !== undefined) throw new CompanionError('OUTPUT_IS_INPUT', { path: final, input: resolve(input) });
  const there = entry(final);
  if (there) {
    if (!request.force) throw new CompanionError('OUTPUT_EXISTS', { path: final });
    if (there.isDirectory() !== request.folder) {
      const reason = there.isDirectory() ? 'a folder is there' : 'a file is there';
      throw new CompanionError('OUTPUT_UNWRITABLE', { path: final, reason });
    }
    if (there.isDirectory()) demandOnlyStills(final);
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw outputError(error, final);
  }
  return final;
}

/** A folder is replaced whole: whatever else is in it would be lost. @throws CompanionError OUTPUT_UNWRITABLE */
function demandOnlyStills(folder: string): void {
  const other = readdirSync(folder).find((name) => !/\.\d{6,}\.(png|tiff?|exr)$/i.test(name));
  if (other === undefined) return;
  const reason = /\.otiod$/i.test(folder)
    ? 'a bundle is there, and its media would be deleted with it'
    : `the folder holds ${other}, which is no picture of a sequence and is not deleted`;
  throw new CompanionError('OUTPUT_UNWRITABLE', { path: folder, reason });
}

/**
 * Reserves the output: makes an empty `<name>.partial` beside it that nobody else has.
 * @throws CompanionError as `checkOutput`, and DISK_FULL
 */
export function claimOutput(request: ClaimRequest): Claim {
  const final = checkOutput(request);
  for (let attempt = 0; ; attempt++) {
    const partial = partialName(final, attempt);
    try {
      const { folder, force, roomy } = request;
      if (folder || roomy) mkdirSync(partial);
      if (folder && roomy) mkdirSync(join(partial, 'output'));
      if (!folder) closeSync(openSync(roomy ? join(partial, 'output') : partial, 'wx'));
      return { final, partial: roomy ? join(partial, 'output') : partial, folder, force };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST' && attempt < 100) continue;
      throw outputError(error, final);
    }
  }
}

/** `clip.mov.partial`, then `clip.mov.2.partial` …; a name too long for the file system is cut. */
function partialName(final: string, attempt: number): string {
  const ending = attempt === 0 ? '.partial' : `.${attempt + 1}.partial`;
  let name = basename(final);
  while (Buffer.byteLength(name + ending) > 255) name = [...name].slice(0, -1).join('');
  return join(dirname(final), name + ending);
}

/**
 * Flushes what was written and gives it its final name; flushes the folder too.
 * @throws CompanionError OUTPUT_EXISTS when something appeared there meanwhile and force was not asked; DISK_FULL, OUTPUT_UNWRITABLE
 */
export function publish(claim: Claim): void {
  try {
    if (claim.folder) {
      for (const name of readdirSync(claim.partial, { encoding: 'utf8', recursive: true }))
        flush(join(claim.partial, name));
    }
    flush(claim.partial);
    if (claim.folder) renameFolder(claim);
    else if (claim.force) renameSync(claim.partial, claim.final);
    else renameAsNew(claim);
  } catch (error) {
    throw outputError(error, claim.final);
  }
  try {
    flush(dirname(claim.final));
  } catch {
    // the output is whole and has its name; some network and FUSE folders cannot be flushed
  }
}

/** Removes what was claimed. Never fails for something already gone. */
export function discard(claim: Claim): void {
  rmSync(claim.partial, { recursive: true, force: true });
}

/** A rename that fails when the name is taken. File systems without hard links get a check just before. */
function renameAsNew({ partial, final }: Claim): void {
  try {
    linkSync(partial, final);
    unlinkSync(partial);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw new CompanionError('OUTPUT_EXISTS', { path: final }, { cause: error });
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    if (entry(final)) throw new CompanionError('OUTPUT_EXISTS', { path: final }, { cause: error });
    renameSync(partial, final);
  }
}

/** Renaming onto a folder that holds something fails by itself; with force the old one steps aside first. */
function renameFolder({ partial, final, force }: Claim): void {
  if (!entry(final)) {
    renameSync(partial, final);
    return;
  }
  if (!force) throw new CompanionError('OUTPUT_EXISTS', { path: final });
  demandOnlyStills(final);
  const aside = asideOf(final);
  rmSync(aside, { recursive: true, force: true }); // of a replacement that was cut off
  renameSync(final, aside);
  try {
    renameSync(partial, final);
  } catch (error) {
    renameSync(aside, final);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

/**
 * After a replacement of a folder that a crash cut off: what had stepped aside comes back, or goes where the new one has taken its place.
 * Only for claims of our own that nobody works on any more.
 */
export function settleReplacement({ final, folder, force }: Claim): void {
  if (!folder || !force) return;
  const aside = asideOf(final);
  if (!entry(aside)) return;
  if (entry(final)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, final);
}

const asideOf = (final: string): string => partialName(`${final}.replaced`, 0);

function flush(path: string): void {
  const folder = statSync(path).isDirectory();
  if (folder && process.platform === 'win32') return; // Windows cannot open folders to flush them
  const file = openSync(path, folder ? 'r' : 'r+'); // Windows flushes only what may be written
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The entry of that name, a dangling link too. */
function entry(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw outputError(error, path);
  }
}

function sameFile(a: string, b: string): boolean {
  if (resolve(a) === resolve(b)) return true;
  const [x, y] = [statSync(a, { throwIfNoEntry: false }), statSync(b, { throwIfNoEntry: false })];
  if (!x || !y) return false;
  return (x.dev === y.dev && x.ino === y.ino && x.ino !== 0) || realpathSync(a) === realpathSync(b);
}

function liesIn(path: string, folder: string): boolean {
  if (!existsSync(path) || !existsSync(folder)) return false;
  const inside = relative(realpathSync(folder), realpathSync(path));
  return inside !== '' && !isAbsolute(inside) && inside.split(sep)[0] !== '..';
}

/** Turns an error of the file system into the one with a sentence. */
export function outputError(error: unknown, path: string): unknown {
  if (error instanceof CompanionError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new CompanionError('DISK_FULL', { folder: dirname(path) }, { cause: error });
  if (code === 'ENOENT')
    return new CompanionError('OUTPUT_FOLDER_MISSING', { folder: dirname(path) }, { cause: error });
  if (code === 'ENAMETOOLONG')
    return new CompanionError('OUTPUT_NAME_INVALID', { path, reason: 'it is too long' }, { cause: error });
  if (typeof code !== 'string') return error; // of a DOMException, as an abort is, it is a number
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the disk is read-only',
  };
  return new CompanionError('OUTPUT_UNWRITABLE', { path, reason: reasons[code] ?? code }, { cause: error });
}
