// Makes the fill of one slot: pictures, seams measured and matched, the clip.
import type { ExactRate } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import type { Quality } from '../../media/codecs.ts';
import type { OperationContext } from '../context.ts';
import { bridge, type Manner, type Side } from './bridge.ts';
import { type WrittenClip, writeClip } from './clip.ts';
import { type Identity, identify } from './identity.ts';
import type { Maker } from './job.ts';
import { applyMatch, type MatchFacts, planMatch } from './match.ts';
import type { FillCodec } from './params.ts';
import type { Considered, Prepared, SlotParams } from './plan.ts';
import { whereOf } from './plan.ts';
import { defaultLimits, faultsOf, measureSeam, type SeamMeasure } from './seam.ts';
import { type Bank, readSide } from './sides.ts';

export interface FillParams extends SlotParams {
  readonly codec: FillCodec;
  readonly quality?: Quality | undefined;
  /** Whether seams are matched. */
  readonly match: boolean;
  /** Whether a seam beyond the limits fails the job. */
  readonly strict: boolean;
}

/** A finished clip, as plain data. */
export interface MadeFill {
  readonly where: string;
  readonly track: string;
  readonly number: number;
  /** First frame replaced and the first after, in frames of the track. */
  readonly in: number;
  readonly out: number;
  readonly timecode: string;
  readonly strategy: string;
  readonly reason: string;
  readonly risk: string;
  /** Id of the work, a UUID: what it is made of decides it. */
  readonly job: string;
  /** Name of its file. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Frames in the file: before, of, and after the fill. */
  readonly head: number;
  readonly frames: number;
  readonly tail: number;
  readonly start: number;
  /** Exact, `24000/1001`. */
  readonly rate: string;
  /** Null on a side where nothing is. */
  readonly seams: { readonly head: SeamMeasure | null; readonly tail: SeamMeasure | null };
  /** What is beyond the limits, in words. */
  readonly faults: readonly string[];
  readonly matched: MatchFacts | null;
  /** Of a retimed clip. */
  readonly retimed: Retimed | null;
  /** The same at a rate of its own. */
  readonly native: NativeClip | null;
  readonly encoder: string;
  readonly pixelFormat: string;
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  /** Files it was made from. */
  readonly inputs: readonly string[];
}

/** How the frames of a retimed clip came about; handles are counted too. */
export interface Retimed {
  /** `2/5`: frames of the media from one frame of the track to the next, exact. */
  readonly step: string;
  /** Made by flow. */
  readonly made: number;
  /** The media's own, unchanged. */
  readonly copied: number;
  /** Of `copied`: the nearer of two frames of different shots. */
  readonly atCuts: number;
}

export interface NativeClip {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rate: ExactRate;
  readonly frames: number;
}

const mannerOf = { bridge: 'motion', morph: 'motion', dissolve: 'dissolve', hold: 'hold' } as const;

/** The border picture and up to two beyond it, as far as they are one frame of the track apart: of a retimed clip there may be no such ones. */
function frameByFrame({ pictures, ages }: Side): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const age of [0, 1, 2]) {
    const picture = pictures[ages.findIndex((each) => Math.abs(each - age) < 0.01)];
    if (picture === undefined) break;
    found.push(picture);
  }
  return found;
}

/** One slot to be filled. */
export interface SlotWork {
  readonly prepared: Prepared;
  readonly considered: Considered;
  readonly context: OperationContext;
  readonly identity: Identity;
  /** The clip to write, with its extension; and the one at a rate of its own, where the plan has one. */
  readonly file: string;
  readonly nativeFile: string;
  readonly progress: (pictures: number) => void;
}

/** Makes gaps' fills by these parameters. */
export const makerOf = (params: FillParams, engineVersion: string): Maker => {
  const { codec, quality, effort, match, fit } = params;
  return {
    identify: (considered) => identify(considered, { codec, quality, effort, match, fit }, engineVersion),
    make: (work) => makeFill(work, params),
  };
};

/**
 * Makes one fill.
 * @throws CompanionError SEAM_BEYOND where `strict`; as `writeClip` and `readSide`; AbortError. Then nothing is left of it.
 */
