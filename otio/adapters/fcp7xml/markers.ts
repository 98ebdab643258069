// Markers of FCP7 XML: frames from the start of a sequence or a medium, a colour of red, green and blue.
import { RationalTime, TimeRange } from '../../opentime/index.ts';
import { Marker } from '../../schema/index.ts';
import { frames } from '../layout.ts';
import type { Losses, Problems } from '../report.ts';
import { child, children, textOf, type XmlElement, xml } from '../xml.ts';
import { elementsOf, metadataOf, ownOf } from './metadata.ts';
import { numberIn } from './time.ts';

const KNOWN = ['name', 'comment', 'in', 'out', 'color'];

/** The colour words of a marker, as they look. */
const COLORS: { readonly [word: string]: readonly [red: number, green: number, blue: number] } = {
  RED: [255, 0, 0],
  PINK: [255, 128, 192],
  ORANGE: [255, 128, 0],
  YELLOW: [255, 255, 0],
  GREEN: [0, 255, 0],
  CYAN: [0, 255, 255],
  BLUE: [0, 0, 255],
  PURPLE: [128, 0, 128],
  MAGENTA: [255, 0, 255],
  BLACK: [0, 0, 0],
  WHITE: [255, 255, 255],
};

/** The markers of an element; `origin` is the time of its frame 0. */
export function markersIn(element: XmlElement, origin: RationalTime, problems: Problems): Marker[] {
  const { rate } = origin;
  return children(element, 'marker').map((marker) => {
    const start = numberIn(child(marker, 'in'), problems) ?? 0;
    const end = numberIn(child(marker, 'out'), problems) ?? -1;
    return new Marker({
      name: textOf(child(marker, 'name')),
      comment: textOf(child(marker, 'comment')),
      markedRange: new TimeRange(
        new RationalTime(start + origin.value, rate),
        new RationalTime(Math.max(0, end - start), rate),
      ),
      metadata: metadataOf(marker, KNOWN),
      ...colorIn(marker, problems),
    });
  });
}

/** The colour word nearest to a `<color>`. */
function colorIn(marker: XmlElement, problems: Problems): { readonly color?: string } {
  const color = child(marker, 'color');
  if (color === undefined) return {};
  const given = ['red', 'green', 'blue'].map((part) => numberIn(child(color, part), problems) ?? 0);
  const distance = (word: string): number => COLORS[word]!.reduce((sum, part, at) => sum + (part - given[at]!) ** 2, 0);
  return { color: Object.keys(COLORS).reduce((best, word) => (distance(word) < distance(best) ? word : best)) };
}

export function markerElements(
  markers: readonly unknown[],
  origin: number,
  rate: number,
  losses: Losses,
): XmlElement[] {
  return markers.flatMap((marker) => {
    if (!(marker instanceof Marker)) return [];
    const { startTime, duration } = marker.markedRange;
    const start = frames(startTime, rate, losses) - origin;
    const length = frames(duration, rate, losses);
    const color = COLORS[marker.color.toUpperCase()];
    if (color === undefined && marker.color !== '') losses.add(`A marker has no colour ${marker.color} in FCP7 XML.`);
    const element = xml('marker', {}, [
      xml('name', {}, [marker.name]),
      xml('comment', {}, [marker.comment]),
      xml('in', {}, [start]),
      xml('out', {}, [length > 0 ? start + length : -1]),
      color &&
        xml('color', {}, [
          xml('alpha', {}, [255]),
          ...['red', 'green', 'blue'].map((part, at) => xml(part, {}, [color[at]!])),
        ]),
      ...elementsOf(ownOf(marker.metadata), KNOWN),
    ]);
    return [element];
  });
}
