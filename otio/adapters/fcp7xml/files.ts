// Media as FCP7 XML has them: a file is defined where it is used first and named by its id after that.
import { isDrivePath, isNetworkPath, urlFromFilepath, urlInStyle } from '../../media-urls.ts';
import { RationalTime, rationalRate } from '../../opentime/index.ts';
import { Clip, GeneratorReference, type Item, MediaReference } from '../../schema/index.ts';
import { frames } from '../layout.ts';
import type { Losses } from '../report.ts';
import { type XmlElement, xml } from '../xml.ts';
import { attributesOf, elementsOf, ownOf } from './metadata.ts';
import { rateElement, timecodeElement } from './time.ts';

const text = (name: string, value: string | number): XmlElement => xml(name, {}, [value]);

export class Files {
  readonly #losses: Losses;
  /** Ids by what defines a file. */
  readonly #ids = new Map<string, string>();

  constructor(losses: Losses) {
    this.#losses = losses;
  }

  /** The element of a clip's file: its definition, the first time. */
  of({ name: clipName }: Clip, url: string, media: MediaReference | null, audio: boolean): XmlElement {
    const range = media?.availableRange ?? null;
    const name = media?.name || decodedName(url) || clipName;
    const key = JSON.stringify([url, name, range && [range.startTime, range.duration]]);
    const known = this.#ids.get(key);
    if (known !== undefined) return xml('file', { id: known });
    const id = `file-${this.#ids.size + 1}`;
    this.#ids.set(key, id);
    const own = ownOf(media?.metadata ?? {});
    const rate = range && exact(range.startTime.rate > 1 ? range.startTime.rate : range.duration.rate);
    return xml('file', { ...attributesOf(own, ['id']), id }, [
      text('name', name),
      url === '' ? undefined : text('pathurl', pathurlOf(url)),
      ...(range && rate
        ? [
            rateElement(rate),
            text('duration', frames(range.duration, rate, this.#losses)),
            timecodeElement(frames(range.startTime, rate, this.#losses), rate),
          ]
        : []),
      own.media === undefined ? xml('media', {}, [xml(audio ? 'audio' : 'video')]) : undefined,
      ...elementsOf(own),
    ]);
  }
}

/** Absolute paths become URLs as the format wants them; URLs and relative paths stay as they are. */
function pathurlOf(url: string): string {
  if (isNetworkPath(url)) return urlFromFilepath(url);
  return isDrivePath(url) || url.startsWith('/')
    ? urlInStyle(url, { form: 'localhost', encoded: true, backslashes: false })
    : url;
}

/** The double that editors mean by a rate. */
export const exact = (rate: number): number => {
  const { num, den } = rationalRate(rate);
  return num / den;
};

/** The frame of a clip's own time that its file's frame 0 lies at. */
export function originOf(item: Item, rate: number): number {
  const media = item instanceof Clip ? item.mediaReference : null;
  const range = media instanceof MediaReference && !(media instanceof GeneratorReference) ? media.availableRange : null;
  return range === null
    ? 0
    : Math.round(new RationalTime(range.startTime.value, exact(range.startTime.rate)).valueRescaledTo(rate));
}

/** Frames of a clip's medium; 0 where it is not known. */
export function mediaLength({ mediaReference: media }: Clip, rate: number): number {
  return media instanceof MediaReference && media.availableRange !== null
    ? Math.round(media.availableRange.duration.valueRescaledTo(rate))
    : 0;
}

function decodedName(url: string): string {
  const name = url.split(/[\\/]/).at(-1)!;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The effect of a `<generatoritem>`. */
export function generatorElement({ name, generatorKind, parameters, metadata }: GeneratorReference): XmlElement {
  const given = Object.keys(parameters).map((id) =>
    xml('parameter', {}, [text('parameterid', id), text('name', id), text('value', String(parameters[id]))]),
  );
  const own = ownOf(metadata);
  return xml('effect', attributesOf(own), [
    text('name', name),
    text('effectid', generatorKind),
    own.effecttype === undefined ? text('effecttype', 'generator') : undefined,
    ...elementsOf(own),
    ...given,
  ]);
}
