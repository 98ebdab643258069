// A timeline as layers that `melt` renders frame by frame: a black bottom, each track a playlist over it, dissolves and nested stacks as tractors.
import { Clip, type Composition, Gap, type Item, Stack, Track } from '../../schema/index.ts';
import { frames, layOut, type Placed, type PlacedTransition, usedRange } from '../layout.ts';
import type { Losses } from '../report.ts';
import { type XmlElement, xml } from '../xml.ts';
import { type Kind, Media } from './media.ts';
import { blank, entry, filter, transition } from './parts.ts';

/** A playlist or tractor of so many frames. */
interface Layer {
  readonly id: string;
  readonly length: number;
  readonly kind: Kind;
}

export class Layers {
  /** Each after those it names. */
  readonly elements: XmlElement[] = [];
  readonly #rate: number;
  readonly #losses: Losses;
  readonly #media: Media;
  readonly #nested = { Video: new Map<Item, Layer | null>(), Audio: new Map<Item, Layer | null>() };
  #count = 0;

  constructor(rate: number, losses: Losses) {
    this.#rate = rate;
    this.#losses = losses;
    this.#media = new Media(this.elements, rate, losses);
  }

  /** All of a timeline, at least one frame; gives the id of what is to be played. */
  addTimeline(stack: Stack): string {
    const layers = [...this.#layersIn(stack, 'Video'), ...this.#layersIn(stack, 'Audio')];
    const length = Math.max(1, ...layers.map((layer) => layer.length));
    const whole = this.#merge(layers, length, 'black');
    if (stack.sourceRange === null) return whole;
    const [start, count] = this.#cut(stack, length);
    return this.#playlist([entry(whole, start, Math.max(1, count))]);
  }

  /** The tracks of a kind; what else lies in a stack is a video track of its own. */
  #layersIn(composition: Composition, kind: Kind): Layer[] {
    const layers: Layer[] = [];
    for (const child of composition instanceof Track ? [composition] : composition.children) {
      if (!(child instanceof Track)) {
        if (kind === 'Video') layers.push(this.#sequence([child], kind));
      } else if (child.kind === kind && child.enabled) layers.push(this.#track(child, kind));
    }
    return layers.filter(({ length }) => length > 0);
  }

  #track(track: Track, kind: Kind): Layer {
    const whole = this.#sequence(track.children, kind);
    if (track.sourceRange === null || whole.length === 0) return whole;
    const [start, length] = this.#cut(track, whole.length);
    return { ...whole, length, id: length > 0 ? this.#playlist([entry(whole.id, start, length)]) : whole.id };
  }

  /** First frame and number of frames of a trimmed composition that is `length` frames long. */
  #cut(composition: Composition, length: number): [start: number, count: number] {
    const { startTime, duration } = usedRange(composition);
    const start = Math.max(0, frames(startTime, this.#rate, this.#losses));
    return [start, Math.max(0, Math.min(frames(duration, this.#rate, this.#losses), length - start))];
  }

  #sequence(children: Composition['children'], kind: Kind): Layer {
    const { items } = layOut(children, this.#rate, this.#losses);
    const lane = `lane ${this.#count++}`;
    const [first] = items;
    const head = this.#dissolvable(first?.head ?? null, undefined, first);
    const tails = items.map((placed, i) => this.#dissolvable(placed.tail, placed, items[i + 1]));
    const entries = head ? this.#dissolve(head, undefined, first, kind, lane) : [];
    let end = 0;
    let covered = head?.outOffset ?? 0; // frames of the next item that a dissolve has shown already
    for (const [i, placed] of items.entries()) {
      entries.push(...blank(placed.start - end)); // an object of an unknown schema
      const tail = tails[i] ?? null;
      const count = placed.duration - covered - (tail?.inOffset ?? 0);
      if (count > 0) entries.push(...this.#show(placed, covered, count, kind, lane));
      if (tail) entries.push(...this.#dissolve(tail, placed, items[i + 1], kind, lane));
      covered = tail?.outOffset ?? 0;
      end = placed.start + placed.duration;
    }
    return { id: this.#playlist(entries), length: end, kind };
  }

  /** The transition, if its neighbours have room for it. */
  #dissolvable(
    of: PlacedTransition | null,
    before: Placed | undefined,
    after: Placed | undefined,
  ): PlacedTransition | null {
    if (of === null) return null;
    const roomBefore = before ? before.duration - (before.head?.outOffset ?? 0) : 0;
    const roomAfter = after ? after.duration - (after.tail?.inOffset ?? 0) : 0;
    if (of.inOffset <= roomBefore && of.outOffset <= roomAfter) return of;
    this.#losses.add('A transition that is longer than what lies beside it is written as a cut.');
    return null;
  }

  /** Both sides mixed, over in + out frames; a side alone, where the other shows nothing, fades. */
  #dissolve(
    of: PlacedTransition,
    before: Placed | undefined,
    after: Placed | undefined,
    kind: Kind,
    lane: string,
  ): XmlElement[] {
    const length = of.inOffset + of.outOffset;
    const { transitionType } = of.transition;
    if (transitionType !== 'SMPTE_Dissolve')
      this.#losses.add(`A transition of the type '${transitionType}' is written as a dissolve.`);
    const outgoing = this.#side(before, (before?.duration ?? 0) - of.inOffset, length, kind, lane);
    const incoming = this.#side(after, -of.inOffset, length, kind, `${lane} in`);
    const sides = [outgoing, incoming].filter((side) => side !== null);
    const [from, to] = outgoing === null ? [0, 1] : [1, 0];
    const mixed = {
      Video: () => transition('luma', 1, {}, length),
      Audio: () => transition('mix', 1, { start: -1 }, length),
    };
    const faded = {
      Video: () => filter('brightness', length, { level: 1, alpha: `0=${from};${length}=${to}` }),
      Audio: () => filter('volume', length, { gain: from, end: to }),
    };
    const how = sides.length === 2 ? [mixed[kind]()] : sides.length === 1 ? [faded[kind]()] : [];
    if (sides.length === 0) return blank(length);
    return [entry(this.#tractor([...sides, ...how], length), 0, length)];
  }

  #side(placed: Placed | undefined, from: number, count: number, kind: Kind, lane: string): XmlElement | null {
    const entries = placed ? this.#show(placed, from, count, kind, lane) : [];
    return entries.every(({ name }) => name === 'blank') ? null : xml('track', { producer: this.#playlist(entries) });
  }

  /** Frames `[from, from + count)` of an item, which may go beyond its ends. */
  #show({ item, duration }: Placed, from: number, count: number, kind: Kind, lane: string): XmlElement[] {
    if (!item.enabled || item instanceof Gap) return blank(count);
    if (item instanceof Clip) return this.#media.show(item, duration, from, count, lane, kind) ?? blank(count);
    const layer = this.#inside(item, kind);
    const start = from + (item instanceof Stack ? frames(usedRange(item).startTime, this.#rate, this.#losses) : 0);
    const first = Math.max(start, 0);
    const end = Math.min(start + count, layer?.length ?? 0);
    if (layer === null || first >= end) return blank(count);
    return [...blank(first - start), entry(layer.id, first, end - first), ...blank(start + count - end)];
  }

  /** What a nested stack or track shows, on a clear ground; null for nothing. */
  #inside(item: Item, kind: Kind): Layer | null {
    const known = this.#nested[kind].get(item);
    if (known !== undefined) return known;
    const layers = item instanceof Stack || item instanceof Track ? this.#layersIn(item, kind) : [];
    const length = Math.max(0, ...layers.map((layer) => layer.length));
    const layer = length === 0 ? null : { id: this.#merge(layers, length, '#00000000'), length, kind };
    this.#nested[kind].set(item, layer);
    return layer;
  }

  /** One over the other, the first at the bottom. */
  #merge(layers: readonly Layer[], length: number, ground: string): string {
    const bottom = this.#playlist([entry(this.#media.colour(ground, length), 0, length)]);
    const tracks = layers.map(({ id, kind }) =>
      xml('track', { producer: id, hide: kind === 'Video' ? 'audio' : 'video' }),
    );
    const over = layers.map(({ kind }, i) =>
      kind === 'Video'
        ? transition('composite', i + 1, { always_active: 1, progressive: 1, halign: 'centre', valign: 'centre' })
        : transition('mix', i + 1, { always_active: 1, sum: 1 }),
    );
    return this.#tractor([xml('track', { producer: bottom }), ...tracks, ...over], length);
  }

  #playlist(entries: readonly XmlElement[]): string {
    const id = `playlist${this.#count++}`;
    this.elements.push(xml('playlist', { id }, entries));
    return id;
  }

  #tractor(inside: readonly XmlElement[], length: number): string {
    const id = `tractor${this.#count++}`;
    this.elements.push(xml('tractor', { id, in: 0, out: length - 1 }, inside));
    return id;
  }
}
