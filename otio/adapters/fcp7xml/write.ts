// From a timeline to FCP7 XML (xmeml 4), as Premiere and Resolve read it: times in frames, each file defined where it is used first.
import { rationalRate } from '../../opentime/index.ts';
import {
  Box2d,
  Clip,
  Composition,
  type Dictionary,
  ExternalReference,
  Gap,
  GeneratorReference,
  ImageSequenceReference,
  type Item,
  LinearTimeWarp,
  MediaReference,
  Stack,
  Timeline,
  Track,
  TrackKind,
  UnknownSchema,
} from '../../schema/index.ts';
import { isDictionary } from '../../schema/value.ts';
import type { AdapterWriteOptions, AdapterWriteResult } from '../adapter.ts';
import {
  frames,
  isRetime,
  layOut,
  layOutTrack,
  type Placed,
  type PlacedTransition,
  rateOf,
  speedAndOthers,
  usedRange,
} from '../layout.ts';
import { type Kept, leaveOut } from '../left-out.ts';
import { Losses } from '../report.ts';
import { writeXml, type XmlElement, xml } from '../xml.ts';
import { keptFilter, speedFilter, transitionEffect } from './effects.ts';
import { exact, Files, generatorElement, mediaLength, originOf } from './files.ts';
import { markerElements } from './markers.ts';
import { attributesOf, elementsOf, ownOf } from './metadata.ts';
import { rateElement, TICKS_PER_SECOND, timecodeElement } from './time.ts';

/** @throws OtioError INVALID_TIMECODE_RATE for a rate that is neither whole nor 1000/1001 of a whole one */
export function writeFcp7Xml(timeline: Timeline, { rate: given }: AdapterWriteOptions = {}): AdapterWriteResult {
  const losses = new Losses();
  const rate = given ?? rateOf(timeline);
  const own = ownOf(timeline.metadata);
  leaveOut(timeline, losses, KEPT);
  const start =
    timeline.globalStartTime === null ? null : timecodeElement(frames(timeline.globalStartTime, rate, losses), rate);
  const sequence = new Writer(losses).sequence(timeline.name, timeline.tracks ?? new Stack(), rate, own, start);
  return { text: writeXml(xml('xmeml', { version: 4 }, [sequence]), { doctype: 'xmeml' }), losses: losses.sentences };
}

const text = (name: string, value: string | number): XmlElement => xml(name, {}, [value]);
/** What is kept of an item: retimes, effects that came from such a file, and the metadata that reading makes. */
const KEPT: Kept = {
  metadata: (one) => (one instanceof Timeline || one instanceof Track || !isBare(one) ? ['fcp_xml'] : []),
  effect: (effect, item) => !isBare(item) && (isRetime(effect) || keptFilter(effect) !== null),
  name: (one) => !isBare(one) && !(one instanceof Gap),
  imageBounds: true,
};
/** The stack of a timeline or of a nested sequence has no element of its own, nor does a gap; tracks have no effects. */
const isBare = (one: object): boolean =>
  one instanceof Gap || one instanceof LinearTimeWarp || (one instanceof Composition && !(one.parent instanceof Track));
const KNOWN_CLIP = ['link', 'effect'];

class Writer {
  readonly #losses: Losses;
  readonly #files: Files;
  #sequences = 0;
  #clips = 0;

  constructor(losses: Losses) {
    this.#losses = losses;
    this.#files = new Files(losses);
  }

