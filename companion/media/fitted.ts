// Pictures of clips and stills brought into one form: size, pixel format, range, matrix, turn and pixel shape.

import type { PictureFormat } from '../../native/index.ts';
import { openDecoder } from './decode.ts';
import type { MediaDescription, VideoStream } from './description.ts';
import type { MediaTools } from './find.ts';
import { type Fit, type Placement, placementOf, type Side } from './fit.ts';
import { gridOf, pictureBytes, pixelFormatOf, planesIn, sampleBytes } from './pixels.ts';
import { demandVideo, probe } from './probe.ts';
import { Rational } from './rational.ts';
import { scaleMatrix } from './segment.ts';
import { readTiming } from './stamps.ts';
import type { Timing } from './timing.ts';

export type { Fit } from './fit.ts';

/** What pictures are brought into, as a stream has it: any stream is the form of its own pictures. Turns by other angles than right ones count as none. */
export type Form = Pick<VideoStream, 'picture' | 'pipeFormat' | 'colour' | 'sampleAspect' | 'rotation' | 'mirrored'>;

/** An opened clip or still; a still is a clip of one frame. */
export interface Media {
  readonly description: MediaDescription;
  readonly stream: VideoStream;
  readonly timing: Timing;
}

/** Opens a clip or a still. Rejects as `probe`, `demandVideo` and `readTiming` do. */
export async function openMedia(tools: MediaTools, file: string, signal?: AbortSignal): Promise<Media> {
  const description = await probe(tools, file, { signal });
  const stream = demandVideo(description);
  return { description, stream, timing: await readTiming(tools, description, stream, { signal }) };
}

export interface FittedOptions {
  /** First frame, and how many. */
  readonly from: number;
  readonly count: number;
  readonly form: Form;
  readonly fit: Fit;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Frames of a clip, or the one of a still, in a form; the very bytes of the decoder where the clip has it already. Scaled by Lanczos; bars are black, or
 * clear where the form has alpha; where it has none, what is see-through is laid over black. Transfer and primaries are left as they are. A picture is the caller's.
 * Rejects as `openDecoder`; leaving the loop ends the decoder.
 */
export async function* fitted(
  tools: MediaTools,
  { description, stream, timing }: Media,
  { from, count, form, fit, signal }: FittedOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { filters, given, placement } = fittingOf(stream, form, fit);
  const decoder = openDecoder({
    ...{ tools, description, timing, from, count, filters, signal },
    stream: { ...stream, ...given },
  });
  try {
    for await (const { data } of decoder) yield placed(data, given.picture, placement, form); // never released: they are the caller's
  } finally {
    await decoder.close();
  }
}

/** All of `fitted` at once. */
export async function readFitted(tools: MediaTools, media: Media, options: FittedOptions): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  for await (const picture of fitted(tools, media, options)) pictures.push(picture);
  return pictures;
}

/** How a stream's pictures come into a form. */
export interface Fitting {
  /** Of ffmpeg; what comes out of them is `given`, which is then put in its place. */
  readonly filters: readonly string[];
  readonly given: Pick<VideoStream, 'picture' | 'pipeFormat'>;
  readonly placement: Placement;
}

export function fittingOf(stream: VideoStream, form: Form, fit: Fit): Fitting {
  const turn = turning(stream, form);
  const source = turn.sideways ? sidewaysOf(stream.picture) : stream.picture;
  const shape = turn.sideways ? Rational.ONE.div(stream.sampleAspect) : stream.sampleAspect;
  const target = form.picture;
  const placement = placementOf(sideOf(source, shape), sideOf(target, form.sampleAspect), fit);
  const { crop, width, height } = placement;
  const cut = crop.width !== source.width || crop.height !== source.height;
  const scaled = crop.width !== width || crop.height !== height;
  const converted = scaled || turn.filters.length > 0 || !sameSamples(stream, form);
  const { pipeFormat } = converted ? form : stream;
  const overBlack = stream.picture.alpha && !target.alpha;
  return {
    filters: [
      ...turn.filters,
      ...(cut ? [`crop=${crop.width}:${crop.height}:${crop.x}:${crop.y}`] : []),
      ...(overBlack ? layOverBlack(stream) : []),
      ...(converted ? [`${scaling(overBlack ? null : stream, form, width, height)}`, `format=${pipeFormat}`] : []),
    ],
    given: { picture: { ...target, width, height }, pipeFormat },
    placement,
  };
}

const sideOf = (picture: PictureFormat, aspect: Rational): Side => ({
  width: picture.width,
  height: picture.height,
  pixelAspect: aspect.toNumber(),
  grid: gridOf(picture),
});

const sidewaysOf = (picture: PictureFormat): PictureFormat => ({
  ...picture,
  width: picture.height,
  height: picture.width,
  layout: picture.layout === 'yuv422' ? 'yuv444' : picture.layout,
});

