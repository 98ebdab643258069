// From the text of a CMX3600 EDL to a timeline: one track a channel, its start at the first record time.
import { OtioError } from '../../errors.ts';
import { parseTimecode, RationalTime, TimeRange } from '../../opentime/index.ts';
import {
  Clip,
  dictionary,
  ExternalReference,
  Gap,
  type Item,
  Marker,
  MissingReference,
  Stack,
  Timeline,
  Track,
  TrackKind,
  Transition,
} from '../../schema/index.ts';
import type { AdapterReadOptions, AdapterReadResult } from '../adapter.ts';
import { exactRate, speedAndOthers, speedEffects } from '../layout.ts';
import { Problems } from '../report.ts';
import { type EdlEvent, readLines } from './lines.ts';
import { metadataOf } from './metadata.ts';
import { speedOf } from './speed.ts';

/** An event with its times in frames. */
interface Cut {
  readonly event: EdlEvent;
  readonly source: number;
  readonly sourceLength: number;
  readonly start: number;
  readonly end: number;
  /** Frames of 24 hours of record time. */
  readonly day: number;
}

/** What lies on a track from `start` to `end`, with the frames of a transition over its start. */
interface Placed extends Cut {
  readonly item: Item;
}

const DROP_RATES: readonly number[] = [30000 / 1001, 60000 / 1001];

/**
 * Reads an EDL. Its rate is an option, since the text does not say; without one it is guessed from the frame code and the highest frame number, as a
 * problem. The reel goes to `metadata.cmx_3600.reel`, free notes to `comments` beside it, a grade to `metadata.cdl`.
 * @throws OtioError FORMAT_UNSUPPORTED with the line for what is no EDL; INVALID_TIMECODE_RATE; when strict, the first problem
 */
export function readEdl(text: string, { mode = 'lenient', rate: given }: AdapterReadOptions = {}): AdapterReadResult {
  const problems = new Problems(mode);
  const { title, events } = readLines(text, problems);
  if (title === null && events.length === 0)
    throw new OtioError('FORMAT_UNSUPPORTED', 'This is no CMX3600 EDL: it has neither a title nor an event.', {
      line: 1,
    });
  const rate = given === undefined ? guessRate(events, problems) : exactRate(given);
  const cuts = afterMidnight(events.map((event) => inFrames(event, rate, problems)).filter((cut) => cut !== null));
  const placed = withoutSources(cuts, problems).map((cut) => ({ ...cut, item: itemOf(cut, rate, problems) }));
  const first = placed.reduce((least, { start }) => Math.min(least, start), placed[0]?.start ?? 0);
  const channels = new Map<string, Placed[]>();
  for (const one of placed)
    for (const [at, channel] of channelsOf(one.event, problems).entries()) {
      const list = channels.get(channel) ?? [];
      channels.set(channel, list);
      list.push(at === 0 ? one : { ...one, item: one.item.clone() });
    }
  const names = [...channels.keys()].sort(
    (a, b) => Number(a.startsWith('A')) - Number(b.startsWith('A')) || (a < b ? -1 : 1),
  );
  const tracks = names.map((name) => trackOf(name, channels.get(name)!, first, rate, problems));
  const globalStartTime = placed.length === 0 ? null : new RationalTime(first, rate);
  const root = new Timeline({
    name: title ?? '',
    globalStartTime,
    tracks: new Stack({ name: 'tracks', children: tracks }),
  });
  return { root, problems: problems.found };
}

function guessRate(events: readonly EdlEvent[], problems: Problems): number {
  const times = events.flatMap((event) => event.times);
  const drop = events.some((event) => event.recordDrop || event.sourceDrop) || times.some((time) => time.includes(';'));
  const highest = times.reduce((most, time) => Math.max(most, Number(time.slice(-2).replace(/\D/, ''))), 0);
  const candidates = drop ? DROP_RATES : [24, 25, 30, 50, 60];
  const rate = candidates.find((one) => highest < Math.ceil(one)) ?? candidates.at(-1)!;
  const fact = 'An EDL does not say how many frames a second has.';
  if (events.length > 0)
    problems.add(
      'INVALID_TIMECODE_RATE',
      fact,
      `${Number(rate.toFixed(3))} is guessed; give the rate to be sure.`,
      events[0]!.line,
    );
  return rate;
}

