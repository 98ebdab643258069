// The stills of a job: opened, looked through for transparency, and brought into the one form the clip is made in.
import type { CodecName } from '../../media/codecs.ts';
import { openDecoder } from '../../media/decode.ts';
import type { ColourTags } from '../../media/description.ts';
import type { MediaTools } from '../../media/find.ts';
import { type Fit, type Form, fittingOf, type Media, openMedia, readFitted } from '../../media/fitted.ts';
import { pixelFormatOf } from '../../media/pixels.ts';
import { Rational } from '../../media/rational.ts';

/** An opened keyframe. */
export interface Still extends Media {
  readonly file: string;
  /** Size as it is seen: upright, with square pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether a pixel of it is not opaque. */
  readonly seeThrough: boolean;
}

/** Opens a still; of a clip its first frame counts. Rejects as `openMedia`, naming the file. */
export async function openStill(tools: MediaTools, file: string, signal: AbortSignal): Promise<Still> {
  const media = await openMedia(tools, file, signal);
  const { picture, sampleAspect, rotation } = media.stream;
  const wide = Math.max(1, Number(sampleAspect.mul(new Rational(picture.width)).round()));
  const [width, height] = rotation % 180 === 90 ? [picture.height, wide] : [wide, picture.height];
  return { ...media, file, width, height, seeThrough: await isSeeThrough(tools, media, signal) };
}

/** Many stills have alpha that says nothing: screen shots, palettes. */
async function isSeeThrough(
  tools: MediaTools,
  { description, stream, timing }: Media,
  signal: AbortSignal,
): Promise<boolean> {
  if (!stream.picture.alpha) return false;
  const picture = { ...stream.picture, layout: 'gray', depth: 8, alpha: false } as const;
  const filters = [`format=${stream.picture.layout === 'rgb' ? 'gbrap' : 'yuva444p'}`, 'extractplanes=a'];
  const alpha = { ...stream, picture, pipeFormat: 'gray' };
  const decoder = openDecoder({ tools, description, stream: alpha, timing, count: 1, filters, signal });
  try {
    for await (const { data } of decoder) return data.some((value) => value < 255);
  } finally {
    await decoder.close();
  }
  return false;
}

/**
 * How pictures are made for a codec: RGB as it comes where the codec holds that, else YUV by one matrix, BT.709 in video range, as fine as editors and players
 * expect of the codec.
 */
const made: Readonly<
  Record<CodecName, { readonly layout: 'rgb' | 'yuv420' | 'yuv422'; readonly depth: 8 | 10 | 'own' }>
> = {
  prores: { layout: 'yuv422', depth: 10 },
  dnxhr: { layout: 'yuv422', depth: 10 },
  h264: { layout: 'yuv420', depth: 8 },
  hevc: { layout: 'yuv420', depth: 10 },
  av1: { layout: 'yuv420', depth: 10 },
  ffv1: { layout: 'rgb', depth: 'own' },
  png: { layout: 'rgb', depth: 'own' },
  tiff: { layout: 'rgb', depth: 'own' },
  exr: { layout: 'rgb', depth: 'own' },
};
const holdsAlpha = new Set<CodecName>(['prores', 'ffv1', 'png', 'tiff', 'exr']);

/** The form of all pictures; alpha is kept where a still is see-through and the codec holds it. */
export function formFor(codec: CodecName, stills: readonly Still[], size: { width: number; height: number }): Form {
  const { layout, depth } = made[codec];
  const alpha = holdsAlpha.has(codec) && stills.some(({ seeThrough }) => seeThrough);
  const deep = stills.some(({ stream }) => stream.picture.depth > 8);
  const picture = {
    ...size,
    layout: alpha && layout !== 'rgb' ? ('yuv444' as const) : layout,
    depth: depth === 'own' ? (deep ? 16 : 8) : depth,
    alpha,
  };
  const rgb = layout === 'rgb';
  const colour: ColourTags = {
    ...{ primaries: 'bt709', chromaLocation: null },
    ...(rgb
      ? { transfer: 'iec61966-2-1', matrix: 'gbr', range: 'pc' }
      : { transfer: 'bt709', matrix: 'bt709', range: 'tv' }),
  };
  const pipeFormat = pixelFormatOf(picture);
  return { picture, pipeFormat, colour, sampleAspect: Rational.ONE, rotation: 0, mirrored: false };
}

/** What a person should know of how the stills come into the form. */
export function notesOn(stills: readonly Still[], form: Form, codec: CodecName): string[] {
  const { alpha, layout, width, height } = form.picture;
  const clips = stills.filter(({ timing }) => timing.frames > 1);
  return [
    ...stills.flatMap(({ description }) => description.notes.map((note) => `${description.path}: ${note}`)),
    ...clips.map(({ file, timing }) => `${file} has ${timing.frames} frames: the first one is taken.`),
    ...(!alpha && stills.some(({ seeThrough }) => seeThrough)
      ? [`${codec} stores no alpha: what is see-through is laid over black.`]
      : []),
    ...(layout === 'rgb' ? [] : [`All pictures become ${layout} of BT.709 in video range.`]),
    ...stills
      .filter((still) => still.width < width / 2 && still.height < height / 2)
      .map((still) => `${still.file} is ${still.width}×${still.height}: enlarged to ${width}×${height} it is soft.`),
  ];
}

/** The stills in the form; the last few stay at hand, so ask in order. */
export class FittedStills {
  readonly #tools: MediaTools;
  readonly #stills: readonly Still[];
  readonly #form: Form;
  readonly #fit: Fit;
  readonly #signal: AbortSignal;
  readonly #read = new Map<number, Promise<Uint8Array>>();

  constructor(
    tools: MediaTools,
    stills: readonly Still[],
    { form, fit }: { form: Form; fit: Fit },
    signal: AbortSignal,
  ) {
    this.#tools = tools;
    this.#stills = stills;
    this.#form = form;
    this.#fit = fit;
    this.#signal = signal;
  }

  /** Rejects as `readFitted`. */
  at(index: number): Promise<Uint8Array> {
    let picture = this.#read.get(index);
    if (!picture) {
      picture = this.#decode(index);
      this.#read.set(index, picture);
    }
    for (const other of this.#read.keys()) if (Math.abs(other - index) > atHand) this.#read.delete(other);
    return picture;
  }

  async #decode(index: number): Promise<Uint8Array> {
    const options = { from: 0, count: 1, form: this.#form, fit: this.#fit, signal: this.#signal };
    const [picture] = await readFitted(this.#tools, this.#stills[index]!, options);
    return picture!;
  }
}

/** Pictures on each side of one that was asked for that are kept: a pair has one before and one after it. */
const atHand = 2;

/** What decides about the bytes of a fitted still, for a key. */
export const fittingFacts = (stills: readonly Still[], form: Form, fit: Fit): unknown =>
  stills.map(({ stream }) => {
    const { filters, placement } = fittingOf(stream, form, fit);
    return [filters, placement];
  });

/** The size of a still, with even sides: some codecs take no others. */
export const evenSize = ({ width, height }: Still): { width: number; height: number } => ({
  width: even(width),
  height: even(height),
});

const even = (length: number): number => length - (length % 2);
