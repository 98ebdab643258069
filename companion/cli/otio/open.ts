// Opens the timelines that a command names: files, and `-` for what comes in on stdin.
import { CompanionError } from '../../api/errors.ts';
import {
  demandSound,
  formatOf as formatByName,
  formats,
  isBundle,
  mostBytes,
  type Opened,
  openTimeline as openFile,
  type ReadAs,
  readerFor,
} from '../../timeline/open.ts';
import { bytesOfStdin, STANDARD } from './stdin.ts';

/** What the commands have in common. */
export interface OpenOptions extends ReadAs {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * The format of a file: as asked for, else by its ending.
 * @throws CompanionError PARAM_INVALID, FORMAT_UNKNOWN, USAGE for `-` without a format
 */
export function formatOf(file: string, asked: string | undefined, flag: '--from' | '--to'): string {
  if (file === STANDARD && asked === undefined)
    throw new CompanionError('USAGE', {
      reason: `'-' has no ending that says its format: name it with ${flag} ${formats().join('|')}.`,
    });
  return formatByName(file, asked, flag);
}

/** As of a file, and USAGE for what cannot come in on stdin. @throws CompanionError */
export async function openTimeline(file: string, options: OpenOptions): Promise<Opened> {
  if (file !== STANDARD) return openFile(file, options);
  const format = formatOf(STANDARD, options.from, '--from');
  // its parts are read in any order
  if (isBundle(format))
    throw new CompanionError('USAGE', { reason: `An .${format} cannot be read from '-': give the name of its file.` });
  const read = readerFor(STANDARD, format, options);
  return read(await bytesOfStdin(mostBytes));
}

/** The same, but what holds no timeline because of a problem is refused for it. */
export const openSound = async (file: string, options: OpenOptions): Promise<Opened> =>
  demandSound(await openTimeline(file, options));
