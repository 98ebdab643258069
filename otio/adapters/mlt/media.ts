// The media of clips as MLT producers, and the entries of a playlist that show just the frames a clip shows.
import { filepathCandidates } from '../../media-urls.ts';
import { type Clip, ExternalReference, ImageSequenceReference } from '../../schema/index.ts';
import type { Losses } from '../report.ts';
import type { XmlElement } from '../xml.ts';
import { covers, runsOf, type Shown, shownBy } from './frames.ts';
import { entry, held, type Properties, producer } from './parts.ts';

export type Kind = 'Video' | 'Audio';

/** Files that one run of frames is taken from: MLT decodes a producer well only from its start to its end. */
interface Source {
  readonly service: 'avformat' | 'pixbuf';
  readonly resource: string;
  readonly more: Properties;
  readonly shown: Shown;
}

export class Media {
  readonly #elements: XmlElement[];
  readonly #rate: number;
  readonly #losses: Losses;
  readonly #ids = new Map<string, string>();
  readonly #sources = new Map<Clip, Source | null>();

  /** Producers are put into `elements`. */
  constructor(elements: XmlElement[], rate: number, losses: Losses) {
    this.#elements = elements;
    this.#rate = rate;
    this.#losses = losses;
  }

  /** Frames `[from, from + count)` of a clip of `duration` frames, from a producer of the lane; null where there is nothing to show. */
  show(clip: Clip, duration: number, from: number, count: number, lane: string, kind: Kind): XmlElement[] | null {
    const source = this.#sourceOf(clip, duration);
    if (source === null) return null;
    const { service, resource, more, shown } = source;
    if (shown.available > 1 && !covers(shown, from, count))
      this.#losses.add('A clip needs frames that its media do not have: the first or last one is held.');
    const start = service === 'avformat' ? warpStart(shown, from, count, kind) : null;
    if (start !== null)
      return [entry(this.#producer(lane, 'timewarp', `${shown.speed}:${resource}`, {}), start, count)];
    const id = this.#producer(lane, service, resource, more);
    return runsOf(shown, from, count).map((run) =>
      run.times > 1 ? held(id, run.from, run.times) : entry(id, run.from, run.to - run.from + 1),
    );
  }

  /** A producer of one colour, `#aarrggbb` or a word. */
  colour(value: string, length: number): string {
    return this.#producer('ground', 'color', value, { length });
  }

  #sourceOf(clip: Clip, duration: number): Source | null {
    const known = this.#sources.get(clip);
    if (known !== undefined) return known;
    const source = this.#read(clip, duration);
    this.#sources.set(clip, source);
    return source;
  }

  #read(clip: Clip, duration: number): Source | null {
    const media = clip.mediaReference;
    if (media instanceof ExternalReference) {
      const path = this.#pathOf(media.targetUrl);
      if (path === null) return null;
      return {
        service: 'avformat',
        resource: path,
        more: {},
        shown: shownBy(clip, duration, this.#rate, this.#rate, this.#losses),
      };
    }
    if (media instanceof ImageSequenceReference && media.rate > 0 && media.frameStep > 0) {
      const path = this.#pathOf(media.targetUrlBase === '' ? './' : media.targetUrlBase.replace(/[\\/]?$/, '/'));
      if (path === null) return null;
      const digits = `%${media.frameZeroPadding > 0 ? `0${media.frameZeroPadding}` : ''}d`;
      const shown = shownBy(clip, duration, this.#rate, media.rate / media.frameStep, this.#losses);
      const length = Math.min(shown.available, 1e6);
      const resource = `${path}${media.namePrefix}${digits}${media.nameSuffix}?begin=${media.startFrame}`;
      return { service: 'pixbuf', resource, more: { length, ttl: 1 }, shown };
    }
    this.#losses.add(`A clip with a ${media?.schemaName ?? 'missing reference'} shows nothing.`);
    return null;
  }

  /** A path that no protocol of ffmpeg can be read from. */
  #pathOf(url: string): string | null {
    const [path] = filepathCandidates(url);
    if (path === undefined) this.#losses.add('A clip whose media are no local file shows nothing.');
    if (path === undefined) return null;
    return /^(?:[a-z]:)?[\\/]/i.test(path) || path.startsWith('./') ? path : `./${path}`;
  }

  #producer(lane: string, service: string, resource: string, more: Properties): string {
    const key = [lane, service, resource, more.length].join('\n');
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = `producer${this.#ids.size}`;
      this.#ids.set(key, id);
      this.#elements.push(producer(id, service, resource, more));
    }
    return id;
  }
}

/**
 * The frame of a `timewarp` producer from which on it shows just the frames that the clip shows; null where it would not. Measured with melt 7.12: whole
 * speeds are exact, but for a last frame that the length of the file may not count; fractions are rounded now up, now down. Those go frame by frame,
 * which only sound does not bear.
 */
function warpStart(shown: Shown, from: number, count: number, kind: Kind): number | null {
  const { first, speed, available } = shown;
  if (speed === 0 || speed === 1 || !covers(shown, from, count)) return null;
  if (speed < 0 && !Number.isFinite(available)) return null;
  const start = speed > 0 ? first / speed : (available - 1 - first) / -speed; // backwards it counts from the last frame
  if (kind === 'Audio') return Math.max(0, Math.round(start) + from);
  const exact =
    speed === -1 ||
    (speed > 0 && Number.isInteger(speed) && start + from + count <= Math.floor((available - 1) / speed));
  return exact && Number.isInteger(start) ? start + from : null;
}
