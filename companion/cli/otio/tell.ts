// Changes of an edit as lines: a sign, the time, the thing, and what happened to it.
import type { Change, RationalTime } from '../../../otio/index.ts';
import type { painter } from '../terminal.ts';
import { clean } from './paint.ts';
import { count, framesOf, listed, timecodeOf } from './words.ts';

type Paint = ReturnType<typeof painter>;

/** + what is new, - what is gone, > what moved, ~ what changed. */
const signs: { readonly [kind in Change['kind']]?: readonly [string, Parameters<Paint>[0]] } = {
  added: ['+', 'green'],
  'marker-added': ['+', 'green'],
  removed: ['-', 'red'],
  'marker-removed': ['-', 'red'],
  moved: ['>', 'yellow'],
  reordered: ['>', 'yellow'],
};

export class Teller {
  readonly #rate: number;
  readonly #paint: Paint;

  constructor(rate: number, paint: Paint) {
    this.#rate = rate;
    this.#paint = paint;
  }

  /** The changes of one track. */
  lines(changes: readonly Change[]): string[] {
    const rows = changes.map((change) => ({
      change,
      at: change.subject.at,
      title: titleOf(change),
      words: clean(this.#words(change)),
    }));
    const times = rows.some(({ at }) => at !== null);
    const width = Math.min(34, Math.max(...rows.map(({ title }) => title.length)));
    return rows.map(({ change, at, title, words }) => {
      const [sign, colour] = signs[change.kind] ?? ['~', 'yellow' as const];
      const time = times ? `${this.#paint('dim', (at === null ? '' : this.#clock(at)).padEnd(11))}  ` : '';
      return `  ${this.#paint(colour, sign)} ${time}${title.padEnd(width)}  ${words}`;
    });
  }

  #clock(time: RationalTime): string {
    return timecodeOf(time, this.#rate);
  }

  #frames(time: RationalTime): number {
    return framesOf(time, this.#rate);
  }

  /** `12 frames`, without the sign; from a second on with the timecode. */
  #length(time: RationalTime): string {
    const frames = Math.abs(this.#frames(time));
    if (frames === 0 && time.value !== 0) return 'less than a frame';
    const clock = frames >= this.#rate ? ` (${this.#clock(time).replace(/^-/, '')})` : '';
    return `${count(frames, 'frame')}${clock}`;
  }

  #words(change: Change): string {
    switch (change.kind) {
      case 'added':
      case 'removed':
        return `${change.kind}${change.duration === null ? '' : `, ${this.#length(change.duration)}`}${change.clips === null ? '' : `, ${count(change.clips, 'clip')}`}`;
      case 'moved':
        return this.#moved(change);
      case 'reordered':
        return `moved from place ${change.from} to ${change.to} among the tracks`;
      case 'trimmed':
        return `trimmed: ${this.#trims(change.head, change.tail)}; ${this.#frames(change.before)} → ${count(this.#frames(change.after), 'frame')}`;
      case 'slipped':
        return `slipped: shows its media ${this.#length(change.by)} ${change.by.value > 0 ? 'later' : 'earlier'}`;
      case 'split':
        return `split at ${listed(change.at.map((time) => this.#clock(time)))}`;
      case 'retimed':
        return `retimed: ${speedWord(change.before)} → ${speedWord(change.after)}`;
      case 'media':
        return `media replaced: ${change.before} → ${change.after}`;
      case 'renamed':
        return `renamed: ${quoted(change.before)} → ${quoted(change.after)}`;
      case 'enabled':
      case 'disabled':
        return change.kind;
      case 'effects':
        return lists('effects', change);
      case 'metadata':
        return lists('metadata', change);
      case 'marker-added':
      case 'marker-removed':
      case 'marker-changed':
        return `marker ${quoted(change.marker)} ${change.kind.slice(7)} at ${this.#clock(change.markedAt)}`;
      case 'transition':
        return this.#transition(change);
      case 'start':
      case 'length': {
        const [a, b] = [change.before, change.after].map((time) => (time === null ? 'not given' : this.#clock(time)));
        const by =
          change.kind === 'length' && change.before !== null && change.after !== null
            ? change.after.sub(change.before)
            : null;
        return `${change.kind}: ${a} → ${b}${by === null ? '' : `, ${this.#length(by)} ${by.value > 0 ? 'longer' : 'shorter'}`}`;
      }
      case 'changed':
        return `${change.key || 'something without a word of its own'} changed`;
    }
  }

  #moved({ from, to, by, count: items, through }: Extract<Change, { kind: 'moved' }>): string {
    const rest =
      items > 1
        ? ` with ${items === 2 ? 'the next one' : `the next ${items - 1}`}, to ${quoted(through.name || through.schema)},`
        : '';
    const distance = `${this.#length(by)} ${by.value > 0 ? 'later' : 'earlier'}`;
    const lane = from.track === to.track ? '' : ` from ${from.track || 'its stack'}`;
    const time = this.#frames(by) === 0 && by.value === 0 ? 'at the same time' : distance;
    return `moved${rest}${lane}${lane && rest === '' ? ',' : ''} ${time}`;
  }

  #trims(head: RationalTime, tail: RationalTime): string {
    const side = (name: string, by: RationalTime): string[] =>
      Math.abs(by.toSeconds()) < 1e-6 ? [] : [`${name} ${this.#length(by)} ${by.value > 0 ? 'longer' : 'shorter'}`];
    return [...side('head', head), ...side('tail', tail)].join(', ');
  }

  #transition({ before, after }: Extract<Change, { kind: 'transition' }>): string {
    const span = ({ inOffset, outOffset }: typeof before): string =>
      `${this.#frames(inOffset)}+${this.#frames(outOffset)}`;
    const type = before.type === after.type ? '' : `${quoted(before.type)} → ${quoted(after.type)}`;
    const spans =
      span(before) === span(after) ? '' : `${span(before)} → ${span(after)} frames before and after its cut`;
    return `transition changed: ${[type, spans].filter(Boolean).join(', ')}`;
  }
}

const quoted = (name: string): string => (name === '' ? 'no name' : `'${name}'`);

const speedWord = (speed: number | null): string =>
  speed === null ? 'variable speed' : `${Number((speed * 100).toFixed(2))}%`;

const lists = (
  what: string,
  { added, removed, changed }: { added: readonly string[]; removed: readonly string[]; changed: readonly string[] },
): string => {
  const part = (verb: string, words: readonly string[]): string[] =>
    words.length === 0 ? [] : [`${verb} ${listed(words)}`];
  return `${what}: ${[...part('added', added), ...part('removed', removed), ...part('changed', changed)].join('; ')}`;
};

/** What it is called; with its class where that is no clip. */
function titleOf({ subject: { schema, name } }: Change): string {
  const shown = clean(name);
  if (schema === 'Clip') return shown || 'clip without a name';
  const word = schema === 'Stack' ? 'stack' : schema.toLowerCase();
  return shown === '' ? word : `${word} ${shown}`;
}
