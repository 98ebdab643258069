// `inbetween otio info FILE…`: what a timeline is, and how it looks.
import { SerializableObject, type Timeline } from '../../../otio/index.ts';
import { type MediaFact, mediaFacts, moreRoots } from '../../timeline/media-facts.ts';
import type { Opened } from '../../timeline/open.ts';
import { timelinesIn } from '../../timeline/within.ts';
import { data, painter } from '../terminal.ts';
import { eachFile, exitOf, failedEntry, isFailed } from './each.ts';
import { type Counts, factsOf, type TimelineFacts } from './facts.ts';
import { type OpenOptions, openSound } from './open.ts';
import { clean, columnsOf, painted } from './paint.ts';
import { problemLines } from './problems.ts';
import { count, rateWord, size } from './words.ts';

export interface InfoOptions extends OpenOptions {
  readonly media?: boolean;
  readonly mediaRoot?: readonly string[];
}

interface Info extends Opened {
  readonly schema: string;
  readonly timelines: readonly { readonly timeline: Timeline; readonly facts: TimelineFacts }[];
  readonly media: readonly MediaFact[] | null;
}

/** Writes what there is to say to stdout. Returns the exit code. */
export async function info(files: readonly string[], options: InfoOptions): Promise<number> {
  const all = await eachFile(files, options, (file) => infoOf(file, options));
  const exit = exitOf(all);
  if (options.json) {
    data(JSON.stringify({ exit, files: all.map((one) => (isFailed(one) ? failedEntry(one) : entry(one))) }, null, 2));
    return exit;
  }
  const found = all.filter((one): one is Info => !isFailed(one));
  for (const [i, one] of found.entries()) {
    if (i > 0) data('');
    for (const line of linesOf(one)) data(line);
  }
  return exit;
}

async function infoOf(file: string, options: InfoOptions): Promise<Info> {
  const opened = await openSound(file, options);
  const { root } = opened;
  return {
    ...opened,
    schema: root instanceof SerializableObject ? `${root.schemaName}.${root.schemaVersion}` : 'none',
    timelines: timelinesIn(root).map((timeline) => ({ timeline, facts: factsOf(timeline) })),
    media:
      options.media || options.mediaRoot
        ? (await mediaFacts(opened, options.mediaRoot ?? [])).map(({ first: _, ...fact }) => fact)
        : null,
  };
}

const entry = ({ file, format, bytes, schema, timelines, media, problems }: Info): Record<string, unknown> => ({
  file,
  format,
  bytes,
  schema,
  timelines: timelines.map(({ facts }) => facts),
  ...(media !== null && { media }),
  problems,
});

function linesOf({ file, format, bytes, schema, timelines, media, problems }: Info): string[] {
  const paint = painter(process.stdout);
  const facts = [
    format,
    ...(schema === 'Timeline.1' || schema === 'none' ? [] : [schema]),
    ...(bytes > 0 ? [size(bytes)] : []),
  ];
  return [
    `${clean(file)} ${paint('dim', facts.join(', '))}`,
    ...(timelines.length === 0 ? ['  no timeline in it'] : []),
    ...timelines.flatMap(({ timeline, facts }, i) => [...(i > 0 ? [''] : []), ...timelineLines(timeline, facts)]),
    ...(media === null ? [] : ['', ...mediaLines(media)]),
    ...(problems.length === 0
      ? []
      : ['', paint('yellow', count(problems.length, 'problem')), ...problemLines(problems, 8)]),
  ];
}

function timelineLines(timeline: Timeline, { name, start, rate, duration, tracks, counts }: TimelineFacts): string[] {
  const paint = painter(process.stdout);
  const row = (label: string, words: string): string => `  ${paint('dim', label.padEnd(8))} ${words}`;
  const kinds = new Map<string, number>();
  for (const { kind } of tracks) kinds.set(kind.toLowerCase(), (kinds.get(kind.toLowerCase()) ?? 0) + 1);
  const drawing = painted(timeline, columnsOf(), paint);
  return [
    row('timeline', name === '' ? paint('dim', 'without a name') : clean(name)),
    row('start', start === null ? 'not given' : `${start.timecode} (frame ${start.frames})`),
    row('length', `${duration.timecode}, ${count(duration.frames, 'frame')} at ${rateWord(rate.num / rate.den)} fps`),
    row('tracks', [...kinds].map(([kind, some]) => `${some} ${clean(kind)}`).join(', ') || 'none'),
    row('holds', countWords(counts) || 'nothing'),
    ...(drawing.length === 0 ? [] : ['', ...drawing]),
  ];
}

function countWords(counts: Counts): string {
  const words: [number, string, string?][] = [
    [counts.clips, 'clip'],
    [counts.gaps, 'gap'],
    [counts.transitions, 'transition'],
    [counts.nested, 'nested timeline'],
    [counts.effects, 'effect'],
    [counts.markers, 'marker'],
    [counts.unknown, 'unknown object'],
  ];
  return words.flatMap(([number, word]) => (number === 0 ? [] : [count(number, word)])).join(', ');
}

function mediaLines(media: readonly MediaFact[]): string[] {
  const paint = painter(process.stdout);
  if (media.length === 0) return ['It names no media.'];
  const lost = media.filter(({ found }) => !found);
  const found =
    lost.length === 0 ? 'all found' : lost.length === media.length ? 'none found' : `${lost.length} not found`;
  return [
    paint(lost.length === 0 ? 'green' : 'red', `${count(media.length, 'medium', 'media')}, ${found}`),
    ...lost.map(({ clips, reason }) => `  ${clean(reason ?? '')} ${paint('dim', `(${count(clips, 'clip')})`)}`),
    ...(lost.some(({ outside }) => outside) ? [`  ${moreRoots}`] : []),
  ];
}
