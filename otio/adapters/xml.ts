// XML for the adapters: a small tree that knows its lines, its finders, and a writer. No entity is known but XML's own five, so nothing expands.
import { SaxesParser } from 'saxes';
import { OtioError } from '../errors.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  /** Elements and text; white space between elements is left out. */
  readonly children: readonly (XmlElement | string)[];
  /** Of the text it was read from, from 1; 0 for an element that was made. */
  readonly line: number;
}

export interface XmlLimits {
  /** Most elements inside one another; 256 by default. */
  readonly maxDepth?: number;
  /** Most UTF-16 units of text; 2^28 by default. */
  readonly maxLength?: number;
}

interface OpenElement extends XmlElement {
  readonly children: (XmlElement | string)[];
}

const isBlank = (text: string): boolean => /^\s*$/.test(text);

/** The root element of a document. @throws OtioError FORMAT_UNSUPPORTED with the line, for what is no XML; LIMIT_EXCEEDED */
export function parseXml(text: string, { maxDepth = 256, maxLength = 2 ** 28 }: XmlLimits = {}): XmlElement {
  if (text.length > maxLength)
    throw new OtioError('LIMIT_EXCEEDED', `The XML is ${text.length} characters long; ${maxLength} are allowed.`);
  const parser = new SaxesParser({ position: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let line = 1;
  parser.on('error', ({ message }) => {
    const reason = message.replace(/^(\S*:)?\d+:\d+: /, '').replace(/\.$/, '');
    throw new OtioError('FORMAT_UNSUPPORTED', `This is no well-formed XML: ${reason}.`, { line: parser.line });
  });
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= maxDepth)
      throw new OtioError('LIMIT_EXCEEDED', `More than ${maxDepth} XML elements are inside one another.`, { line });
    const element: OpenElement = { name, attributes: attributes as Record<string, string>, children: [], line };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (piece: string): void => {
    open.at(-1)?.children.push(piece);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const { children } = open.pop()!;
    if (!children.some((one) => typeof one !== 'string')) return;
    const kept = children.filter((one) => typeof one !== 'string' || !isBlank(one));
    if (kept.length < children.length) children.splice(0, children.length, ...kept);
  });
  parser.write(text).close();
  return root!;
}

/** The first child element of a name. */
export const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((one): one is XmlElement => typeof one !== 'string' && one.name === name);

/** All child elements of a name; without one, all child elements. */
export const children = (element: XmlElement, name?: string): XmlElement[] =>
  element.children.filter(
    (one): one is XmlElement => typeof one !== 'string' && (name === undefined || one.name === name),
  );

/** The text directly in an element, as it stands; '' for no element. */
export const textOf = (element: XmlElement | undefined): string =>
  element?.children.filter((one) => typeof one === 'string').join('') ?? '';

type Written = string | number | bigint | boolean;

/** An element to write. Attributes and children that are undefined are left out. */
export function xml(
  name: string,
  attributes: { readonly [name: string]: Written | undefined } = {},
  children: readonly (XmlElement | Written | undefined)[] = [],
): XmlElement {
  const given: Record<string, string> = Object.create(null);
  for (const key of Object.keys(attributes)) if (attributes[key] !== undefined) given[key] = String(attributes[key]);
  const kept = children.filter((one) => one !== undefined);
  return {
    name,
    attributes: given,
    children: kept.map((one) => (typeof one === 'object' ? one : String(one))),
    line: 0,
  };
}

export interface WriteXmlOptions {
  /** What follows `<!DOCTYPE `: `xmeml`. */
  readonly doctype?: string;
}

/** A document, indented by two spaces, with a final newline. Characters that XML cannot hold become U+FFFD. */
export function writeXml(root: XmlElement, { doctype }: WriteXmlOptions = {}): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  if (doctype !== undefined) lines.push(`<!DOCTYPE ${doctype}>`);
  writeElement(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function writeElement({ name, attributes, children: inside }: XmlElement, indent: string, lines: string[]): void {
  const start = [name, ...Object.keys(attributes).map((key) => `${key}="${escaped(attributes[key]!)}"`)].join(' ');
  if (inside.length === 0) lines.push(`${indent}<${start}/>`);
  else if (inside.some((one) => typeof one === 'string')) lines.push(`${indent}<${start}>${inline(inside)}</${name}>`);
  else {
    lines.push(`${indent}<${start}>`);
    for (const one of inside) writeElement(one as XmlElement, `${indent}  `, lines);
    lines.push(`${indent}</${name}>`);
  }
}

/** Mixed content on one line: white space would be part of the text. */
const inline = (inside: XmlElement['children']): string =>
  inside.map((one) => (typeof one === 'string' ? escaped(one, false) : inlineElement(one))).join('');

function inlineElement({ name, attributes, children: inside }: XmlElement): string {
  const start = [name, ...Object.keys(attributes).map((key) => `${key}="${escaped(attributes[key]!)}"`)].join(' ');
  return `<${start}>${inline(inside)}</${name}>`;
}

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string, inAttribute = true): string {
  const holdable = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  const special = inAttribute ? /[&<>"\t\n\r]/g : /[&<>\r]/g;
  return holdable.replace(special, (found) => entities[found] ?? `&#${found.charCodeAt(0)};`);
}
