// What of an element has no place in a timeline: kept as a dictionary under `metadata.fcp_xml`, and put back when it is written again.
import { type AnyValue, type Dictionary, dictionary } from '../../schema/index.ts';
import { isDictionary } from '../../schema/value.ts';
import { children, textOf, type XmlElement, xml } from '../xml.ts';

export const KEY = 'fcp_xml';

/** Attributes as `@name`, elements by name (lists where a name comes again), text beside them as `#text`; text alone as it is. */
function keptValue(element: XmlElement): AnyValue {
  const inside = children(element);
  const names = Object.keys(element.attributes);
  const text = textOf(element);
  if (inside.length === 0 && names.length === 0) return text;
  const value = dictionaryOf(inside);
  for (const name of names) value[`@${name}`] = element.attributes[name]!;
  if (text.trim() !== '') value['#text'] = text;
  return value;
}

function dictionaryOf(elements: readonly XmlElement[]): Dictionary {
  const value = dictionary();
  const lists = new Map<string, AnyValue[]>();
  for (const element of elements) {
    const list = lists.get(element.name) ?? [];
    list.push(keptValue(element));
    lists.set(element.name, list);
  }
  for (const [name, list] of lists) value[name] = list.length === 1 ? list[0]! : list;
  return value;
}

/** The metadata of an element: its attributes, and its children but those named in `known`. */
export function metadataOf(element: XmlElement, known: readonly string[], more: Dictionary = {}): Dictionary {
  const own = dictionaryOf(children(element).filter(({ name }) => !known.includes(name)));
  for (const name of Object.keys(element.attributes)) own[`@${name}`] = element.attributes[name]!;
  Object.assign(own, more);
  const metadata = dictionary();
  if (Object.keys(own).length > 0) metadata[KEY] = own;
  return metadata;
}

/** The dictionary under `metadata.fcp_xml`; an empty one where there is none. */
export function ownOf(metadata: Dictionary): Dictionary {
  const own = metadata[KEY];
  return isDictionary(own) ? own : dictionary();
}

const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** The elements of a dictionary but those in `known`. What is no text, dictionary or list of them is passed over. */
export function elementsOf(value: Dictionary, known: readonly string[] = []): XmlElement[] {
  const names = Object.keys(value).filter((name) => NAME.test(name) && !known.includes(name));
  return names.flatMap((name) => {
    const one = value[name]!;
    return (Array.isArray(one) ? (one as AnyValue[]) : [one])
      .map((each) => elementOf(name, each))
      .filter((each) => each !== null);
  });
}

function elementOf(name: string, value: AnyValue): XmlElement | null {
  if (typeof value === 'string') return xml(name, {}, value === '' ? [] : [value]);
  if (!isDictionary(value)) return null;
  const text = typeof value['#text'] === 'string' ? [value['#text']] : [];
  return xml(name, attributesOf(value), [...text, ...elementsOf(value)]);
}

/** The attributes in a dictionary but those in `known`. */
export function attributesOf(value: Dictionary, known: readonly string[] = []): { [name: string]: string } {
  const attributes: { [name: string]: string } = {};
  for (const key of Object.keys(value)) {
    const [one, name] = [value[key], key.slice(1)];
    if (key.startsWith('@') && NAME.test(name) && !known.includes(name) && typeof one === 'string')
      attributes[name] = one;
  }
  return attributes;
}
