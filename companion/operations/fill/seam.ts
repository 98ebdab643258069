// What is seen at a seam, the border between material and a fill: colour, light, grain, sharpness and motion, with limits and words for an editor.
import type { PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import { type Cells, cellsOf, lumaOf, meanOf } from './cells.ts';
import { type ColourDifference, colourDifference } from './colour-difference.ts';
import { texturesOf } from './grain.ts';
import { labOf } from './lab.ts';
import { beyondTrends } from './trend.ts';
import { smallLumaOf, velocityStep } from './velocity.ts';

/** The pictures of both sides. The seam at the end of a fill is the same thing in a mirror: what is nearest comes first there too. Alpha is not looked at. */
export interface SeamPictures {
  /** Material, nearest the seam first: 1 to 3 pictures a frame apart; more say nothing. */
  readonly outside: readonly Uint8Array[];
  /** Fill, nearest the seam first: 1 or 2 pictures. */
  readonly inside: readonly Uint8Array[];
}

export interface SeamRequest extends SeamPictures {
  readonly format: PictureFormat;
  readonly colour: ColourTags;
}

/** Both sides of a seam, and inside over outside. */
export interface Compared {
  readonly outside: number;
  readonly inside: number;
  readonly ratio: number;
}

export interface SeamMeasure {
  /** ΔE2000 over the seam. */
  readonly deltaE: ColourDifference;
  /** What the material itself does from frame to frame, where it does most: outside[1] → outside[0], outside[2] → outside[1]; null for one picture. */
  readonly natural: ColourDifference | null;
  /** What the fill does (inside[0] → inside[1]); null for one picture. */
  readonly own: ColourDifference | null;
  /** Step of mean luma into the fill, 8-bit code values, less what the trend of the material or of the fill explains. */
  readonly lumaStep: number;
  /** Standard deviation of the noise of luma, 8-bit code values; outside the mean of its pictures. */
  readonly grain: Compared;
  /** Gradient of luma where there is texture, 8-bit code values a pixel. */
  readonly sharpness: Compared;
  /** By how much motion changes at the seam, pixels a frame; null where no motion can be measured. */
  readonly velocity: number | null;
  /** Width of the pictures, pixels: what `velocity` is judged by. */
  readonly width: number;
}

/** Added to both sides of a ratio: so little grain (sharpness) is none. 8-bit code values. */
const grainFloor = 0.25;
const sharpnessFloor = 0.5;

/** Measures a seam: under 200 ms at 4K. @throws RangeError without a picture on a side */
export function measureSeam({ format, colour, outside, inside }: SeamRequest): SeamMeasure {
  if (outside.length === 0 || inside.length === 0) throw new RangeError('A seam has a picture on both sides.');
  const out = outside.slice(0, 3).map((picture) => cellsOf(picture, format));
  const ins = inside.slice(0, 2).map((picture) => cellsOf(picture, format));
  const lab = (cells: Cells): Float32Array => labOf(cells, format, colour);
  const [outLab, inLab] = [out.map(lab), ins.map(lab)];
  const [outLuma, inLuma] = [out, ins].map((side) => side.map((cells) => meanOf(lumaOf(cells)))) as [
    number[],
    number[],
  ];
  const material = outLuma.length < 2 ? null : outLuma[0]! - outLuma[1]!;
  const fill = inLuma.length < 2 ? null : inLuma[1]! - inLuma[0]!;
  const textures = texturesOf([...outside.slice(0, 2), inside[0]!], format, colour);
  const around = textures.slice(0, -1);
  const within = textures.at(-1)!;
  const mean = (of: 'grain' | 'sharpness'): number =>
    around.reduce((sum, texture) => sum + texture[of], 0) / around.length;
  const smalls = [...out.slice(0, 2).toReversed(), ...ins].slice(0, 3).map(smallLumaOf);
  return {
    deltaE: colourDifference(outLab[0]!, inLab[0]!),
    natural: largestStep(outLab),
    own: largestStep(inLab),
    lumaStep: beyondTrends(inLuma[0]! - outLuma[0]!, [material, fill]),
    grain: compared(mean('grain'), within.grain, grainFloor),
    sharpness: compared(mean('sharpness'), within.sharpness, sharpnessFloor),
    velocity: smalls.length < 3 ? null : velocityStep(smalls[0]!, smalls[1]!, smalls[2]!),
    width: format.width,
  };
}

function largestStep(pictures: readonly Float32Array[]): ColourDifference | null {
  const steps = pictures.slice(1).map((picture, i) => colourDifference(picture, pictures[i]!));
  if (steps.length === 0) return null;
  return { mean: Math.max(...steps.map(({ mean }) => mean)), p95: Math.max(...steps.map(({ p95 }) => p95)) };
}

const compared = (outside: number, inside: number, floor: number): Compared => ({
  outside,
  inside,
  ratio: (inside + floor) / (outside + floor),
});

/** What a seam may show. The numbers come from fills of real footage, and of cuts in it. */
export interface SeamLimits {
  /** ΔE2000 beyond the larger of what material and fill do from frame to frame. */
  readonly excess: ColourDifference;
  /** What the fill does counts up to here: a dissolve may change faster than the material, a fill that jumps excuses nothing. */
  readonly own: ColourDifference;
  /** 8-bit code values, up or down. */
  readonly lumaStep: number;
  /** Least and most of inside over outside; and by how many code values grain must differ to be seen. */
  readonly grain: readonly [number, number];
  readonly grainSeen: number;
  readonly sharpness: readonly [number, number];
  /** Change of motion a frame, in parts of the picture's width. */
  readonly velocity: number;
}

export const defaultLimits: SeamLimits = {
  excess: { mean: 2, p95: 6 },
  own: { mean: 8, p95: 20 },
  lumaStep: 2,
  grain: [0.5, 2],
  grainSeen: 0.5,
  sharpness: [0.6, 1.6],
  velocity: 0.01,
};

/** What is beyond the limits, a clause each; empty for a seam that passes. */
export function faultsOf(measure: SeamMeasure, limits: SeamLimits): string[] {
  const { deltaE, natural, own, lumaStep, grain, sharpness, velocity, width } = measure;
  const faults: string[] = [];
  const told = (value: number): string => value.toFixed(1);
  const places = [
    ['mean', 'over the picture'],
    ['p95', 'in its worst places (95th percentile)'],
  ] as const;
  for (const [of, where] of places) {
    const usual = Math.max(natural?.[of] ?? 0, Math.min(own?.[of] ?? 0, limits.own[of]));
    const excess = deltaE[of] - usual;
    if (excess > limits.excess[of])
      faults.push(
        `colours jump by ΔE ${told(deltaE[of])} ${where}, ${told(excess)} more than from frame to frame beside it (at most ${told(limits.excess[of])})`,
      );
  }
  if (Math.abs(lumaStep) > limits.lumaStep)
    faults.push(
      `the picture gets ${lumaStep > 0 ? 'brighter' : 'darker'} by ${told(Math.abs(lumaStep))} code values (at most ${told(limits.lumaStep)})`,
    );
  const seen = Math.abs(grain.inside - grain.outside) > limits.grainSeen;
  if (seen && outOf(grain.ratio, limits.grain))
    faults.push(`the fill has ${rated(grain, 'grain')} (${bounds(limits.grain)})`);
  if (outOf(sharpness.ratio, limits.sharpness))
    faults.push(
      `the fill is ${sharpness.ratio < 1 ? 'softer' : 'sharper'}: it has ${rated(sharpness, 'sharpness')} (${bounds(limits.sharpness)})`,
    );
  const most = limits.velocity * width;
  if (velocity !== null && velocity > most)
    faults.push(`motion changes by ${told(velocity)} pixels a frame (at most ${told(most)})`);
  return faults;
}

const outOf = (ratio: number, [least, most]: readonly [number, number]): boolean => ratio < least || ratio > most;
const rated = ({ ratio }: Compared, what: string): string => `${ratio.toFixed(2)} of the material's ${what}`;
const bounds = ([least, most]: readonly [number, number]): string => `${least.toFixed(2)} to ${most.toFixed(2)}`;
