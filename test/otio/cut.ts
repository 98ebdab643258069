// A small edit to change, the things in it by their names, and a change as a short line.
import {
  type Change,
  Clip,
  type ExternalReference,
  type RationalTime,
  type Timeline,
  type Track,
} from '../../otio/index.ts';
import { dissolve, edit, file, gap, named, RATE, shot, time } from '../fixtures/timeline.ts';

export { gap, range, time } from '../fixtures/timeline.ts';

export const media = (name: string): ExternalReference => file(`file:///media/${name}.mov`);
export const clip = (name: string, start: number, frames: number, of = name): Clip =>
  shot(name, start, frames, RATE, of === name ? {} : { mediaReferences: { DEFAULT_MEDIA: media(of) } });

/** V1: a 0–40, b 40–100, dissolve, c 100–150, gap 150–170, d 170–200; V2: gap 0–60, t 60–90; A1: m 0–200. The clock starts at one hour. */
export function cut(): Timeline {
  const over = dissolve(4, 4, RATE, 'SMPTE_Dissolve', 'd');
  const first = [clip('a', 100, 40), clip('b', 10, 60), over, clip('c', 20, 50), gap(20), clip('d', 0, 30)];
  return edit(
    'cut',
    time(86400),
    named('one', 'Video', ...first),
    named('two', 'Video', gap(60), clip('t', 0, 30)),
    named('sound', 'Audio', clip('m', 0, 200)),
  );
}

export interface Parts {
  readonly timeline: Timeline;
  readonly V1: Track;
  readonly V2: Track;
  readonly A1: Track;
  /** A clip by its name. */
  readonly the: (name: string) => Clip;
}

export function partsOf(timeline: Timeline): Parts {
  const [V1, V2, A1] = timeline.tracks!.children as Track[];
  const all = [V1!, V2!, A1!].flatMap((track) => track.children);
  const the = (name: string): Clip =>
    all.find((child): child is Clip => child instanceof Clip && child.name === name) as Clip;
  return { timeline, V1: V1!, V2: V2!, A1: A1!, the };
}

export const frames = (value: RationalTime | null): string =>
  value === null ? '-' : String(value.valueRescaledTo(RATE));

/** A change in short: kind, track, name, then its numbers in frames. */
export function said(change: Change): string {
  const { schema, track, name } = change.subject;
  const what = schema === 'Clip' ? name : schema;
  const head = [change.kind, track, what].filter(Boolean).join(' ');
  switch (change.kind) {
    case 'moved':
      return `${head} ${change.from.track}@${frames(change.from.at)} ${frames(change.by)} x${change.count}`;
    case 'trimmed':
      return `${head} ${frames(change.head)} ${frames(change.tail)}`;
    case 'slipped':
      return `${head} ${frames(change.by)}`;
    case 'split':
      return `${head} ${change.at.map(frames)}`;
    case 'added':
    case 'removed':
      return `${head} ${frames(change.duration)}${change.clips === null ? '' : ` ${change.clips}`}`;
    case 'transition':
      return `${head} ${[change.before, change.after].map((one) => `${one.type} ${frames(one.inOffset)}+${frames(one.outOffset)}`)}`;
    case 'effects':
    case 'metadata':
      return `${head} +${change.added} -${change.removed} ~${change.changed}`;
    case 'marker-added':
    case 'marker-removed':
    case 'marker-changed':
      return `${head} ${change.marker}@${frames(change.markedAt)}`;
    case 'start':
    case 'length':
      return `${head} ${frames(change.before)} ${frames(change.after)}`;
    case 'changed':
      return `${head} ${change.key}`;
    case 'enabled':
    case 'disabled':
      return head;
    case 'reordered':
      return `${head} ${change.from} ${change.to}`;
    default:
      return `${head} ${change.before} ${change.after}`;
  }
}
