// The resources of an FCPXML document that is written: what the clips of a timeline use, each once.

import { urlFromFilepath } from '../../media-urls.ts';
import { type ExactRate, rationalRate } from '../../opentime/index.ts';
import {
  Clip,
  Composition,
  ExternalReference,
  type Item,
  MissingReference,
  type Timeline,
  Track,
  TrackKind,
} from '../../schema/index.ts';
import { usedRange } from '../layout.ts';
import { type XmlElement, xml } from '../xml.ts';
import { Seconds } from './seconds.ts';
import { CROSS_DISSOLVE, CROSS_FADE, MISSING } from './words.ts';

/** Above this a rate counts samples or ticks, not frames. */
const HIGHEST_FRAME_RATE = 1000;

/** A file that clips use: all of it, as far as they say, else what they use. */
export interface UsedAsset {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly rate: ExactRate;
  start: Seconds;
  end: Seconds;
  hasVideo: boolean;
  hasAudio: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export class Assets {
  readonly #rate: ExactRate;
  readonly #size: Size;
  readonly #formats = new Map<string, XmlElement>();
  readonly #assets = new Map<string, UsedAsset>();
  readonly #effects = new Map<string, XmlElement>();
  readonly #media: XmlElement[] = [];
  #count = 0;

  constructor(timeline: Timeline, rate: ExactRate, size: Size) {
    this.#rate = rate;
    this.#size = size;
    this.format(rate);
    if (timeline.tracks) this.#gather(timeline.tracks, false);
  }

  /** The asset of a clip; null for a clip without a file. */
  of(clip: Clip): UsedAsset | null {
    const key = this.#keyOf(clip);
    return key === null ? null : (this.#assets.get(key) ?? null);
  }

  /** Id of the format with a rate. */
  format(rate: ExactRate): string {
    const key = `${rate.num}/${rate.den}`;
    const known = this.#formats.get(key);
    if (known) return known.attributes.id!;
    const { width, height } = this.#size;
    const format = xml('format', {
      id: this.#id(),
      name: nameOf(rate, this.#size),
      frameDuration: Seconds.ofFrames(1, rate).text(rate),
      width,
      height,
    });
    this.#formats.set(key, format);
    return format.attributes.id!;
  }

  /** Id of the effect of a cross dissolve. */
  dissolve(audio: boolean): string {
    const { name, uid } = audio ? CROSS_FADE : CROSS_DISSOLVE;
    const known = this.#effects.get(uid);
    if (known) return known.attributes.id!;
    const effect = xml('effect', { id: this.#id(), name, uid });
    this.#effects.set(uid, effect);
    return effect.attributes.id!;
  }

  /** A compound clip; gives its id. */
  addMedia(name: string, sequence: XmlElement): string {
    const id = this.#id();
    this.#media.push(xml('media', { id, name }, [sequence]));
    return id;
  }

  elements(): XmlElement[] {
    const assets = [...this.#assets.values()].map(({ id, name, url, start, end, rate, hasVideo, hasAudio }) => {
      const format = hasVideo ? this.format(rate) : undefined;
      const sound = hasAudio ? { hasAudio: 1, audioSources: 1, audioChannels: 2, audioRate: 48000 } : {};
      const length = { start: start.text(rate), duration: end.minus(start).text(rate) };
      const picture = hasVideo ? { hasVideo: 1, format } : {};
      return xml('asset', { id, name, ...length, ...picture, ...sound }, [
        xml('media-rep', { kind: 'original-media', src: url }),
      ]);
    });
    return [...this.#formats.values(), ...assets, ...this.#effects.values(), ...this.#media];
  }

  #gather(item: Item, audio: boolean): void {
    if (item instanceof Composition) {
      const sound = item instanceof Track ? item.kind === TrackKind.Audio : audio;
      for (const child of item.children)
        if (child instanceof Clip || child instanceof Composition) this.#gather(child, sound);
    }
    const key = item instanceof Clip ? this.#keyOf(item) : null;
    if (key === null || !(item instanceof Clip)) return;
    const media = item.mediaReference as ExternalReference | MissingReference;
    const range = media.availableRange ?? usedRange(item);
    const start = Seconds.ofTime(range.startTime);
    const end = start.plus(Seconds.ofTime(range.duration));
    const known = this.#assets.get(key);
    const asset: UsedAsset = known ?? {
      id: this.#id(),
      name: media.name || item.name,
      url: urlOf(media, item),
      rate: this.#mediaRate(range.duration.rate),
      start,
      end,
      hasVideo: false,
      hasAudio: false,
    };
    if (start.compare(asset.start) < 0) asset.start = start;
    if (end.compare(asset.end) > 0) asset.end = end;
    if (audio) asset.hasAudio = true;
    else asset.hasVideo = true;
    this.#assets.set(key, asset);
  }

  /** Clips of one file share an asset where they agree about what there is of it. */
  #keyOf(clip: Clip): string | null {
    const media = clip.mediaReference;
    if (!(media instanceof ExternalReference) && !(media instanceof MissingReference)) return null;
    const range = media.availableRange;
    const there = range ? `${Seconds.ofTime(range.startTime).value} ${Seconds.ofTime(range.duration).value}` : '';
    return `${there}\n${urlOf(media, clip)}`;
  }

  #mediaRate(rate: number): ExactRate {
    return rate > 1 && rate <= HIGHEST_FRAME_RATE ? rationalRate(rate) : this.#rate;
  }

  #id(): string {
    return `r${++this.#count}`;
  }
}

/** FCPXML has URLs only. */
function urlOf(media: ExternalReference | MissingReference, { name }: Clip): string {
  if (media instanceof MissingReference || media.targetUrl === '')
    return `${MISSING}${encodeURIComponent(media.name || name)}`;
  return /^[a-z][a-z0-9+.-]+:/i.test(media.targetUrl) ? media.targetUrl : urlFromFilepath(media.targetUrl);
}

const USUAL_RATES: { readonly [rate: string]: string } = {
  '24000/1001': '2398',
  '24/1': '24',
  '25/1': '25',
  '30000/1001': '2997',
  '30/1': '30',
  '50/1': '50',
  '60000/1001': '5994',
  '60/1': '60',
};
const USUAL_SIZES: { readonly [size: string]: string } = {
  '1280x720': '720',
  '1920x1080': '1080',
  '3840x2160': '3840x2160',
};

/** Final Cut knows the usual formats by name. */
function nameOf({ num, den }: ExactRate, { width, height }: Size): string | undefined {
  const [size, rate] = [USUAL_SIZES[`${width}x${height}`], USUAL_RATES[`${num}/${den}`]];
  return size && rate && `FFVideoFormat${size}p${rate}`;
}
