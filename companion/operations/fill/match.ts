// The correction of a fill: tone and grain of the material at both ends, ramped over the pictures between.
import type { PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import { type Plane, planesIn, sampleBytes } from '../../media/pixels.ts';
import { cellsOf, samplesOf } from './cells.ts';
import { lumaRange, texturesOf } from './grain.ts';
import { noiseAt, noiseDeviation, noiseSeed } from './noise.ts';
import type { SeamPictures } from './seam.ts';
import { noTone, type Tone, tonesOf } from './tone.ts';

export interface MatchRequest {
  readonly format: PictureFormat;
  readonly colour: ColourTags;
  /** Null where no material is. */
  readonly head: SeamPictures | null;
  readonly tail: SeamPictures | null;
  /** Pictures of the fill, from 1. */
  readonly frames: number;
  /** Picture ⌊frames / 2⌋ of the fill: there a mix of two noisy pictures has lost most of its grain. */
  readonly middle?: Uint8Array | undefined;
}

/** Standard deviations of the grain that is added, 8-bit code values. */
export interface AddedGrain {
  readonly head: number;
  readonly middle: number;
  readonly tail: number;
}

/** What is corrected, for the record. Tones are those of the planes in the order of the format, without alpha. */
export interface MatchFacts {
  /** False: the fill is left as it is. */
  readonly corrected: boolean;
  readonly head: readonly Tone[];
  readonly tail: readonly Tone[];
  readonly grain: AddedGrain;
}

export interface Match {
  readonly facts: MatchFacts;
  /** Black and white of luma, 8-bit code values: bars and clipped lights get no grain. */
  readonly range: readonly [black: number, white: number];
}

/** The share of the material's grain that may lack; so little grain is none, and the most that is added, 8-bit code values. */
const grainTolerance = 0.1;
const leastGrain = 0.5;
const mostGrain = 8;
/** Distance from black and white over which grain fades in, 8-bit code values. */
const fade = 8;

/**
 * The correction that a fill needs, planned with +, −, ×, ÷ and √ alone: the same on every machine. A fill of one picture gets the mean of both ends.
 * @throws RangeError for a side without pictures
 */
export function planMatch({ format, colour, head, tail, frames, middle }: MatchRequest): Match {
  const sides = [head, tail].filter((side) => side !== null);
  if (sides.some(({ outside, inside }) => outside.length === 0 || inside.length === 0))
    throw new RangeError('A seam has a picture on both sides.');
  const tones = (side: SeamPictures | null): Tone[] => {
    if (side === null) return colourPlanes(format).map(() => noTone);
    const [outside, inside] = [side.outside, side.inside].map((of) => of.slice(0, 2).map((p) => cellsOf(p, format)));
    return tonesOf(outside!, inside!);
  };
  const lacking = (picture: Uint8Array | undefined, beside: readonly SeamPictures[]): number =>
    picture === undefined || beside.length === 0 ? 0 : lackingGrain(picture, beside, format, colour);
  const [ofHead, ofTail] = [tones(head), tones(tail)];
  const only = frames === 1 ? ofHead.map((tone, plane) => between(tone, ofTail[plane]!, 0.5)) : null;
  const grain = {
    head: lacking(head?.inside[0], head ? [head] : []),
    tail: lacking(tail?.inside[0], tail ? [tail] : []),
  };
  const inner = middle === undefined ? (grain.head + grain.tail) / 2 : lacking(middle, sides);
  const facts = {
    head: only ?? ofHead,
    tail: only ?? ofTail,
    grain: frames === 1 ? { head: inner, middle: inner, tail: inner } : { ...grain, middle: inner },
  };
  const corrected =
    ![...facts.head, ...facts.tail].every(isNone) || Object.values(facts.grain).some((sigma) => sigma > 0);
  return { facts: { corrected, ...facts }, range: lumaRange(format, colour) };
}

const colourPlanes = (format: PictureFormat): Plane[] => planesIn(format).filter(({ part }) => part !== 'alpha');
const isNone = ({ gain, offset }: Tone): boolean => gain === 1 && offset === 0;
const mixed = (a: number, b: number, part: number): number => (1 - part) * a + part * b;
const between = (a: Tone, b: Tone, part: number): Tone => ({
  gain: mixed(a.gain, b.gain, part),
  offset: mixed(a.offset, b.offset, part),
});

/** Standard deviation of the grain that makes up for what a picture has less than the material, 8-bit code values. */
function lackingGrain(
  picture: Uint8Array,
  beside: readonly SeamPictures[],
  format: PictureFormat,
  colour: ColourTags,
): number {
  const material = beside.flatMap(({ outside }) => outside.slice(0, 2));
  const [own, ...around] = texturesOf([picture, ...material], format, colour).map(({ grain }) => grain);
  const wanted = around.reduce((sum, grain) => sum + grain, 0) / around.length;
  if (wanted < leastGrain || own! >= wanted * (1 - grainTolerance)) return 0;
  return Math.min(mostGrain, Math.sqrt(wanted * wanted - own! * own!));
}

/** Places behind the point of the whole numbers that samples are corrected in: 16 bits and noise fit into 32. */
const places = 14;
const one = 2 ** places;

/**
 * Picture `i` of a fill of `frames`, corrected: tone ramped from the head's at picture 0 to the tail's at the last, grain through that of the middle; rounded, and
 * clipped to what the depth holds. Grain goes into luma (into all planes of RGB alike) and follows from `i` alone; alpha is copied. The same bytes for the same
 * plan on every machine, and the picture itself where nothing is to be done.
 */
export function applyMatch(
  { facts, range }: Match,
  picture: Uint8Array,
  i: number,
  frames: number,
  format: PictureFormat,
): Uint8Array {
  const part = frames > 1 ? i / (frames - 1) : 0;
  const tones = facts.head.map((tone, plane) => between(tone, facts.tail[plane]!, part));
  const sigma = grainAt(facts.grain, i, frames);
  if (sigma === 0 && tones.every(isNone)) return picture;
  const out = picture.slice();
  const [from, to] = [samplesOf(picture, format), samplesOf(out, format)];
  const seed = noiseSeed(i);
  for (const [number, plane] of colourPlanes(format).entries()) {
    const grainy = sigma > 0 && plane.part !== 'chroma';
    if (!grainy && isNone(tones[number]!)) continue;
    const levels = levelsOf(tones[number]!, format.depth);
    const strengths = grainy ? strengthsOf(sigma, range, format.depth) : null;
    const begins = plane.offset / sampleBytes(format);
    const most = levels.length - 1;
    for (let place = 0; place < plane.width * plane.height; place++) {
      const sample = from[begins + place]!;
      const noise = strengths === null ? 0 : noiseAt(seed, place) * strengths[sample]!;
      const code = (levels[sample]! + noise + one / 2) >> places;
      to[begins + place] = code < 0 ? 0 : code > most ? most : code;
    }
  }
  return out;
}

function grainAt({ head, middle, tail }: AddedGrain, i: number, frames: number): number {
  const half = frames >> 1;
  return i < half ? mixed(head, middle, i / half) : mixed(middle, tail, (i - half) / Math.max(1, frames - 1 - half));
}

/** What every code becomes, in 2^−14 codes. */
function levelsOf({ gain, offset }: Tone, depth: number): Int32Array {
  const unit = 2 ** (depth - 8);
  const most = 2 ** depth - 1;
  return Int32Array.from({ length: most + 1 }, (_, code) =>
    Math.round(Math.min(most, Math.max(0, gain * code + offset * unit)) * one),
  );
}

/** What a step of noise is for every code, in 2^−14 codes: none at black and white. */
function strengthsOf(sigma: number, [black, white]: readonly [number, number], depth: number): Int32Array {
  const unit = 2 ** (depth - 8);
  const full = (sigma * unit * one) / noiseDeviation;
  return Int32Array.from({ length: 2 ** depth }, (_, code) => {
    const room = Math.min(code / unit - black, white - code / unit) / fade;
    return Math.round(full * Math.min(1, Math.max(0, room)));
  });
}
