// Looks at the borders of a gap and chooses how it is filled: by what is on both sides, and how long it is.
import type { Engine, PairReport, PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import type { Side } from './bridge.ts';

/** What a pair of border pictures is. */
export interface Judgement {
  readonly relation: 'same shot' | 'different shots';
  /** How far the motion between them is to be believed, 0 … 1. */
  readonly trust: number;
  readonly report: PairReport;
}

export type Strategy = 'bridge' | 'morph' | 'dissolve' | 'hold' | 'generate' | 'leave';

export interface Choice {
  readonly strategy: Strategy;
  readonly engine: 'flow' | 'weights' | null;
  /** One sentence with the numbers it rests on. */
  readonly reason: string;
  readonly risk: 'low' | 'middle' | 'high';
}

export interface ChoiceFacts {
  readonly frames: number;
  readonly hasA: boolean;
  readonly hasB: boolean;
  /** The border is black (or a transition leads there): the gap is meant. */
  readonly blackA: boolean;
  readonly blackB: boolean;
  readonly judgement: Judgement | null;
  readonly longest: number;
}

/**
 * Below this share of pixels whose flows agree the two sides are different shots. Two shots agree in 0.002 at most on real footage, in 0.05 on smooth rendered
 * scenes; one shot within 12 frames in 0.12 or more for 19 real pairs of 20 (`npm run bench -- fill`).
 */
const leastAgreement = 0.055;
/** The engine's own score from which it is sure of a cut. */
const surelyCut = 0.5;
/** A bridge has at most so many frames; a morph up to so many is no risk by its length. */
const bridgeFrames = 8;
const morphFrames = 24;
/** Shorter than this a dissolve looks like a fault: the picture is held. */
const dissolveFrames = 6;

/** @throws EngineError; rejects with an AbortError */
export async function judge(
  engine: Engine,
  format: PictureFormat,
  a: Side,
  b: Side,
  { effort, signal }: { readonly effort: 'best' | 'fast'; readonly signal?: AbortSignal | undefined },
): Promise<Judgement> {
  using interpolator = engine.interpolator(format, { effort, cutThreshold: surelyCut });
  const report = await interpolator.load(a.pictures[0]!, b.pictures[0]!, signal ? { signal } : {});
  const { relation, agreement } = report;
  const same = relation === 'still' || (relation !== 'cut' && agreement >= leastAgreement);
  return { relation: same ? 'same shot' : 'different shots', trust: relation === 'still' ? 1 : agreement, report };
}

/** Of motion over a few frames, by how much of it is sure. */
const riskOf = ({ trust }: Judgement): Choice['risk'] => (trust > 0.7 ? 'low' : trust > 0.25 ? 'middle' : 'high');

export function chooseStrategy({ frames, hasA, hasB, blackA, blackB, judgement, longest }: ChoiceFacts): Choice {
  const leave = (reason: string): Choice => ({ strategy: 'leave', engine: null, reason, risk: 'low' });
  if (!hasA) return leave('there is no clip before it');
  if (!hasB) return leave('there is no clip after it');
  if (blackA || blackB) return leave(`the picture ${blackA ? 'before' : 'after'} it is black: it is empty on purpose`);
  if (judgement === null) return leave('its borders were not looked at');
  const share = `${Math.round(judgement.trust * 100)} % of the picture moves the same seen from both sides`;
  if (frames > longest)
    return {
      ...{ strategy: 'generate', engine: 'weights', risk: 'high' },
      reason: `${frames} frames are more than the ${longest} that are filled from both sides: it wants new material`,
    };
  if (judgement.relation === 'different shots')
    return frames >= dissolveFrames
      ? { strategy: 'dissolve', engine: 'flow', risk: 'middle', reason: `two different shots (${share})` }
      : {
          strategy: 'hold',
          engine: 'flow',
          risk: 'middle',
          reason: `two different shots (${share}), too short for a dissolve`,
        };
  if (frames <= bridgeFrames)
    return {
      ...{ strategy: 'bridge', engine: 'flow', risk: riskOf(judgement) },
      reason: `one shot, ${frames} of at most ${bridgeFrames} frames, ${share}`,
    };
  return {
    ...{ strategy: 'morph', engine: 'flow' },
    risk: frames <= morphFrames && riskOf(judgement) === 'low' ? 'middle' : 'high',
    reason: `one shot with ${frames} frames between, ${share}`,
  };
}

/** Mean of luma in 8-bit codes above black that still counts as black. */
const darkest = 3;

export function isBlack(
  picture: Uint8Array,
  { width, height, depth, layout }: PictureFormat,
  { range }: ColourTags,
): boolean {
  const samples = depth === 8 ? picture : new Uint16Array(picture.buffer, picture.byteOffset, picture.byteLength / 2);
  let sum = 0;
  for (let i = 0; i < width * height; i++) sum += samples[i]!;
  const mean = sum / (width * height) / 2 ** (depth - 8);
  const black = range === 'pc' || layout === 'rgb' ? 0 : 16;
  return mean - black < darkest;
}
