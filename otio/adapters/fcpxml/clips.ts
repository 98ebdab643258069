// The clips of an FCPXML story as items: which part of which medium, how fast, and what else is said of it.
import { type ExactRate, RationalTime, TimeRange } from '../../opentime/index.ts';
import {
  type AnyValue,
  Clip,
  type Dictionary,
  dictionary,
  Effect,
  ExternalReference,
  FreezeFrame,
  GeneratorReference,
  type Item,
  LinearTimeWarp,
  Marker,
  type MediaReference,
  MissingReference,
  TimeEffect,
} from '../../schema/index.ts';
import type { Problems } from '../report.ts';
import { child, children, textOf, type XmlElement } from '../xml.ts';
import type { Asset, Resources } from './resources.ts';
import { Seconds } from './seconds.ts';
import { mapped } from './time-map.ts';
import { colorOf, KEY, MISSING } from './words.ts';

/** What an element of a story shows, before it is a clip. */
export interface Content {
  /** What says the speed, the name, markers and effects. */
  readonly element: XmlElement;
  /** The start of its own time, and how long it is there. */
  readonly start: Seconds;
  readonly duration: Seconds;
  /** From its own time to the time of the medium. */
  readonly shift: Seconds;
  readonly media: MediaReference;
  readonly mediaRate: ExactRate | null;
}

/** In frames: rounding of doubles, and how far exporters are off a whole frame. */
const EXACT = 1e-9;
const SNAP = 0.1;

export class Clips {
  readonly #rate: ExactRate;
  readonly #resources: Resources;
  readonly #problems: Problems;

  constructor(rate: ExactRate, resources: Resources, problems: Problems) {
    this.#rate = rate;
    this.#resources = resources;
    this.#problems = problems;
  }

