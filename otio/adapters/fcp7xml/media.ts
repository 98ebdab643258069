// Media of FCP7 XML: files, generators, and the formats of a sequence.
import { RationalTime, TimeRange } from '../../opentime/index.ts';
import {
  type Dictionary,
  dictionary,
  ExternalReference,
  GeneratorReference,
  type MediaReference,
  MissingReference,
} from '../../schema/index.ts';
import type { Problems } from '../report.ts';
import { child, children, textOf, type XmlElement } from '../xml.ts';
import { metadataOf, ownOf } from './metadata.ts';
import { numberIn, rateIn, timecodeIn } from './time.ts';

/** Where a clip's `in` counts from, and what there is. */
export interface Medium {
  readonly reference: MediaReference;
  readonly start: RationalTime;
}

/** The medium of a `<file>`. */
export function mediumOf(file: XmlElement, inherited: number, problems: Problems): Medium {
  const rate = rateIn(file, inherited, problems);
  const start = timecodeIn(file, rate, problems) ?? new RationalTime(0, rate);
  const duration = numberIn(child(file, 'duration'), problems);
  const targetUrl = textOf(child(file, 'pathurl')).trim();
  const common = {
    name: textOf(child(file, 'name')),
    availableRange: duration === null ? null : new TimeRange(start, new RationalTime(duration, rate)),
    metadata: metadataOf(file, ['name', 'pathurl', 'duration', 'rate', 'timecode']),
  };
  return {
    start,
    reference: targetUrl === '' ? new MissingReference(common) : new ExternalReference({ ...common, targetUrl }),
  };
}

/** The generator of a `<generatoritem>`. */
export function generatorOf(item: XmlElement): GeneratorReference {
  const effect = child(item, 'effect');
  const parameters = dictionary();
  for (const one of effect ? children(effect, 'parameter') : []) {
    const [id, value] = [textOf(child(one, 'parameterid')).trim(), child(one, 'value')];
    if (id !== '' && value !== undefined) parameters[id] = textOf(value);
  }
  return new GeneratorReference({
    name: textOf(effect && child(effect, 'name')),
    generatorKind: textOf(effect && child(effect, 'effectid')),
    parameters,
    metadata: effect ? metadataOf(effect, ['name', 'effectid', 'parameter']) : {},
  });
}

/** What of `media` is beside the tracks: formats and outputs. */
export function formatsOf(sequence: XmlElement): Dictionary {
  const media = child(sequence, 'media');
  const kept = dictionary();
  for (const kind of media ? children(media) : []) {
    const own = ownOf(metadataOf(kind, ['track']));
    if (Object.keys(own).length > 0) kept[kind.name] = own;
  }
  return Object.keys(kept).length > 0 ? { media: kept } : {};
}
