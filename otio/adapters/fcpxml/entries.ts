// The elements of a story: clips, compound clips and gaps, each with its own clock, to which others can be connected.
import type { ExactRate } from '../../opentime/index.ts';
import {
  Clip,
  Composition,
  Gap,
  type Item,
  Marker,
  Stack,
  type Timeline,
  Track,
  type Transition,
} from '../../schema/index.ts';
import { isDictionary } from '../../schema/value.ts';
import { frames, isRetime, type Placed, speedAndOthers, usedRange } from '../layout.ts';
import { type Kept, leaveOut } from '../left-out.ts';
import type { Losses } from '../report.ts';
import { type XmlElement, xml } from '../xml.ts';
import type { Assets } from './assets.ts';
import { Seconds } from './seconds.ts';
import { retimed } from './time-map.ts';
import { KEY, stateOf } from './words.ts';

export interface Lane {
  readonly kind: 'Video' | 'Audio';
  /** 0 is the primary storyline. */
  readonly number: number;
  readonly role: string;
  readonly enabled: boolean;
}

/** Frames `[at, end)` of a sequence. */
export interface Entry {
  readonly at: number;
  readonly end: number;
  /** Its own time where it starts. */
  readonly local: Seconds;
  /** To be filled before it is built. */
  readonly connected: XmlElement[];
  readonly markers: XmlElement[];
  build(place: { readonly lane?: number; readonly offset: string }): XmlElement;
}

/** Retimes of clips, and what reading makes of a clip or a timeline. */
const KEPT: Kept = {
  metadata: (one) => (one instanceof Clip || one instanceof Composition || 'tracks' in one ? [KEY] : []),
  effect: (effect, item) => isRetime(effect) && item instanceof Clip,
  name: (one) => one instanceof Stack && one.parent !== null,
  imageBounds: false,
};

/** A word that reading has kept in the metadata. */
export function own({ metadata }: Item | Timeline, key: string): string | undefined {
  const kept = metadata[KEY];
  const word = isDictionary(kept) ? kept[key] : undefined;
  return typeof word === 'string' ? word : undefined;
}

export class Entries {
  readonly #rate: ExactRate;
  readonly #fps: number;
  readonly #assets: Assets;
  readonly #losses: Losses;
  readonly #midFrameStarts: boolean;
  readonly #compound: (composition: Composition) => string;

  constructor(
    rate: ExactRate,
    assets: Assets,
    losses: Losses,
    midFrameStarts: boolean,
    compound: (composition: Composition) => string,
  ) {
    this.#rate = rate;
    this.#fps = rate.num / rate.den;
    this.#assets = assets;
    this.#losses = losses;
    this.#midFrameStarts = midFrameStarts;
    this.#compound = compound;
  }

  gap(at: number, end: number): Entry {
    return this.#made('gap', at, end, Seconds.zero, { name: 'Gap' }, []);
  }

  /** Null for what FCPXML has no element for. */
  entry(placed: Placed, lane: Lane): Entry | null {
    const { item, start: at, duration } = placed;
    this.leaveOut(item);
    if (item instanceof Clip) return this.#clip(item, at, duration, lane);
    if (item instanceof Stack || item instanceof Track) return this.#nested(item, at, duration, lane);
    const gap = this.gap(at, at + duration);
    for (const marker of this.markersIn(item.markers))
      gap.markers.push(this.marker(marker, this.timeOf(marker).minus(Seconds.ofTime(usedRange(item).startTime))));
    return gap;
  }

