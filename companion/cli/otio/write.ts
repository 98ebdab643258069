// Writes the timeline a command made: all of the output, or none; and says what its format cannot hold.
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { adapterNamed } from '../../../otio/adapters/index.ts';
import { type ProfileName, profiles } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { checkOutput, outputError, publish } from '../../media/publish.ts';
import { folderOf, followFolder } from '../../timeline/moved.ts';
import { isBundle, type Opened } from '../../timeline/open.ts';
import { type SaveAs, saveTimeline } from '../../timeline/save.ts';
import { painter, say } from '../terminal.ts';
import { formatOf, type OpenOptions } from './open.ts';
import { clean } from './paint.ts';
import { STANDARD } from './stdin.ts';
import { count } from './words.ts';

/** What the commands that write a timeline have in common. */
export interface WriteOptions extends OpenOptions {
  readonly to?: string;
  readonly profile?: string;
  readonly indent?: string;
  readonly mediaRoot?: readonly string[];
  readonly force?: boolean;
  readonly quiet?: boolean;
}

const interrupted = 130;
/** Losses beyond are counted. */
const mostTold = 20;

/**
 * How an output is to be written, by its name and the flags.
 * @throws CompanionError PARAM_INVALID, FORMAT_UNKNOWN, USAGE for flags the format has no use for
 */
export function writingAs(output: string, options: WriteOptions): SaveAs {
  const format = formatOf(output, options.to, '--to');
  const { profile, indent, rate, mediaRoot } = options;
  const unused = (['profile', 'indent'] as const).filter((name) => ({ profile, indent })[name] !== undefined);
  if (adapterNamed(format) !== undefined && unused.length > 0)
    throw new CompanionError('USAGE', {
      reason: `--${unused[0]} is for .otio, .otioz and .otiod; ${format} has none.`,
    });
  if (profile !== undefined && !Object.hasOwn(profiles, profile))
    throw new CompanionError('PARAM_INVALID', {
      name: '--profile',
      expected: `one of ${Object.keys(profiles).join(', ')}`,
      received: profile,
    });
  const spaces = indent === undefined ? undefined : Number(indent.trim() || Number.NaN);
  if (spaces !== undefined && !(Number.isInteger(spaces) && spaces >= 0 && spaces <= 16))
    throw new CompanionError('PARAM_INVALID', {
      name: '--indent',
      expected: 'a whole number from 0 to 16',
      received: indent,
    });
  return {
    format,
    ...(profile !== undefined && { profile: profile as ProfileName }),
    ...(spaces !== undefined && { indent: spaces }),
    ...(rate !== undefined && { rate }),
    ...(mediaRoot !== undefined && { mediaRoots: mediaRoot }),
  };
}

/** Where an output goes. `inputs`: files that it must not be. */
export interface Place {
  readonly output: string;
  readonly inputs: readonly string[];
  readonly force: boolean;
}

/** Writes what was opened, as it is now. Returns its path, and a sentence for all that the format cannot hold. @throws CompanionError */
export async function writeTimeline(
  opened: Opened,
  place: Place,
  as: SaveAs,
): Promise<{ readonly final: string; readonly losses: readonly string[] }> {
  const folder = as.format === 'otiod';
  const final = checkOutput({ ...place, folder });
  const losses = await inWorkFolder(final, async (work) => {
    const partial = path.join(work, path.basename(final));
    if (opened.file !== STANDARD && !isBundle(opened.format) && !isBundle(as.format))
      followFolder(opened.root, folderOf(opened), path.dirname(final));
    const lost = await saveTimeline(opened, { partial, final }, as);
    publish({ final, partial, folder, force: place.force });
    return lost;
  });
  return { final, losses };
}

/** A folder beside the output to write in; it is gone whatever happens. */
async function inWorkFolder<T>(final: string, work: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  const clear = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  const stop = (): never => {
    clear();
    process.exit(interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop); // before there is anything to clear
  try {
    folder = mkdtempSync(path.join(path.dirname(final), '.inbetween-'));
    return await work(folder);
  } catch (error) {
    throw outputError(error, final);
  } finally {
    for (const signal of signals) process.off(signal, stop);
    clear();
  }
}

/** Says on stderr what was lost, and that the input had problems. */
export function tellLosses(losses: readonly string[], { problems, file }: Pick<Opened, 'problems' | 'file'>): void {
  const paint = painter(process.stderr);
  if (problems.length > 0)
    say(
      `${paint('yellow', 'note:')} ${count(problems.length, 'problem')} in ${file}: inbetween otio validate says which.`,
    );
  for (const loss of losses.slice(0, mostTold)) say(`${paint('yellow', 'lost:')} ${clean(loss)}`);
  if (losses.length > mostTold)
    say(`${paint('yellow', 'lost:')} and ${losses.length - mostTold} more: --json lists them all.`);
}
