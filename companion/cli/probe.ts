// `inbetween probe FILE`: what is in a media file.
import type { MediaDescription, Stream, VideoStream } from '../media/description.ts';
import { findTools } from '../media/find.ts';
import { demandVideo, probe } from '../media/probe.ts';
import type { Rational } from '../media/rational.ts';
import { readTiming } from '../media/stamps.ts';
import { averageRate, durationOf, type Timing } from '../media/timing.ts';
import { data } from './terminal.ts';

/** Writes the description to stdout. Rejects as `probe` of the media room does. */
export async function probeFile(file: string, json: boolean): Promise<void> {
  const tools = await findTools();
  const description = await probe(tools, file);
  const timing =
    description.video.length === 0 ? null : await readTiming(tools, description, demandVideo(description), {});
  if (json) {
    const stamps = timing && {
      kind: timing.kind,
      frames: timing.frames,
      rate: averageRate(timing),
      start: timing.start,
    };
    data(JSON.stringify({ ...description, timing: stamps }, null, 2));
    return;
  }
  for (const line of describe(description, timing)) data(line);
}

/** Seconds and rates for reading; the exact fractions are in the JSON. */
const decimal = (value: Rational, places = 3): string => (value.isWhole ? value.toString() : value.toFixed(places));
const present = (parts: readonly (string | null | false)[]): string => parts.filter((part) => part).join(', ');

export function describe(description: MediaDescription, timing: Timing | null): string[] {
  const { duration, timecode, chapters, notes } = description;
  const streams: Stream[] = [
    ...description.video,
    ...description.audio,
    ...description.subtitles,
    ...description.other,
  ];
  return [
    description.path,
    `  ${present([description.container, duration && `${decimal(duration)} s`, timecode && `starts at ${timecode.text}`, chapters.length > 0 && `${chapters.length} chapters`])}`,
    ...streams.sort((a, b) => a.index - b.index).map((stream) => `  ${stream.index} ${describeStream(stream)}`),
    ...(timing ? [`  ${describeTiming(timing)}`] : []),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

function describeTiming(timing: Timing): string {
  const rate = averageRate(timing);
  const exact = rate.isWhole ? '' : ` (${rate})`;
  return timing.kind === 'constant'
    ? `${timing.frames} frames at a constant ${decimal(rate)} fps${exact}, ${decimal(durationOf(timing))} s`
    : `${timing.frames} frames at a variable rate, ${decimal(rate)} fps on average, ${decimal(durationOf(timing))} s`;
}

function describeStream(stream: Stream): string {
  if (stream.kind === 'video') return `video     ${describeVideo(stream)}`;
  if (stream.kind === 'audio') {
    const { codec, sampleRate, channels, layout, bitDepth, language } = stream;
    return `audio     ${present([codec, `${sampleRate} Hz`, layout ?? `${channels} channels`, bitDepth !== null && `${bitDepth} bit`, language])}`;
  }
  return `${stream.kind.padEnd(9)} ${present([stream.codec, stream.language])}`;
}

function describeVideo(stream: VideoStream): string {
  const { codec, profile, width, height, sampleAspect, pixelFormat, fieldOrder, colour, hdr, rotation, mirrored } =
    stream;
  const tags = [colour.primaries, colour.transfer, colour.matrix, colour.range].map((tag) => tag ?? '?').join('/');
  return present([
    profile ? `${codec} (${profile})` : codec,
    `${width}×${height}`,
    !(sampleAspect.isWhole && sampleAspect.num === 1n) && `pixels ${sampleAspect.num}:${sampleAspect.den}`,
    pixelFormat,
    fieldOrder === 'progressive'
      ? 'progressive'
      : fieldOrder === 'unknown'
        ? 'field order unknown'
        : `interlaced ${fieldOrder}`,
    tags !== '?/?/?/?' && `colour ${tags}`,
    hdr.mastering !== null && 'HDR10 mastering data',
    hdr.contentLight !== null && `light ${hdr.contentLight.maxContent}/${hdr.contentLight.maxAverage} cd/m²`,
    rotation !== 0 && `turned ${rotation}°`,
    mirrored && 'mirrored',
  ]);
}