  #clip(clip: Clip, at: number, duration: number, lane: Lane): Entry | null {
    const asset = this.#assets.of(clip);
    if (asset === null) {
      this.#losses.add(`A clip with a ${clip.mediaReference?.schemaName ?? 'missing reference'} is written as a gap.`);
      return null;
    }
    const frame = Seconds.ofFrames(1, asset.rate);
    const { startTime } = usedRange(clip);
    const first = Seconds.ofTime(startTime);
    if (Math.abs(startTime.value - Math.round(startTime.value)) > 0.1)
      this.#losses.add('A clip that starts between frames of its media starts on the nearest.');
    const { speed } = speedAndOthers(clip);
    const length = Seconds.ofFrames(duration, this.#rate);
    const retime = speed === 1 ? null : retimed(speed, first, length, asset, frame, this.#rate);
    const local = retime?.start ?? (this.#midFrameStarts ? first.plus(frame.over(new Seconds(2n))) : first);
    const audio = lane.kind === 'Audio';
    const role = lane.role || own(clip, audio ? 'audioRole' : 'videoRole');
    const attributes = {
      ref: asset.id,
      name: clip.name,
      enabled: clip.enabled && lane.enabled ? undefined : 0,
      srcEnable: asset.hasVideo && asset.hasAudio ? lane.kind.toLowerCase() : undefined,
      tcFormat: own(clip, 'tcFormat'),
      audioRole: audio ? role : undefined,
      videoRole: audio ? undefined : role,
    };
    const note = own(clip, 'note');
    const made = this.#made('asset-clip', at, at + duration, local, attributes, [
      note === undefined ? undefined : xml('note', {}, [note]),
      retime?.timeMap,
    ]);
    for (const marker of this.markersIn(clip.markers)) {
      const time = this.timeOf(marker);
      made.markers.push(this.marker(marker, retime ? retime.localAt(time) : time));
    }
    return made;
  }

  #nested(item: Stack | Track, at: number, duration: number, lane: Lane): Entry {
    const attributes = {
      ref: this.#compound(item),
      name: item.name,
      enabled: item.enabled && lane.enabled ? undefined : 0,
      srcEnable: lane.kind === 'Audio' ? 'audio' : undefined,
    };
    const local = Seconds.ofFrames(frames(usedRange(item).startTime, this.#fps, this.#losses), this.#rate);
    const made = this.#made('ref-clip', at, at + duration, local, attributes, []);
    for (const marker of this.markersIn(item.markers)) made.markers.push(this.marker(marker, this.timeOf(marker)));
    return made;
  }

  #made(
    name: string,
    at: number,
    end: number,
    local: Seconds,
    attributes: Parameters<typeof xml>[1] & object,
    first: (XmlElement | undefined)[],
  ): Entry {
    const connected: XmlElement[] = [];
    const markers: XmlElement[] = [];
    const duration = Seconds.ofFrames(end - at, this.#rate).text(this.#rate);
    const { ref, name: title, ...rest } = attributes;
    return {
      at,
      end,
      local,
      connected,
      markers,
      build: ({ lane, offset }) =>
        xml(name, { ref, lane, offset, name: title, start: local.text(this.#rate), duration, ...rest }, [
          ...first,
          ...connected,
          ...markers,
        ]),
    };
  }

  markersIn(list: readonly unknown[]): Marker[] {
    return list.filter((one) => one instanceof Marker);
  }

  timeOf({ markedRange }: Marker): Seconds {
    return Seconds.ofTime(markedRange.startTime);
  }

  /** A marker at a time of the element that it is put into. */
  marker(marker: Marker, at: Seconds): XmlElement {
    const { color, element, completed } = stateOf(marker);
    if (color !== marker.color.toUpperCase())
      this.#losses.add(`A marker is blue, not ${marker.color || 'without colour'}.`);
    const length = Seconds.ofTime(marker.markedRange.duration);
    const duration = length.num > 0n ? length.text(this.#rate) : undefined;
    return xml(element, {
      start: at.text(this.#rate),
      duration,
      value: marker.name,
      completed,
      note: marker.comment || undefined,
    });
  }

  /** Counts what of an item, a transition or the timeline is lost. */
  leaveOut(one: Item | Timeline | Transition): void {
    leaveOut(one, this.#losses, KEPT);
    if (one instanceof Gap && !one.enabled) this.#losses.add('That a gap is disabled is left out.');
  }
}