/** Whether samples mean the same in both: planes, depth, range, and matrix where there is one. */
function sameSamples(stream: VideoStream, form: Form): boolean {
  const [a, b] = [stream.picture, form.picture];
  const planes = a.layout === b.layout && a.depth === b.depth && a.alpha === b.alpha && stream.exactPlanes;
  if (!planes || a.layout === 'rgb') return planes;
  return rangeOf(stream) === rangeOf(form) && (a.layout === 'gray' || scaleMatrix(stream) === scaleMatrix(form));
}

const rangeOf = ({ colour, picture }: Pick<Form, 'colour' | 'picture'>): 'tv' | 'pc' =>
  picture.layout === 'rgb' || colour.range === 'pc' ? 'pc' : 'tv';

/** From the stream's stored picture to upright, and from there to how the form is stored. */
function turning(stream: VideoStream, form: Form): { filters: string[]; sideways: boolean } {
  const quarters = (turned: Form): number => (turned.rotation % 90 === 0 ? turned.rotation / 90 : 0);
  const turns = (quarters(stream) - quarters(form) + 4) % 4;
  const [before, after] = [stream.mirrored, form.mirrored];
  if (turns === 0 && before === after) return { filters: [], sideways: false };
  const sideways = turns % 2 === 1;
  // a quarter turn would swap the grid of 4:2:2, which ffmpeg answers with a conversion of its own choice
  const whole = sideways && stream.picture.layout === 'yuv422' ? fullChroma(stream) : [];
  const turned = [[], ['transpose=clock'], ['hflip', 'vflip'], ['transpose=cclock']][turns]!;
  return { filters: [...whole, ...(before ? ['hflip'] : []), ...turned, ...(after ? ['hflip'] : [])], sideways };
}

function fullChroma(stream: VideoStream): string[] {
  const range = rangeOf(stream);
  const format = pixelFormatOf({ ...stream.picture, layout: 'yuv444' });
  return [`scale=${quality}:in_range=${range}:out_range=${range}`, `format=${format}`];
}

const quality = 'flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp';

/** Colour times alpha, as RGB. The filter counts black from 16 where no range is said. */
function layOverBlack(stream: VideoStream): string[] {
  const deep = stream.picture.depth > 8 ? '16le' : '';
  const matrix =
    stream.picture.layout === 'rgb' ? '' : `:in_color_matrix=${scaleMatrix(stream)}:in_range=${rangeOf(stream)}`;
  return [
    ...[`scale=${quality}${matrix}`, `format=gbrap${deep}`],
    ...['setrange=full', 'premultiply=inplace=1', `format=gbrp${deep}`],
  ];
}

/** The scale filter; `from` null: it gets RGB. */
function scaling(from: VideoStream | null, form: Form, width: number, height: number): string {
  const yuv = (of: Pick<Form, 'picture'>): boolean => of.picture.layout !== 'rgb';
  const said = (way: string, of: Pick<Form, 'colour' | 'picture'>): string[] =>
    yuv(of) ? [`${way}_color_matrix=${scaleMatrix(of)}`, `${way}_range=${rangeOf(of)}`] : [];
  return [`scale=${width}:${height}`, quality, ...(from ? said('in', from) : []), ...said('out', form)].join(':');
}

/** The picture in its place within the form's; itself where it fills it. */
function placed(picture: Uint8Array, format: PictureFormat, { x, y }: Placement, form: Form): Uint8Array {
  const target = form.picture;
  if (format.width === target.width && format.height === target.height) return picture;
  const canvas = black(form);
  const [across, down] = gridOf(target);
  const bytes = sampleBytes(target);
  const planes = planesIn(target);
  for (const [i, from] of planesIn(format).entries()) {
    const to = planes[i]!;
    const [left, top] = from.part === 'chroma' ? [x / across, y / down] : [x, y];
    for (let row = 0; row < from.height; row++) {
      const at = from.offset + row * from.width * bytes;
      const line = picture.subarray(at, at + from.width * bytes);
      canvas.set(line, to.offset + ((top + row) * to.width + left) * bytes);
    }
  }
  return canvas;
}

/** A black picture; clear where it has alpha. */
export function black(form: Pick<Form, 'picture' | 'colour'>): Uint8Array {
  const { picture } = form;
  const canvas = new Uint8Array(pictureBytes(picture));
  const scale = 2 ** (picture.depth - 8);
  const value = { luma: rangeOf(form) === 'tv' ? 16 * scale : 0, chroma: 128 * scale, colour: 0, alpha: 0 };
  const bytes = sampleBytes(picture);
  for (const { part, width, height, offset } of planesIn(picture)) {
    const plane = canvas.subarray(offset, offset + width * height * bytes);
    if (bytes === 1) plane.fill(value[part]);
    else new Uint16Array(canvas.buffer, offset, width * height).fill(value[part]);
  }
  return canvas;
}
