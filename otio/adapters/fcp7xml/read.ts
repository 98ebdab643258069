// From FCP7 XML to timelines. Frames of a clip's `in` count from the start of its medium; what a timeline has no place for stays in `metadata.fcp_xml`.
import { OtioError } from '../../errors.ts';
import { RationalTime, TimeRange } from '../../opentime/index.ts';
import {
  type Child,
  Clip,
  Gap,
  type Item,
  LinearTimeWarp,
  MissingReference,
  SerializableCollection,
  Stack,
  Timeline,
  Track,
  TrackKind,
  Transition,
} from '../../schema/index.ts';
import type { AdapterReadOptions, AdapterReadResult } from '../adapter.ts';
import { Problems } from '../report.ts';
import { child, children, parseXml, textOf, type XmlElement } from '../xml.ts';
import { effectsIn, transitionType } from './effects.ts';
import { markersIn } from './markers.ts';
import { formatsOf, generatorOf, type Medium, mediumOf } from './media.ts';
import { metadataOf } from './metadata.ts';
import { isTrue, numberIn, rateIn, TICKS_PER_SECOND, timecodeIn } from './time.ts';

/** Sequences inside one another can multiply: so many clips are read at most for each that is written, and so many in any case. */
const MOST_PER_WRITTEN = 10;
const MOST_IN_ANY_CASE = 20_000;
const DEFAULT_RATE = 24;
const CLIP_KNOWN = [
  'name',
  'duration',
  'rate',
  'start',
  'end',
  'in',
  'out',
  'enabled',
  'file',
  'filter',
  'marker',
  'sequence',
];

/**
 * Reads an `xmeml` document: a timeline, or a collection where it has another number of sequences than one.
 * @throws OtioError FORMAT_UNSUPPORTED with the line for what is no such document; LIMIT_EXCEEDED; when strict, the first problem
 */
export function readFcp7Xml(text: string, { mode = 'lenient' }: AdapterReadOptions = {}): AdapterReadResult {
  const root = parseXml(text);
  if (root.name !== 'xmeml')
    throw new OtioError('FORMAT_UNSUPPORTED', `This is no FCP7 XML: its root is <${root.name}>, not <xmeml>.`, {
      line: root.line,
    });
  const problems = new Problems(mode);
  const reader = new Reader(root, problems);
  const timelines = topSequences(root).map((sequence) => reader.timeline(sequence));
  if (timelines.length === 0)
    problems.add('FORMAT_UNSUPPORTED', 'There is no sequence.', 'The result is empty.', root.line);
  const single = timelines.length === 1 ? timelines[0]! : null;
  return { root: single ?? new SerializableCollection({ children: timelines }), problems: problems.found };
}

/** Sequences that stand by themselves, in projects and bins too. */
function topSequences(element: XmlElement): XmlElement[] {
  return children(element).flatMap((one) => {
    if (one.name === 'sequence') return [one];
    return ['project', 'bin', 'children'].includes(one.name) ? topSequences(one) : [];
  });
}

/** A transition on the record, in frames. */
interface Over {
  readonly start: number;
  readonly end: number;
  readonly cut: number;
}

const TRANSITION = 'transitionitem';
const ON_TRACKS = ['clipitem', 'generatoritem', TRANSITION];

class Reader {
  readonly #problems: Problems;
  /** Elements by name and id: a file or a sequence is defined once and named again. */
  readonly #defined = new Map<string, XmlElement>();
  readonly #media = new Map<XmlElement, Medium>();
  readonly #inside = new Set<XmlElement>();
  #itemsLeft = MOST_IN_ANY_CASE;