/** An event with its times as frames; null, as a problem, where they are none. */
function inFrames(event: EdlEvent, rate: number, problems: Problems): Cut | null {
  const { times, recordDrop, sourceDrop, line } = event;
  const frame = (time: string, drop: boolean): number => {
    const fields = time.split(/[:;.,]/).map((field) => field.padStart(2, '0'));
    const dropped = (drop || time.includes(';')) && DROP_RATES.includes(rate);
    return parseTimecode(fields.join(':').replace(/:(\d+)$/, dropped ? ';$1' : ':$1'), rate);
  };
  if ((recordDrop || sourceDrop || times.some((time) => time.includes(';'))) && !DROP_RATES.includes(rate))
    problems.add(
      'INVALID_RATE_FOR_DROP_FRAME_TIMECODE',
      `There is no drop-frame timecode at rate ${rate}.`,
      'It is read as non-drop.',
      line,
    );
  try {
    const [source, sourceEnd] = [frame(times[0], sourceDrop), frame(times[1], sourceDrop)];
    const [start, end] = [frame(times[2], recordDrop), frame(times[3], recordDrop)];
    const [day, sourceDay] = [frame('24:00:00:00', recordDrop), frame('24:00:00:00', sourceDrop)];
    const wraps = source - sourceEnd > sourceDay / 2;
    return {
      event,
      source,
      sourceLength: sourceEnd - source + (wraps ? sourceDay : 0),
      start,
      end: end < start ? end + day : end,
      day,
    };
  } catch (error) {
    if (!(error instanceof OtioError) || error.code === 'INVALID_TIMECODE_RATE') throw error;
    problems.add(error.code, `${error.details}.`, 'The event is passed over.', line);
    return null;
  }
}

/** Where a list runs over midnight, what starts in the first half of the day is on the next one. */
function afterMidnight(cuts: readonly Cut[]): Cut[] {
  const wraps = cuts.some(({ end, day }) => end >= day);
  return cuts.map((cut) =>
    wraps && cut.start < cut.day / 2 ? { ...cut, start: cut.start + cut.day, end: cut.end + cut.day } : cut,
  );
}

/** Leaves out the events without length that only say what a transition comes from. */
function withoutSources(cuts: readonly Cut[], problems: Problems): Cut[] {
  return cuts.filter(({ event, start, end }, at) => {
    if (end > start) return true;
    const next = cuts[at + 1];
    if (next === undefined || next.event.edit === 'C' || event.edit !== 'C')
      problems.add('INVALID_TIME_RANGE', `The event ${event.number} has no length.`, 'It is left out.', event.line);
    else if (next.event.number !== event.number)
      problems.add(
        'FORMAT_UNSUPPORTED',
        `The two events of a transition are numbered ${event.number} and ${next.event.number}.`,
        'They are read as one.',
        next.event.line,
      );
    return false;
  });
}

const CHANNELS: { readonly [token: string]: readonly string[] | undefined } = {
  V: ['V'],
  V1: ['V'],
  A: ['A1'],
  A1: ['A1'],
  A2: ['A2'],
  AA: ['A1', 'A2'],
  B: ['V', 'A1'],
  NONE: [],
};

function channelsOf({ channels, notes, line }: EdlEvent, problems: Problems): string[] {
  const found = new Set<string>();
  for (const token of channels.split('/')) {
    const known = Object.hasOwn(CHANNELS, token) ? CHANNELS[token]! : /^[AV]\d+$/.test(token) ? [token] : null;
    if (known === null)
      problems.add('FORMAT_UNSUPPORTED', `The channel '${token}' is not known.`, 'It is read as video.', line);
    for (const channel of known ?? ['V']) found.add(channel);
  }
  for (const { key, value } of notes)
    if (key === 'AUD') for (const [number] of value.matchAll(/\d+/g)) found.add(`A${number}`);
  return [...found];
}

function itemOf(cut: Cut, rate: number, problems: Problems): Item {
  const { event, source, sourceLength, start, end } = cut;
  const duration = new RationalTime(end - start, rate);
  if (/^(BL|BLACK)$/i.test(event.reel)) return Gap.ofDuration(duration);
  const note = (key: string): string | undefined => event.notes.find((one) => one.key === key)?.value || undefined;
  const speed = speedIn(event, rate);
  if (speed === null && sourceLength !== end - start)
    problems.add(
      'INVALID_TIME_RANGE',
      `The event ${event.number} takes ${sourceLength} frames of its source for ${end - start} of the record, without a speed.`,
      'The length of the record is taken.',
      event.line,
    );
  const arriving = event.edit !== 'C' && note('TO CLIP NAME') !== undefined;
  const name = (arriving ? note('TO CLIP NAME') : note('FROM CLIP NAME')) ?? event.number;
  const url = arriving ? (note('TO CLIP') ?? note('TO FILE')) : (note('FROM CLIP') ?? note('FROM FILE'));
  return new Clip({
    name: speed === 0 ? name.replace(/ FF$/, '') : name,
    sourceRange: new TimeRange(new RationalTime(source, rate), duration),
    effects: speedEffects(speed ?? 1),
    markers: event.notes
      .filter(({ key }) => key === 'LOC')
      .map((loc) => markerOf(loc, cut, speed ?? 1, rate, problems))
      .filter((one) => one !== null),
    metadata: metadataOf(event, speed),
    mediaReferences: {
      DEFAULT_MEDIA: url === undefined ? new MissingReference() : new ExternalReference({ targetUrl: url }),
    },
  });
}

