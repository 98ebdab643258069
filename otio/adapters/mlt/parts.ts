// The elements of MLT XML. Frames are counted from 0, and `out` is the last one shown.
import { type XmlElement, xml } from '../xml.ts';

export type Properties = { readonly [name: string]: string | number };

const properties = (of: Properties): XmlElement[] =>
  Object.entries(of).map(([name, value]) => xml('property', { name }, [value]));

export const producer = (id: string, service: string, resource: string, more: Properties = {}): XmlElement =>
  xml('producer', { id }, properties({ ...more, mlt_service: service, resource }));

/** Frames `[from, from + count)` of a producer, playlist or tractor. */
export const entry = (id: string, from: number, count: number): XmlElement =>
  xml('entry', { producer: id, in: from, out: from + count - 1 });

/** One frame, shown `times` times. */
export const held = (id: string, frame: number, times: number): XmlElement =>
  xml('entry', { producer: id, in: frame, out: frame, repeat: times });

/** What is below shows through. No element for no frames. */
export const blank = (count: number): XmlElement[] => (count > 0 ? [xml('blank', { length: count })] : []);

/** Between tracks 0 and `track` of a tractor; over its first `length` frames, or all of them. */
export const transition = (service: string, track: number, more: Properties, length?: number): XmlElement =>
  xml(
    'transition',
    length === undefined ? {} : { in: 0, out: length - 1 },
    properties({ a_track: 0, b_track: track, mlt_service: service, ...more }),
  );

export const filter = (service: string, length: number, more: Properties): XmlElement =>
  xml('filter', { in: 0, out: length - 1 }, properties({ mlt_service: service, ...more }));
