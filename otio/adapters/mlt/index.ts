// MLT XML: written, not read. Kdenlive and Shotcut are built on it, and `melt` renders it, so it is how an edit is looked at without an editor.
import { rationalRate } from '../../opentime/index.ts';
import { Stack, type Timeline } from '../../schema/index.ts';
import type { Adapter, AdapterWriteOptions, AdapterWriteResult } from '../adapter.ts';
import { rateOf } from '../layout.ts';
import { Losses } from '../report.ts';
import { writeXml, xml } from '../xml.ts';
import { Layers } from './layers.ts';
import { addLeftOut } from './left-out.ts';

export interface MltWriteOptions extends AdapterWriteOptions {
  /** Pixels of the rendered picture; 1920 × 1080 by default. */
  readonly width?: number;
  readonly height?: number;
  /** Losses are told of pictures and sound alone, not of names, metadata and markers. */
  readonly shownOnly?: boolean;
}

/**
 * Relative media start at the folder of the file. Where a clip begins in its media is its source range less the start of the available range, so
 * give references an available range: without one the media are taken to start at 0 and to be long enough.
 * @throws OtioError INVALID_TIMECODE_RATE, INVALID_TIME_RANGE
 */
export function writeMlt(timeline: Timeline, options: MltWriteOptions = {}): AdapterWriteResult {
  const { rate = rateOf(timeline), width = 1920, height = 1080, shownOnly = false } = options;
  const { num, den } = rationalRate(rate);
  const losses = new Losses();
  const layers = new Layers(num / den, losses);
  const producer = layers.addTimeline(timeline.tracks ?? new Stack());
  if (!shownOnly) addLeftOut(timeline, losses);
  const profile = xml('profile', {
    width,
    height,
    progressive: 1,
    sample_aspect_num: 1,
    sample_aspect_den: 1,
    display_aspect_num: width,
    display_aspect_den: height,
    frame_rate_num: num,
    frame_rate_den: den,
    colorspace: 709,
  });
  const root = xml('mlt', { LC_NUMERIC: 'C', version: '7.0.0', title: timeline.name || undefined, producer }, [
    profile,
    ...layers.elements,
  ]);
  return { text: writeXml(root), losses: losses.sentences };
}

export const mlt: Adapter = { name: 'mlt', extensions: ['mlt'], write: writeMlt };