  clip({ element, start, duration, shift, media, mediaRate }: Content): Clip {
    const speed = this.#speed(element, start, duration);
    let first = speed.value.plus(shift);
    if (speed.factor !== null && speed.factor.num < 0n)
      first = first.minus(Seconds.ofFrames(1, mediaRate ?? this.#rate)); // shown from its end
    return new Clip({
      ...this.described(element, speed.value.minus(start).plus(shift)),
      sourceRange: new TimeRange(this.timeAt(first, mediaRate, element), this.timeAt(duration, null, element)),
      effects: [...speed.effects, ...this.effects(element)],
      mediaReferences: { DEFAULT_MEDIA: media },
    });
  }

  /** Name, state, markers and notes. `shift`: from the element's own time to that of the item. */
  described(
    element: XmlElement,
    shift: Seconds,
  ): { name: string; enabled: boolean; markers: Marker[]; metadata: Dictionary } {
    const { name = '', enabled } = element.attributes;
    return { name, enabled: enabled !== '0', markers: this.markers(element, shift), metadata: this.#metadata(element) };
  }

  markers(element: XmlElement, shift: Seconds): Marker[] {
    const found = children(element).filter((one) => one.name === 'marker' || one.name === 'chapter-marker');
    return found.map((one) => {
      const start = (this.#resources.time(one, 'start') ?? Seconds.zero).plus(shift);
      const duration = this.#resources.time(one, 'duration') ?? Seconds.zero;
      return new Marker({
        name: one.attributes.value ?? '',
        comment: one.attributes.note ?? '',
        color: colorOf(one.name, one.attributes.completed),
        markedRange: new TimeRange(this.timeAt(start, null, one), this.timeAt(duration, null, one)),
      });
    });
  }

  /** Frames of the sequence; of the medium where only those are whole. A time further than a tenth from a frame is kept, and reported. */
  timeAt(seconds: Seconds, other: ExactRate | null, { line }: { readonly line: number }): RationalTime {
    const near = (rate: ExactRate, within: number): RationalTime | null => {
      const frames = seconds.framesAt(rate);
      const whole = Math.round(frames);
      return Math.abs(frames - whole) <= within ? new RationalTime(whole + 0, rate.num / rate.den) : null;
    };
    const time = near(this.#rate, EXACT) ?? (other && near(other, EXACT)) ?? near(this.#rate, SNAP);
    if (time !== null) return time;
    this.#problems.add('INVALID_TIME_RANGE', 'A time lies between frames.', 'It is kept as it is.', line);
    return new RationalTime(seconds.framesAt(this.#rate), this.#rate.num / this.#rate.den);
  }

  /** The medium of an asset, all of it: whole frames only. */
  mediaOf(asset: Asset): MediaReference {
    const { name, url, start, duration } = asset;
    if (url === '' || url.startsWith(MISSING)) return new MissingReference({ name });
    const rate = this.#rateFor(asset);
    const frames = (time: Seconds): RationalTime =>
      new RationalTime(Math.floor(time.framesAt(rate) + 1e-9) + 0, rate.num / rate.den);
    const availableRange = duration && duration.num > 0n ? new TimeRange(frames(start), frames(duration)) : null;
    return new ExternalReference({ name, targetUrl: url, availableRange });
  }

  /** Frames of the sequence where they say it all, else of the medium. */
  #rateFor({ start, duration, rate }: Asset): ExactRate {
    const whole = [start, duration ?? start].every((time) => Number.isInteger(time.framesAt(this.#rate)));
    return whole || rate === null ? this.#rate : rate;
  }

  /** A title or a generator. */
  generatorOf(element: XmlElement): MediaReference {
    const effect = this.#resources.find(element.attributes.ref, 'effect');
    const parameters = dictionary();
    if (effect?.attributes.uid !== undefined) parameters.uid = effect.attributes.uid;
    const written = children(element, 'text').flatMap((text) => [textOf(text), ...children(text).map(textOf)]);
    if (written.length > 0) parameters.text = written.filter((text) => text.trim() !== '').join('\n');
    return new GeneratorReference({ generatorKind: effect?.attributes.name ?? element.name, parameters });
  }

  #speed(
    element: XmlElement,
    start: Seconds,
    duration: Seconds,
  ): { value: Seconds; factor: Seconds | null; effects: Item['effects'] } {
    const timeMap = child(element, 'timeMap');
    const map = timeMap && mapped(timeMap, start, duration);
    if (!map) return { value: start, factor: null, effects: [] };
    const { value, speed: factor } = map;
    if (factor === null) {
      this.#problems.add(
        'FORMAT_UNSUPPORTED',
        'The speed of a clip changes.',
        'It is kept as a TimeEffect.',
        timeMap.line,
      );
      return { value, factor, effects: [new TimeEffect({ effectName: 'timeMap', metadata: this.#kept(timeMap) })] };
    }
    if (factor.num === 0n) return { value, factor, effects: [new FreezeFrame()] };
    const effects = factor.num === factor.den ? [] : [new LinearTimeWarp({ timeScalar: factor.value })];
    return { value, factor, effects };
  }

  effects(element: XmlElement): Item['effects'] {
    const found = children(element).filter(({ name }) => /^(?:adjust-|filter-)/.test(name));
    return found.map((one) => {
      const { name = '', enabled } = one.attributes;
      return new Effect({ name, effectName: one.name, enabled: enabled !== '0', metadata: this.#kept(one) });
    });
  }

  #metadata(element: XmlElement): Dictionary {
    const own = dictionary();
    for (const key of ['audioRole', 'videoRole', 'role', 'tcFormat'])
      if (element.attributes[key] !== undefined) own[key] = element.attributes[key];
    const note = child(element, 'note');
    if (note) own.note = textOf(note);
    const rest = children(element).filter(({ name }) => ['keyword', 'rating', 'metadata'].includes(name));
    Object.assign(own, byName(rest));
    return Object.keys(own).length === 0 ? dictionary() : Object.assign(dictionary(), { [KEY]: own });
  }

  #kept(element: XmlElement): Dictionary {
    return Object.assign(dictionary(), { [KEY]: keptValue(element) });
  }
}

/** An element that is kept but not understood: its attributes, and its children by name. */
function keptValue(element: XmlElement): Dictionary {
  const value = dictionary();
  for (const [key, text] of Object.entries(element.attributes)) value[key] = text;
  Object.assign(value, byName(children(element)));
  const text = textOf(element);
  if (text.trim() !== '') value['#text'] = text;
  return value;
}

function byName(elements: readonly XmlElement[]): { [name: string]: AnyValue[] } {
  const lists: { [name: string]: AnyValue[] } = Object.create(null);
  for (const one of elements) {
    lists[one.name] ??= [];
    lists[one.name]!.push(keptValue(one));
  }
  return lists;
}
