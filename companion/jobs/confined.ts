// Jobs of guests that know folders by their roots alone. Their paths were real ones when they were asked for; they must still be when the work begins and when
// its result is about to get its name, or a link put in the place of a folder would lead elsewhere.
import { readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';

/** @throws CompanionError PATH_REFUSED when something on the way to a file or to the output has become a link. What is not there is left to the job to tell. */
export function demandInPlace(inputs: readonly string[], output: string | null): void {
  for (const file of output === null ? inputs : [...inputs, output]) {
    const full = path.resolve(file);
    if (realOf(full) !== full || isLink(full))
      throw new CompanionError('PATH_REFUSED', { path: file, reason: 'a link has been put in its way' });
  }
}

/** The real path of what is there of a path, and the rest of it. */
function realOf(full: string): string {
  try {
    return realpathSync(full);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const folder = path.dirname(full);
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || folder === full) throw error;
    return path.join(realOf(folder), path.basename(full));
  }
}

/** Also one that leads nowhere yet. */
function isLink(full: string): boolean {
  try {
    readlinkSync(full);
    return true;
  } catch {
    return false;
  }
}