  sequence(name: string, stack: Composition, rate: number, own: Dictionary, timecode: XmlElement | null): XmlElement {
    const tracks = stack instanceof Stack ? stack.children.filter((one) => this.#isTrack(one)) : [];
    if (!(stack instanceof Stack)) tracks.push(stack as Track);
    const formats = isDictionary(own.media) ? own.media : {};
    const id = `sequence-${++this.#sequences}`;
    const top = stack.parent === null;
    const written = tracks.map((track) => ({
      track,
      element: this.#track(track, track === stack, top ? stack : null, rate),
    }));
    const duration = Math.max(0, ...written.map(({ element }) => element.length));
    const media = ([TrackKind.Video, TrackKind.Audio] as const).map((kind) => {
      const format = formats[kind.toLowerCase()];
      const kept = isDictionary(format)
        ? elementsOf(format)
        : kind === TrackKind.Video
          ? this.#format(tracks, rate)
          : [];
      return xml(kind.toLowerCase(), {}, [
        ...kept,
        ...written.filter(({ track }) => track.kind === kind).map(({ element }) => element.track),
      ]);
    });
    if (top) {
      leaveOut(stack, this.#losses, KEPT);
      if (!stack.enabled) this.#losses.add('That the timeline is disabled is left out.');
    }
    return xml('sequence', { ...attributesOf(own, ['id']), id }, [
      text('name', name),
      text('duration', duration),
      rateElement(rate),
      timecode ?? undefined,
      xml('media', {}, media),
      ...markerElements(stack.markers, 0, rate, this.#losses),
      ...elementsOf(own, ['media', 'timecode', 'rate']),
    ]);
  }

  #isTrack(one: unknown): one is Track {
    const known = one instanceof Track && (one.kind === TrackKind.Video || one.kind === TrackKind.Audio);
    if (!known) this.#losses.add('What is no video or audio track is left out of its sequence.');
    return known;
  }

  /** The picture's format, from the first medium that has bounds. */
  #format(tracks: readonly Track[], rate: number): XmlElement[] {
    const clips = tracks.flatMap(({ children }) => children.filter((one) => one instanceof Clip));
    const bounds = clips
      .map(({ mediaReference }) =>
        mediaReference instanceof MediaReference ? mediaReference.availableImageBounds : null,
      )
      .find((one) => one !== null);
    const { min, max } = bounds ?? new Box2d();
    const [width, height] = [Math.round(max.x - min.x), Math.round(max.y - min.y)];
    // Bounds are often in units of their own, a height of 1 or so: such say nothing of pixels.
    if (width < 16 || height < 16) return [];
    return [
      xml('format', {}, [
        xml('samplecharacteristics', {}, [rateElement(rate), text('width', width), text('height', height)]),
      ]),
    ];
  }

  /** `whole`: what it shows of itself is said where it lies. */
  #track(
    track: Track,
    whole: boolean,
    stack: Composition | null,
    rate: number,
  ): { readonly track: XmlElement; readonly length: number } {
    const { items, transitions } = whole
      ? layOut(track.children, rate, this.#losses)
      : layOutTrack(track, stack, rate, this.#losses);
    if (!whole) {
      leaveOut(track, this.#losses, KEPT);
      if (track.markers.length > 0) this.#losses.add('Markers on a track are left out.');
    }
    const audio = track.kind === TrackKind.Audio;
    const kept = new Set(transitions.filter((one) => this.#fits(one)));
    const elements: XmlElement[] = [];
    for (const placed of items) {
      if (placed.head !== null && kept.has(placed.head)) elements.push(this.#transition(placed.head, rate, audio));
      if (!(placed.item instanceof Gap)) elements.push(this.#clip(placed, kept, rate, audio));
      else {
        leaveOut(placed.item, this.#losses, KEPT);
        if (placed.item.markers.length > 0) this.#losses.add('Markers on a gap are left out.');
      }
    }
    const last = items.at(-1)?.tail;
    if (last && kept.has(last)) elements.push(this.#transition(last, rate, audio));
    if (items.at(-1)?.item instanceof Gap) this.#losses.add('A gap at the end of a track is left out.');
    const own = ownOf(track.metadata);
    const name = track.name === '' ? {} : { 'MZ.TrackName': track.name };
    const attributes = { ...attributesOf(own, ['MZ.TrackName']), ...name };
    const end = items.at(-1);
    return {
      length: end === undefined ? 0 : end.start + end.duration,
      track: xml('track', attributes, [...elements, text('enabled', flag(track.enabled)), ...elementsOf(own)]),
    };
  }

  #fits({ cut, inOffset }: PlacedTransition): boolean {
    if (cut >= inOffset) return true;
    this.#losses.add('A transition that starts before its track is left out.');
    return false;
  }

  #transition(over: PlacedTransition, rate: number, audio: boolean): XmlElement {
    const { transition, cut, inOffset, outOffset } = over;
    leaveOut(transition, this.#losses, KEPT);
    const isDark = (placed: Placed | null): boolean => placed === null || placed.item instanceof Gap;
    const fromBlack = isDark(over.before);
    const toBlack = isDark(over.after);
    const alignment =
      inOffset === 0
        ? fromBlack
          ? 'start-black'
          : 'start'
        : outOffset === 0
          ? toBlack
            ? 'end-black'
            : 'end'
          : 'center';
    let effect = transitionEffect(transition, audio);
    if (effect === null) {
      this.#losses.add(`A transition of the type '${transition.transitionType}' is written as a dissolve.`);
      effect = transitionEffect(Object.assign(transition.clone(), { transitionType: 'SMPTE_Dissolve' }), audio)!;
    }
    const { num, den } = rationalRate(rate);
    return xml('transitionitem', {}, [
      text('start', cut - inOffset),
      text('end', cut + outOffset),
      text('alignment', alignment),
      text('cutPointTicks', Math.round((inOffset * TICKS_PER_SECOND * den) / num)),
      rateElement(rate),
      effect,
      ...elementsOf(ownOf(transition.metadata), ['effect']),
    ]);
  }

  #clip(
    { item, start, duration, head, tail }: Placed,
    kept: ReadonlySet<PlacedTransition>,
    rate: number,
    audio: boolean,
  ): XmlElement {
    const used = usedRange(item);
    const own = exact(used.startTime.rate > 1 ? used.startTime.rate : rate);
    const { speed, others } = speedAndOthers(item);
    const under = head && kept.has(head) ? head.inOffset : 0;
    const beyond = tail && kept.has(tail) ? tail.outOffset : 0;
    const origin = originOf(item, own);
    const inOwn = (count: number): number => (count * own) / rate;
    const first = frames(used.startTime, own, this.#losses) - origin - Math.round(inOwn(under * speed));
    const length = Math.round(inOwn(under + duration + beyond));
    const filters = [speed === 1 ? null : speedFilter(speed, audio ? 'audio' : 'video'), ...others.map(keptFilter)];
    const metadata = ownOf(item.metadata);
    if (metadata.link !== undefined) this.#losses.add('A link between clips is left out.');
    leaveOut(item, this.#losses, KEPT);
    const generator =
      item instanceof Clip && item.mediaReference instanceof GeneratorReference ? item.mediaReference : null;
    return xml(
      generator ? 'generatoritem' : 'clipitem',
      { ...attributesOf(metadata, ['id']), id: `clipitem-${++this.#clips}` },
      [
        text('name', item.name),
        text('enabled', flag(item.enabled)),
        text('duration', Math.max(length, item instanceof Clip ? mediaLength(item, own) : 0)),
        rateElement(own),
        text('start', head && kept.has(head) ? -1 : start),
        text('end', tail && kept.has(tail) ? -1 : start + duration),
        text('in', first),
        text('out', first + length),
        generator ? generatorElement(generator) : this.#content(item, rate, audio),
        ...filters.filter((one) => one !== null),
        ...markerElements(item instanceof Clip ? item.markers : [], origin, own, this.#losses),
        audio && metadata.sourcetrack === undefined
          ? xml('sourcetrack', {}, [text('mediatype', 'audio'), text('trackindex', 1)])
          : undefined,
        ...elementsOf(metadata, KNOWN_CLIP),
      ],
    );
  }

  /** A file, or a sequence inside. */
  #content(item: Item, rate: number, audio: boolean): XmlElement | undefined {
    if (item instanceof Track) this.#losses.add('A track inside a track is written as a sequence with one track.');
    if (item instanceof Composition) return this.sequence(item.name, item, rate, {}, null);
    if (!(item instanceof Clip)) return undefined;
    const media = item.mediaReference;
    if (media instanceof UnknownSchema || media === null) {
      this.#losses.add('A medium of an unknown kind is written as a missing one.');
      return this.#files.of(item, '', null, audio);
    }
    if (media instanceof ImageSequenceReference) this.#losses.add('An image sequence is written as its first image.');
    const url =
      media instanceof ExternalReference
        ? media.targetUrl
        : media instanceof ImageSequenceReference && media.numberOfImagesInSequence > 0
          ? media.targetUrlForImageNumber(0)
          : '';
    return this.#files.of(item, url, media, audio);
  }
}

const flag = (value: boolean): string => (value ? 'TRUE' : 'FALSE');
