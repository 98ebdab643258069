// Puts the parts of an output's pictures together, packet by packet, with everything else it holds: sound, words, chapters, tags, timecode.

import { constants, copyFileSync, linkSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Cut } from './cut.ts';
import { stillName } from './delivery.ts';
import type { MediaDescription } from './description.ts';
import { lengthOf, type Output } from './encode.ts';
import { editMovie } from './mov.ts';
import { partFilter, partInput, startingAt } from './part.ts';
import { fileArgument, guarded, guardedParts, quietly } from './process.ts';
import { outputError } from './publish.ts';
import { Rational } from './rational.ts';
import { movieOptions, segmentForm } from './segment.ts';
import { asStill } from './still-file.ts';
import { reporting, startWriter } from './writer.ts';

/** A finished part. */
export interface Joined {
  /** Name of its file, or of its folder of pictures: letters, digits, `-` and `.` alone. */
  readonly name: string;
  /** Number of its first picture in the output. */
  readonly first: number;
}

export interface JoinOptions {
  /** Folder of the parts; a list is written there. */
  readonly folder: string;
  /** All parts, in order. */
  readonly parts: readonly Joined[];
  /** The claimed file or folder to write to. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the pictures joined so far. */
  readonly progress?: (pictures: number) => void;
}

const listName = 'parts.ffconcat';

/** Makes the whole output. @throws CompanionError FFMPEG_FAILED, DISK_FULL, OUTPUT_UNWRITABLE; AbortError */
export async function joinSegments(output: Output, options: JoinOptions): Promise<void> {
  const { folder, parts, path, signal, progress } = options;
  if (output.delivery.container === 'sequence') return gatherStills(output, options);
  try {
    writeFileSync(join(folder, listName), partList(output, parts));
  } catch (error) {
    throw outputError(error, join(folder, listName));
  }
  const beside = output.source.cut?.words ?? undefined;
  const writer = startWriter(output.tools, joinArguments(output, path), { signal, folder, path, beside, progress });
  await writer.done();
  if (output.movie) editMovie(path, output.movie);
}

/** Pictures keep their numbers. They are the same files under another name where the disk is the same, else copies. */
async function gatherStills({ name, delivery }: Output, options: JoinOptions): Promise<void> {
  let done = 0;
  for (const part of options.parts) {
    const from = join(options.folder, part.name);
    for (const still of readdirSync(from).sort()) {
      options.signal?.throwIfAborted();
      const to = join(options.path, stillName(name, basename(still, delivery.extension), delivery.extension));
      try {
        linkOrCopy(join(from, still), to);
      } catch (error) {
        throw outputError(error, options.path);
      }
      options.progress?.(++done);
    }
    await new Promise((resume) => setImmediate(resume)); // a cancel is heard between two parts
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOSPC' || code === 'ENOENT') throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE); // another disk, or one without links
  }
}

/**
 * The list ffmpeg reads: where one part ends and the next begins, in microseconds from the whole output's start so that roundings do not add up.
 * Parts in Matroska are stamped in the whole's milliseconds, and stay where they are.
 */
export function partList(output: Output, parts: readonly Joined[]): string {
  const scale = segmentForm(output.delivery).container === 'mkv' ? 1000 : 1_000_000;
  const startOf = (frame: number): bigint =>
    lengthOf({ frames: frame, rate: output.rate }).mul(new Rational(scale)).round() * BigInt(1_000_000 / scale);
  const lines = parts.map(({ name, first }, index) => {
    const micros = startOf(parts[index + 1]?.first ?? output.frames) - startOf(first);
    const seconds = `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`;
    return `file '${name}'\nduration ${seconds}\n`;
  });
  return `ffconcat version 1.0\n${lines.join('')}`;
}

