// `inbetween otio convert IN OUT`: a timeline in another format, with everything said that the format cannot hold. All of the output, or none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Adapter, type AdapterWriteResult, adapterNamed, adapters } from '../../../otio/adapters/index.ts';
import {
  type AnyValue,
  OtioError,
  type ProfileName,
  profiles,
  SerializableObject,
  type Timeline,
  write,
} from '../../../otio/index.ts';
import { CONTENT, writeFile, writeOtiod, writeOtioz } from '../../../otio/node/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { checkOutput, outputError, publish } from '../../media/publish.ts';
import { data, painter, say } from '../terminal.ts';
import { timelinesIn } from './facts.ts';
import { mediaFacts, moreRoots } from './media.ts';
import { formatOf, type Opened, type OpenOptions, openTimeline, rateOf } from './open.ts';
import { clean } from './paint.ts';
import { STANDARD } from './stdin.ts';
import { count } from './words.ts';

export interface ConvertOptions extends OpenOptions {
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

/** Writes the file and its path to stdout; what it could not hold goes to stderr. Returns the exit code. */
export async function convert(input: string, output: string, options: ConvertOptions): Promise<number> {
  const to = formatOf(output.replace(/[\\/]+$/, ''), options.to, '--to');
  const settings = settingsOf(to, options);
  if (output === STANDARD) return toStdout(input, to, settings, options);
  const request = {
    output,
    inputs: input === STANDARD ? [] : [input],
    force: options.force === true,
    folder: to === 'otiod',
  };
  const opened = await openTimeline(input, options);
  const final = checkOutput(request);
  const writer = adapterNamed(to);
  const losses = await inWorkFolder(final, async (folder) => {
    const partial = path.join(folder, path.basename(final));
    const lost =
      writer === undefined
        ? await writeOwn(partial, to, opened, settings, options)
        : writeText(partial, writer, opened, output, options);
    publish({ final, partial, folder: request.folder, force: request.force });
    return lost;
  });
  const { file, format, problems } = opened;
  if (options.json) {
    data(JSON.stringify({ exit: 0, input: file, from: format, output: final, to, losses, problems }, null, 2));
    return 0;
  }
  if (!options.quiet) tell(losses, problems.length, file);
  data(final);
  return 0;
}

/** The text to stdout, all of it or nothing; what it could not hold goes to stderr. */
async function toStdout(input: string, to: string, settings: Settings, options: ConvertOptions): Promise<number> {
  const refusal = ['otioz', 'otiod'].includes(to)
    ? `An .${to} cannot be written to '-': give the name of a file.`
    : options.json
      ? "--json and '-' both write to stdout: give the name of a file."
      : null;
  if (refusal !== null) throw new CompanionError('USAGE', { reason: refusal });
  const opened = await openTimeline(input, options);
  const writer = adapterNamed(to);
  const { text, losses } =
    writer === undefined
      ? { text: write(opened.root, settings), losses: lossesOfBundle(opened.format) }
      : written(writer, opened, STANDARD, options);
  if (!options.quiet) tell(losses, opened.problems.length, opened.file);
  process.stdout.write(text);
  return 0;
}

function tell(losses: readonly string[], problems: number, file: string): void {
  const paint = painter(process.stderr);
  if (problems > 0)
    say(`${paint('yellow', 'note:')} ${count(problems, 'problem')} in ${file}: inbetween otio validate says which.`);
  for (const loss of losses.slice(0, mostTold)) say(`${paint('yellow', 'lost:')} ${clean(loss)}`);
  if (losses.length > mostTold)
    say(`${paint('yellow', 'lost:')} and ${losses.length - mostTold} more: --json lists them all.`);
}

interface Settings {
  readonly profile?: ProfileName;
  readonly indent?: number;
}

/** @throws CompanionError PARAM_INVALID, USAGE for what the format has no use for */
function settingsOf(to: string, { profile, indent }: ConvertOptions): Settings {
  const unused = (['profile', 'indent'] as const).filter((name) => ({ profile, indent })[name] !== undefined);
  if (adapterNamed(to) !== undefined && unused.length > 0)
    throw new CompanionError('USAGE', { reason: `--${unused[0]} is for .otio, .otioz and .otiod; ${to} has none.` });
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
    ...(profile !== undefined && { profile: profile as ProfileName }),
    ...(spaces !== undefined && { indent: spaces }),
  };
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
    throw writingError(error, final);
  } finally {
    for (const signal of signals) process.off(signal, stop);
    clear();
  }
}

