// The resources of an FCPXML document by their ids: formats, assets, effects and media.
import { type ExactRate, rationalRate } from '../../opentime/index.ts';
import type { Problems } from '../report.ts';
import { child, children, type XmlElement } from '../xml.ts';
import { Seconds } from './seconds.ts';

/** A file that clips use. */
export interface Asset {
  readonly name: string;
  readonly url: string;
  readonly start: Seconds;
  readonly duration: Seconds | null;
  readonly rate: ExactRate | null;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}

export class Resources {
  readonly #byId = new Map<string, XmlElement>();
  readonly #problems: Problems;

  constructor(root: XmlElement, problems: Problems) {
    this.#problems = problems;
    for (const group of children(root, 'resources'))
      for (const one of children(group)) if (one.attributes.id !== undefined) this.#byId.set(one.attributes.id, one);
  }

  /** The resource that an element refers to, if it is one of the kind. */
  find(id: string | undefined, kind: 'asset' | 'effect' | 'format' | 'media'): XmlElement | null {
    const found = id === undefined ? undefined : this.#byId.get(id);
    return found?.name === kind ? found : null;
  }

  /** Frames a second of a format; null where it does not say. */
  rateOf(id: string | undefined): ExactRate | null {
    const format = this.find(id, 'format');
    const duration = format && this.time(format, 'frameDuration');
    if (!duration || duration.num <= 0n) return null;
    const rate = Number(duration.den) / Number(duration.num);
    return rate <= 1e12 ? rationalRate(rate) : null;
  }

  /** The asset that an element refers to. */
  asset(element: XmlElement): Asset | null {
    const asset = this.find(element.attributes.ref, 'asset');
    if (asset === null) return null;
    const { name = '', src, hasVideo, hasAudio, format } = asset.attributes;
    const representations = children(asset, 'media-rep');
    const original = representations.find(({ attributes }) => attributes.kind !== 'proxy-media') ?? representations[0];
    return {
      name,
      url: original?.attributes.src ?? src ?? '',
      start: this.time(asset, 'start') ?? Seconds.zero,
      duration: this.time(asset, 'duration'),
      rate: this.rateOf(format),
      hasVideo: hasVideo === '1' || (hasVideo === undefined && hasAudio !== '1'),
      hasAudio: hasAudio === '1',
    };
  }

  /** A time of an element; null where it has none, or none that can be read. */
  time(element: XmlElement, attribute: string): Seconds | null {
    const text = element.attributes[attribute];
    if (text === undefined) return null;
    const time = Seconds.parse(text);
    if (time === null)
      this.#problems.add(
        'FORMAT_UNSUPPORTED',
        `"${text}" is not a time.`,
        'It is taken as if it were not there.',
        element.line,
      );
    return time;
  }

  /** What a sequence is made of, for a reference to it; null where there is none. */
  sequence(id: string | undefined): XmlElement | null {
    const media = this.find(id, 'media');
    return (media && (child(media, 'sequence') ?? child(media, 'multicam'))) ?? null;
  }
}