export async function makeFill(
  { prepared, considered, context, identity, file, progress }: SlotWork,
  params: FillParams,
): Promise<MadeFill> {
  const { slot, strategy } = considered;
  const plan = considered.plan!;
  const form = considered.form!;
  const { engine, signal } = context;
  const { fit, effort } = params;
  const { reels, tools } = prepared;
  const manner: Manner = mannerOf[strategy as keyof typeof mannerOf];
  const read = async (
    beside: Considered['before'],
    border: number,
    way: -1 | 1,
    handle: number,
  ): Promise<Bank | null> =>
    beside &&
    (await readSide(reels, { track: slot.track, border, way, handle, frames: plan.frames, form, fit }, beside));
  const [a, b] = [
    await read(considered.before, slot.before, -1, plan.head),
    await read(considered.after, slot.after, 1, plan.tail),
  ];
  const { frames } = plan;
  const none = { pictures: [], ages: [] };
  const bridged = (only?: readonly number[]) =>
    bridge({
      engine,
      format: form.picture,
      a: a?.side ?? none,
      b: b?.side ?? none,
      frames,
      manner,
      effort,
      signal,
      only,
    });

  const wanted = [...new Set([0, Math.min(1, frames - 1), frames >> 1, Math.max(0, frames - 2), frames - 1])].sort(
    (x, y) => x - y,
  );
  const looked = new Map<number, Uint8Array>();
  let next = 0;
  for await (const picture of bridged(wanted)) looked.set(wanted[next++]!, Uint8Array.from(picture));
  const inside = (order: readonly number[]): Uint8Array[] => [...new Set(order)].map((i) => looked.get(i)!);
  const ends = {
    head: a && { outside: frameByFrame(a.side), inside: inside([0, Math.min(1, frames - 1)]) },
    tail: b && { outside: frameByFrame(b.side), inside: inside([frames - 1, Math.max(0, frames - 2)]) },
  };
  const { picture: format, colour } = form;
  const middle = looked.get(frames >> 1)!;
  const match =
    params.match && manner !== 'hold'
      ? planMatch({ format, colour, head: ends.head, tail: ends.tail, frames, middle })
      : null;
  const matched = (picture: Uint8Array, i: number): Uint8Array =>
    match === null ? picture : applyMatch(match, picture, i, frames, format);

  const seamOf = (end: 'head' | 'tail', order: readonly number[]): SeamMeasure | null => {
    const seam = ends[end];
    if (seam === null) return null;
    const own = [...new Set(order)].map((i) => matched(looked.get(i)!, i));
    return measureSeam({ format, colour, outside: seam.outside, inside: own });
  };
  const seams = {
    head: seamOf('head', [0, Math.min(1, frames - 1)]),
    tail: seamOf('tail', [frames - 1, Math.max(0, frames - 2)]),
  };
  const faults = (['head', 'tail'] as const).flatMap((end) => {
    const seam = seams[end];
    return seam === null || manner === 'hold' ? [] : faultsOf(seam, defaultLimits).map((fault) => `${end}: ${fault}`);
  });
  if (params.strict && faults.length > 0) throw new CompanionError('SEAM_BEYOND', { ...whereOf(slot), faults });

  async function* pictures(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* (a?.handle ?? []).toReversed();
    let i = 0;
    for await (const picture of bridged()) yield matched(picture, i++);
    yield* b?.handle ?? [];
  }
  const lead = (considered.before ?? considered.after)!.frame.media;
  const written = await writeClip({
    ...{ tools, engine, plan, form, codec: params.codec, quality: params.quality, job: identity.job, signal, progress },
    beside: lead,
    file,
    pictures: pictures(),
  });
  return {
    ...clipFacts(considered, identity, written),
    ...{ seams, faults, matched: match?.facts ?? null, retimed: null, native: null },
    inputs: [
      ...new Set([considered.before, considered.after].flatMap((beside) => (beside ? [beside.frame.file] : []))),
    ],
  };
}

/** What is told of a clip however it was made. */
export function clipFacts(
  { slot, strategy, reason, risk, plan }: Considered,
  { job, name }: Identity,
  { bytes, sha256, encoder, pixelFormat, checks, notes }: WrittenClip,
) {
  const { in: first, out, head, frames, tail, start, rate, warnings } = plan!;
  return {
    ...{ ...whereOf(slot), track: slot.label, number: slot.number, in: first, out, timecode: slot.timecode },
    ...{ strategy, reason, risk, job, name, bytes, sha256 },
    ...{ head, frames, tail, start, rate: `${rate.num}/${rate.den}` },
    ...{ encoder, pixelFormat, checks, notes: [...warnings, ...notes] },
  };
}