/** The command line, which reads the list in the folder it is started in. */
function joinArguments(output: Output, path: string): string[] {
  const { tools, delivery, rate, source, carried, delay } = output;
  const { description, cut } = source;
  const late = delivery.container === 'mkv' && delay.sign > 0;
  const apart = late && carried.chapters; // chapters must not move with the input that is moved back
  return [
    ...[...quietly, '-nostdin', ...reporting(tools)],
    ...[...guardedParts, '-i', `file:${listName}`],
    ...sourceInput(output, late ? delay : Rational.ZERO),
    ...(apart ? [...guarded, '-vn', '-an', '-sn', '-dn', '-i', fileArgument(description.path)] : []),
    ...['-map', '0:v:0'],
    ...carried.audio.flatMap(({ source: { index } }) => ['-map', `1:${index}`]),
    ...carried.subtitles.flatMap(({ source: { index } }) => [
      '-map',
      cut ? `2:${cutNumber(cut, index)}` : `1:${index}`,
    ]),
    ...['-c:v', 'copy', '-r', rate.toString()],
    ...carried.audio.flatMap(({ arguments: encoder }, index) => audioArguments(encoder, index)),
    ...(cut ? carried.audio.flatMap((_, index) => [`-filter:a:${index}`, partFilter(cut.part)]) : []),
    ...carried.subtitles.flatMap(({ encoder }, index) => [`-c:s:${index}`, encoder]),
    ...tagArguments(output, apart ? 2 : 1),
    ...(cut && carried.chapters ? ['-t', lengthOf(output).toFixed(6)] : []), // else chapters after a range make the file longer than its picture
    ...['-max_muxing_queue_size', '4096', '-fflags', '+bitexact'],
    ...(late ? ['-avoid_negative_ts', 'make_zero'] : []),
    ...['-f', delivery.container === 'mkv' ? 'matroska' : delivery.container, '-y', fileArgument(path)], // the file is our own claimed partial
  ];
}

/** The source again, for everything but its pictures, and the words that were cut. A part starts at 0; a late picture moves it back by the delay. */
function sourceInput({ source: { description, cut }, carried }: Output, late: Rational): string[] {
  const { path, origin, container }: MediaDescription = description;
  const moved = cut ? partInput(cut.part) : startingAt(origin.add(late));
  const unread = carried.audio.length + carried.subtitles.length === 0 ? [] : ['-thread_queue_size', '512'];
  const words = cut?.words ? ['-protocol_whitelist', 'file,pipe', '-f', 'matroska', '-i', 'pipe:3'] : [];
  const without = ['-vn', '-dn', ...(cut ? ['-sn'] : [])];
  return [...guarded, ...asStill(container), ...moved, ...unread, ...without, '-i', fileArgument(path), ...words];
}

/** Number of a subtitle stream of the source among those that were cut. */
const cutNumber = ({ cues }: Cut, index: number): number => [...cues.keys()].indexOf(index);

function audioArguments(encoder: readonly string[], index: number): string[] {
  const [codec, ...rest] = encoder;
  return [
    `-c:a:${index}`,
    codec!,
    ...rest.map((word) => (word.startsWith('-') ? `${word.replace(/:a$/, '')}:a:${index}` : word)),
  ];
}

/** Tags of the parts' own files, which are none of the output's. */
const tagsOfParts = ['language', 'handler_name', 'vendor_id', 'DURATION'];

function tagArguments(output: Output, chapters: number): string[] {
  const { delivery, source, carried, timecode } = output;
  const { stream, description } = source;
  const isMovie = delivery.container !== 'mkv';
  const title = stream.metadata.title;
  const appleTags = Object.keys(description.metadata).some((key) => key.startsWith('com.'));
  return [
    ...['-map_metadata', '1', '-map_chapters', carried.chapters ? String(chapters) : '-1'],
    ...['-metadata', `timecode=${timecode?.text ?? ''}`],
    ...tagsOfParts.flatMap((name) => ['-metadata:s:v:0', `${name}=`]),
    ...(stream.language ? ['-metadata:s:v:0', `language=${stream.language}`] : []),
    ...(title ? ['-metadata:s:v:0', `title=${title}`] : []),
    ...['-disposition:v:0', 'default'],
    ...(isMovie ? movieOptions(output, appleTags ? '+use_metadata_tags' : '') : []),
    ...(isMovie && appleTags
      ? ['major_brand', 'minor_version', 'compatible_brands'].flatMap((key) => ['-metadata', `${key}=`])
      : []),
  ];
}