/** What the system said lies under the library's sentence. */
function writingError(error: unknown, final: string): unknown {
  if (error instanceof CompanionError) return error;
  if (!(error instanceof OtioError)) return outputError(error, final);
  const { cause, code, details } = error;
  if (code === 'FILE_WRITE_FAILED') return outputError(cause ?? error, final);
  const reason = details.replace(/\.$/, '');
  return new CompanionError('FORMAT_UNFIT', { path: final, reason, known: writable() }, { cause: error });
}

const writable = (): string[] => [
  'otio',
  'otioz',
  'otiod',
  ...adapters.filter(({ write }) => write !== undefined).map(({ name }) => name),
];

const lossesOfBundle = (format: string): string[] =>
  format === 'otioz' || format === 'otiod'
    ? ['The media stay in the bundle: the timeline names them as they are called there.']
    : [];

async function writeOwn(
  target: string,
  to: string,
  opened: Opened,
  settings: Settings,
  { mediaRoot = [] }: ConvertOptions,
): Promise<readonly string[]> {
  const { root, format, file } = opened;
  if (to === 'otio') {
    await writeFile(target, root, settings);
    return lossesOfBundle(format);
  }
  if (format === 'otioz')
    throw new CompanionError('USAGE', {
      reason: 'The media of an .otioz are packed. Convert it to .otio, or unpack it first.',
    });
  const media = (await mediaFacts(opened, mediaRoot)).filter(({ found }) => !found);
  const inBundle = format === 'otiod';
  const places = {
    file: inBundle ? path.join(file, CONTENT) : file,
    inBundle,
    roots: [path.dirname(path.resolve(file)), ...mediaRoot],
  };
  const writeBundle = to === 'otiod' ? writeOtiod : writeOtioz;
  await writeBundle(target, root, { ...settings, ...places, policy: 'missing', rename: true });
  return [
    ...media.map(({ clips, reason }) => `${reason} The bundle lacks it (${count(clips, 'clip')}).`),
    ...(media.some(({ outside }) => outside) ? [moreRoots] : []),
  ];
}

function writeText(
  target: string,
  adapter: Adapter,
  opened: Opened,
  output: string,
  options: ConvertOptions,
): readonly string[] {
  const { text, losses } = written(adapter, opened, output, options);
  writeFileSync(target, text, { flag: 'wx' });
  return losses;
}

/** @throws CompanionError FORMAT_UNFIT */
function written(
  adapter: Adapter,
  { root, file }: Opened,
  output: string,
  { rate }: ConvertOptions,
): AdapterWriteResult {
  if (adapter.write === undefined)
    throw new CompanionError('FORMAT_UNFIT', {
      path: output,
      reason: `${adapter.name} is only read, not written`,
      known: writable(),
    });
  const fps = rateOf(rate);
  try {
    return adapter.write(oneTimeline(root, file, adapter.name), fps === undefined ? {} : { rate: fps });
  } catch (error) {
    throw writingError(error, output);
  }
}

/** @throws CompanionError FORMAT_UNFIT for what is no timeline, or several */
function oneTimeline(root: AnyValue, file: string, format: string): Timeline {
  const found = timelinesIn(root);
  if (found.length === 1) return found[0]!;
  const what =
    found.length > 1
      ? count(found.length, 'timeline')
      : root instanceof SerializableObject
        ? `a ${root.schemaName}`
        : 'no object';
  throw new CompanionError('FORMAT_UNFIT', {
    path: file,
    reason: `it holds ${what}, and ${format} holds one timeline`,
    known: ['otio', 'otioz', 'otiod'],
  });
}
