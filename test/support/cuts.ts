// Timelines with a gap and the media on it, made small: one take whose frames are numbered by what moves in them, at any rate.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MediaTools } from '../../companion/media/find.ts';
import * as otio from '../../otio/index.ts';
import { ffmpeg } from './media.ts';

export const [wide, high] = [96, 64];
/** Frames of each take. */
export const takeFrames = 120;

/** A take: a smooth texture that pans by a pixel a frame over another that stands still. `number` 0 and 1 look different. */
export async function makeTake(tools: MediaTools, folder: string, rate: string, number: 0 | 1 = 0): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `take${number}.mov`);
  const wave = number === 0 ? '128+50*sin((X+N)/9)*cos(Y/7)+20*sin((X+N)/3)' : '90+60*cos((X-Y)/5)*sin((Y+N)/11)';
  const source = `nullsrc=s=${wide}x${high}:r=${rate},geq=lum='${wave}':cb=${number === 0 ? 118 : 140}:cr=128`;
  await ffmpeg(tools, [
    ...['-f', 'lavfi', '-i', source, '-frames:v', String(takeFrames), '-c:v', 'mpeg4', '-q:v', '2', '-g', '1'],
    ...['-pix_fmt', 'yuv420p', '-video_track_timescale', rate.split('/')[0]!.padEnd(5, '0'), file],
  ]);
  return file;
}

/** The take as stills `frame.0000.png` …; gives their folder. */
export async function makeStills(tools: MediaTools, take: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await ffmpeg(tools, ['-i', take, '-start_number', '0', join(folder, 'frame.%04d.png')]);
  return folder;
}

/** The double that editors write for an exact rate. */
export const doubleOf = (rate: string): number => {
  const [num, den = '1'] = rate.split('/');
  return Number(num) / Number(den);
};

export interface ClipOf {
  readonly file: string;
  /** First frame, and frames on the track. */
  readonly from: number;
  readonly count: number;
  readonly speed?: number;
  /** Frames a second of the media; by default that of the track. */
  readonly mediaRate?: number;
  readonly name?: string;
}

export function clip({ file, from, count, speed, mediaRate, name }: ClipOf, rate: number): otio.Clip {
  const own = mediaRate ?? rate;
  return new otio.Clip({
    name: name ?? 'take',
    sourceRange: new otio.TimeRange(from, (count * own) / rate, own),
    effects: speed === undefined ? [] : [new otio.LinearTimeWarp({ timeScalar: speed })],
    mediaReferences: {
      DEFAULT_MEDIA: new otio.ExternalReference({
        targetUrl: pathToFileURL(file).href,
        availableRange: new otio.TimeRange(0, takeFrames, own),
      }),
    },
  });
}

export const gap = (frames: number, rate: number): otio.Gap => otio.Gap.ofDuration(new otio.RationalTime(frames, rate));

export const timelineOf = (tracks: readonly (readonly otio.Child[])[], rate: number): otio.Timeline =>
  new otio.Timeline({
    name: 'cut',
    globalStartTime: new otio.RationalTime(Math.round(rate) * 3600, rate),
    tracks: new otio.Stack({
      name: 'tracks',
      children: tracks.map(
        (children, i) => new otio.Track({ name: `Video ${i + 1}`, kind: 'Video', children: [...children] }),
      ),
    }),
  });

/** Writes it and gives its path. */
export function save(timeline: otio.Timeline, folder: string, name = 'cut.otio'): string {
  const file = join(folder, name);
  writeFileSync(file, otio.write(timeline));
  return file;
}