/** The speed of an event's M2 line: of two, the one that starts with the event. Null: none. */
function speedIn({ notes, reel, times }: EdlEvent, rate: number): number | null {
  const speeds = notes
    .filter(({ key }) => key === 'M2')
    .map(({ value }) => /^(?:(\S+)\s+)?([-+]?\d+(?:\.\d*)?)(?:\s+(\S+))?$/.exec(value) ?? [])
    .filter(([, named]) => named === undefined || named === reel);
  const [, , speed] = speeds.find(([, , , time]) => time === times[0]) ?? speeds.at(-1) ?? [];
  return speed === undefined ? null : speedOf(speed, rate);
}

/** `01:00:01:14 RED text`, at a record time. */
function markerOf(
  { value, line }: EdlEvent['notes'][number],
  { event, source, start }: Cut,
  speed: number,
  rate: number,
  problems: Problems,
): Marker | null {
  const [, time, color = '', name = ''] = /^(\S+)(?:\s+(\S+)\s*(.*))?$/.exec(value) ?? [];
  const at = /^\d+([:;.,]\d+){3}$/.test(time ?? '')
    ? inFrames({ ...event, times: [time!, time!, time!, time!], line }, rate, problems)
    : null;
  if (at === null) {
    problems.add('FORMAT_UNSUPPORTED', `'LOC: ${value}' is no marker.`, 'It is left out.', line);
    return null;
  }
  const marked = source + Math.round((at.start - start) * speed);
  const markedRange = new TimeRange(new RationalTime(marked, rate), new RationalTime(0, rate));
  return new Marker({ name, color: color.toUpperCase() || 'GREEN', markedRange });
}

/** Events in order of their record times; what is between them is a gap. */
function trackOf(name: string, placed: readonly Placed[], first: number, rate: number, problems: Problems): Track {
  const children: (Item | Transition)[] = [];
  let end = first;
  for (const one of [...placed].sort((a, b) => a.start - b.start)) {
    const { event } = one;
    if (one.start > end) children.push(Gap.ofDuration(new RationalTime(one.start - end, rate)));
    if (one.start < end) {
      problems.add(
        'INVALID_TIME_RANGE',
        `The event ${event.number} starts before the one before it ends.`,
        'It is put behind it.',
        event.line,
      );
      if (one.end <= end) continue;
      cutHead(one.item, end - one.start);
    }
    const transition = transitionOf(event, rate, problems);
    if (transition !== null) children.push(transition);
    children.push(one.item);
    end = one.end;
  }
  return new Track({ name, kind: name.startsWith('A') ? TrackKind.Audio : TrackKind.Video, children });
}

function cutHead(item: Item, frames: number): void {
  const { startTime, duration } = item.sourceRange!;
  const cut = new RationalTime(frames, duration.rate);
  const { speed } = speedAndOthers(item);
  item.sourceRange = new TimeRange(
    new RationalTime(startTime.value + frames * speed, startTime.rate),
    duration.sub(cut),
  );
}

function transitionOf({ edit, length, line }: EdlEvent, rate: number, problems: Problems): Transition | null {
  if (edit === 'C') return null;
  const wipe = /^W\d*$/.test(edit);
  if ((edit !== 'D' && !wipe) || length === 0) {
    problems.add(
      'FORMAT_UNSUPPORTED',
      `The edit '${edit}' of ${length} frames is no dissolve or wipe.`,
      'It is read as a cut.',
      line,
    );
    return null;
  }
  const offsets = { inOffset: new RationalTime(0, rate), outOffset: new RationalTime(length, rate) };
  const metadata = dictionary();
  if (wipe) metadata.cmx_3600 = { transition: edit };
  return new Transition({ transitionType: wipe ? 'SMPTE_Wipe' : 'SMPTE_Dissolve', ...offsets, metadata });
}