  constructor(root: XmlElement, problems: Problems) {
    this.#problems = problems;
    const gather = (element: XmlElement): void => {
      if (ON_TRACKS.includes(element.name)) this.#itemsLeft += MOST_PER_WRITTEN;
      const key = `${element.name} ${element.attributes.id}`;
      if (element.attributes.id !== undefined && element.children.length > 0 && !this.#defined.has(key))
        this.#defined.set(key, element);
      for (const one of children(element)) gather(one);
    };
    gather(root);
  }

  timeline(element: XmlElement): Timeline {
    const rate = rateIn(element, DEFAULT_RATE, this.#problems);
    return new Timeline({
      name: textOf(child(element, 'name')),
      globalStartTime: timecodeIn(element, rate, this.#problems),
      tracks: this.#stack(element, rate, 'tracks'),
      metadata: metadataOf(
        element,
        ['name', 'duration', 'media', 'marker', 'rate', 'timecode', 'in', 'out'],
        formatsOf(element),
      ),
    });
  }

  #stack(element: XmlElement, rate: number, name: string): Stack {
    const stack = new Stack({ name, markers: markersIn(element, new RationalTime(0, rate), this.#problems) });
    if (this.#inside.has(element)) {
      this.#problems.add('OBJECT_CYCLE', 'A sequence contains itself.', 'It is left empty there.', element.line);
      return stack;
    }
    this.#inside.add(element);
    for (const [kind, title] of Object.entries({ video: TrackKind.Video, audio: TrackKind.Audio })) {
      const media = child(element, 'media');
      const tracks = media && child(media, kind);
      for (const track of tracks ? children(tracks, 'track') : []) stack.appendChild(this.#track(track, title, rate));
    }
    this.#inside.delete(element);
    return stack;
  }

  #track(element: XmlElement, kind: string, rate: number): Track {
    const entries = children(element).filter(({ name }) => ON_TRACKS.includes(name));
    const overs = entries.map((entry) => (entry.name === TRANSITION ? this.#over(entry, rate) : null));
    const placed: Child[] = [];
    let end = 0;
    const gapUntil = (start: number): void => {
      if (start > end) placed.push(Gap.ofDuration(new RationalTime(start - end, rate)));
      end = Math.max(end, start);
    };
    for (const [at, entry] of entries.entries()) {
      const over = overs[at] ?? null;
      if (over !== null) {
        gapUntil(over.cut);
        placed.push(transitionOf(entry, over, rate));
      } else if (entry.name !== TRANSITION) {
        const item = this.#item(entry, rate, end, overs[at - 1] ?? null, overs[at + 1] ?? null);
        if (item === null) continue;
        gapUntil(item.start);
        placed.push(item.item);
        end = item.end;
      }
    }
    return new Track({
      name: element.attributes['MZ.TrackName'] ?? textOf(child(element, 'name')),
      kind,
      enabled: isEnabled(element),
      metadata: metadataOf(element, ['name', 'enabled', ...ON_TRACKS]),
      children: placed,
    });
  }

  #over(element: XmlElement, rate: number): Over | null {
    const [start, end] = ['start', 'end'].map(
      (name) => numberIn(child(element, name), this.#problems) ?? Number.NaN,
    ) as [number, number];
    if (!(end > start)) {
      this.#problems.add('INVALID_TIME_RANGE', 'A transition has no length.', 'It is left out.', element.line);
      return null;
    }
    const ticks = numberIn(child(element, 'cutPointTicks'), this.#problems);
    const inside = ticks === null ? Number.NaN : Math.round((ticks / TICKS_PER_SECOND) * rate);
    if (inside >= 0 && inside <= end - start) return { start, end, cut: start + inside };
    const alignment = textOf(child(element, 'alignment')).trim();
    const cut = alignment.startsWith('start')
      ? start
      : alignment.startsWith('end')
        ? end
        : start + Math.floor((end - start) / 2);
    return { start, end, cut };
  }

  /** A clip with its place on the record; null, as a problem, where it has none behind `after`. */
  #item(
    element: XmlElement,
    rate: number,
    after: number,
    head: Over | null,
    tail: Over | null,
  ): { item: Item; start: number; end: number } | null {
    if (--this.#itemsLeft < 0)
      throw new OtioError('LIMIT_EXCEEDED', 'The sequences multiply the clips beyond reason.', { line: element.line });
    const number = (name: string): number | null => numberIn(child(element, name), this.#problems);
    const own = rateIn(element, rate, this.#problems);
    const effects = effectsIn(element, this.#problems);
    const warp = effects.find((effect) => effect instanceof LinearTimeWarp);
    const first = number('in') ?? 0;
    const length = (((number('out') ?? first) - first) * rate) / own;
    const [given, givenEnd] = [number('start') ?? -1, number('end') ?? -1];
    // -1 is written on an edge below a transition: there the clip reaches to the far end of it.
    const reach = given >= 0 ? given : (head?.start ?? (givenEnd >= 0 ? givenEnd - length : after));
    const reachEnd = givenEnd >= 0 ? givenEnd : (tail?.end ?? reach + length);
    const start = Math.max(after, reach, head === null ? reach : head.cut);
    const end = Math.min(reachEnd, tail === null ? reachEnd : tail.cut);
    if (Math.max(reach, head?.cut ?? reach) < after)
      this.#problems.add(
        'INVALID_TIME_RANGE',
        'A clip starts before the one before it ends.',
        'It is put behind it.',
        element.line,
      );
    if (!(end > start)) {
      this.#problems.add('INVALID_TIME_RANGE', 'A clip has no length.', 'It is left out.', element.line);
      return null;
    }
    const medium = this.#medium(element, own);
    const origin = new RationalTime(medium.start.valueRescaledTo(own), own);
    const skipped = Math.round(((start - reach) * (warp?.timeScalar ?? 1) * own) / rate);
    const duration = new RationalTime(end - start, rate);
    const inOwn = duration.rescaledTo(own);
    const sourceRange = new TimeRange(
      new RationalTime(origin.value + first + skipped, own),
      Math.abs(inOwn.value - Math.round(inOwn.value)) < 1e-6 ? inOwn.round() : duration,
    );
    const common = {
      name: textOf(child(element, 'name')),
      sourceRange,
      effects,
      markers: markersIn(element, origin, this.#problems),
      enabled: isEnabled(element),
      metadata: metadataOf(element, CLIP_KNOWN),
    };
    const sequence = this.#definition(element, 'sequence');
    if (sequence === null)
      return { start, end, item: new Clip({ ...common, mediaReferences: { DEFAULT_MEDIA: medium.reference } }) };
    const stack = this.#stack(sequence, rateIn(sequence, rate, this.#problems), common.name);
    const { name: _, markers, ...rest } = common;
    return { start, end, item: Object.assign(stack, rest, { markers: [...stack.markers, ...markers] }) };
  }

  /** A child element, or what it names by its id. */
  #definition(element: XmlElement, name: string): XmlElement | null {
    const found = child(element, name);
    if (found === undefined) return null;
    return found.children.length > 0 ? found : (this.#defined.get(`${name} ${found.attributes.id}`) ?? found);
  }

  #medium(clip: XmlElement, rate: number): Medium {
    const nowhere = new RationalTime(0, rate);
    if (clip.name === 'generatoritem') return { reference: generatorOf(clip), start: nowhere };
    const file = this.#definition(clip, 'file');
    if (file === null) return { reference: new MissingReference(), start: nowhere };
    const medium = this.#media.get(file) ?? mediumOf(file, rate, this.#problems);
    this.#media.set(file, medium);
    return { ...medium, reference: medium.reference.clone() };
  }
}

const isEnabled = (element: XmlElement): boolean =>
  child(element, 'enabled') === undefined || isTrue(child(element, 'enabled'));

function transitionOf(element: XmlElement, { start, end, cut }: Over, rate: number): Transition {
  const effect = child(element, 'effect');
  return new Transition({
    name: textOf(effect && child(effect, 'name')),
    transitionType: transitionType(effect),
    inOffset: new RationalTime(cut - start, rate),
    outOffset: new RationalTime(end - cut, rate),
    metadata: metadataOf(element, ['start', 'end', 'rate', 'alignment', 'cutPointTicks']),
  });
}
