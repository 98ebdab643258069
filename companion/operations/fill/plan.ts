// What a fill will do: each slot with its sides judged, its strategy chosen and its frames planned. Nothing is written.
import path from 'node:path';
import { type FillPlan, plan as planFill } from '../../../otio/fill/index.ts';
import { OtioError, type Timeline } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { findTools, type MediaTools } from '../../media/find.ts';
import type { Fit, Form } from '../../media/fitted.ts';
import { type Opened, openTimeline } from '../../timeline/open.ts';
import { withMedia } from '../../timeline/packed.ts';
import { timelineOf } from '../../timeline/within.ts';
import type { OperationContext } from '../context.ts';
import { chooseStrategy, isBlack, type Judgement, judge, type Strategy } from './choose.ts';
import { type Beside, Reels } from './reels.ts';
import { readSide } from './sides.ts';
import { type Slot, type SlotRequest, slotsOf } from './slots.ts';

/** What `gaps` and `fill` are both told. */
export interface SlotParams extends Omit<SlotRequest, 'again'> {
  readonly strategy: 'auto' | 'bridge' | 'morph' | 'dissolve' | 'hold';
  /** Frames of the longest gap that is filled. */
  readonly longest: number;
  readonly handles: number;
  readonly effort: 'best' | 'fast';
  readonly fit: Fit;
  /** Frames a second of an EDL. */
  readonly rate?: string | undefined;
  readonly mediaRoot?: string | undefined;
}

/** A slot with what is known of it. */
export interface Considered {
  readonly slot: Slot;
  readonly strategy: Strategy | 'retime';
  readonly engine: 'flow' | 'weights' | null;
  /** Why that strategy, or why it is left: one sentence with its numbers. */
  readonly reason: string;
  readonly risk: 'low' | 'middle' | 'high';
  /** Seconds its pictures should take; null where nothing is made. */
  readonly seconds: number | null;
  readonly judgement: Judgement | null;
  readonly before: Beside | null;
  readonly after: Beside | null;
  /** Where and what is rendered; null where it is left. */
  readonly plan: FillPlan | null;
  /** The form of its pictures, that of the clip beside it. */
  readonly form: Form | null;
}

/** An opened timeline, its media, and its slots. */
export interface Prepared {
  readonly opened: Opened;
  readonly timeline: Timeline;
  readonly tools: MediaTools;
  readonly reels: Reels;
  readonly slots: readonly Considered[];
}

/**
 * Opens the timeline and considers every slot that was asked for.
 * @throws CompanionError of opening; TRACK_UNKNOWN, GAP_UNKNOWN, GAP_AMBIGUOUS; for gaps that were asked for by number also why one cannot be filled
 */
export async function prepare(
  params: SlotParams & { readonly again: boolean },
  context: OperationContext,
): Promise<Prepared> {
  const { signal } = context;
  const file = context.inputs[0]!;
  context.progress({ phase: 'probe', done: 0, total: 1, unit: 'files' });
  const tools = await findTools({ signal });
  const opened = withMedia(await openTimeline(file, params.rate === undefined ? {} : { rate: params.rate }), context);
  const timeline = timelineOf(opened);
  const asked = slotsOf(timeline, params);
  context.progress({ phase: 'probe', done: 1, total: 1, unit: 'files' });
  const reels = new Reels(opened, tools, rootsOf(context, params), context);
  const slots: Considered[] = [];
  for (const [i, slot] of asked.entries()) {
    context.progress({ phase: 'analyse', done: i, total: asked.length, unit: 'steps' });
    const beside = asked.find((one) => one.track === slot.track && (one.out === slot.in || one.in === slot.out));
    slots.push(
      beside === undefined
        ? await consider(slot, { timeline, reels, params, context })
        : {
            slot,
            before: null,
            after: null,
            ...left(`it lies beside ${whereOf(beside).where}, which is made anew too`),
          },
    );
  }
  context.progress({ phase: 'analyse', done: asked.length, total: asked.length, unit: 'steps' });
  return { opened, timeline, tools, reels, slots };
}

/** Folders whose media may be read beside that of the timeline: for a guest without all rights none. */
export function rootsOf(
  { inputs, confined, from }: OperationContext,
  { mediaRoot }: { readonly mediaRoot?: string | undefined },
): string[] {
  const own = path.dirname(inputs[0]!);
  if (confined) return [];
  return [...(mediaRoot === undefined ? [] : [path.resolve(from, mediaRoot)]), path.parse(own).root];
}

interface Setting {
  readonly timeline: Timeline;
  readonly reels: Reels;
  readonly params: SlotParams;
  readonly context: OperationContext;
}

type Left = Pick<Considered, 'strategy' | 'engine' | 'reason' | 'risk' | 'seconds' | 'judgement' | 'plan' | 'form'>;

/** A slot that nothing is made for. */
export const left = (reason: string, judgement: Judgement | null = null): Left => ({
  ...{ strategy: 'leave', engine: null, reason, risk: 'low', seconds: null },
  ...{ judgement, plan: null, form: null },
});

async function consider(slot: Slot, setting: Setting): Promise<Considered> {
  const { timeline, reels, params } = setting;
  const frames = slot.out - slot.in;
  const named = params.gap !== undefined || params.strategy !== 'auto';
  const [before, after] = [
    slot.in === 0 ? null : await reels.at(slot.track, slot.before),
    slot.place === 'tail' || slot.place === 'whole' ? null : await reels.at(slot.track, slot.after),
  ];
  const offline = [before, after].find((side) => typeof side === 'string');
  const sides = { before: besideOf(before), after: besideOf(after) };
  if (offline !== undefined) {
    if (named) throw new CompanionError('GAP_UNFIT', { ...whereOf(slot), reason: offline });
    return { slot, ...sides, ...left(offline) };
  }
  const lead = sides.before ?? sides.after;
  if (lead === null) return { slot, ...sides, ...left('there is no clip beside it') };
  if (params.gap !== undefined && frames > params.longest)
    throw new CompanionError('GAP_TOO_LONG', { ...whereOf(slot), frames, longest: params.longest });
  const { stream } = lead.frame.media;
  if (stream.fieldOrder === 'tff' || stream.fieldOrder === 'bff') {
    const reason = `${lead.frame.file} is interlaced: take it through "inbetween interpolate --deinterlace auto" first`;
    if (named) throw new CompanionError('GAP_UNFIT', { ...whereOf(slot), reason });
    return { slot, ...sides, ...left(reason) };
  }
  const form: Form = stream;
  const looked = await look(slot, sides, form, setting);
  const chosen = chooseStrategy({
    frames,
    hasA: sides.before !== null,
    hasB: sides.after !== null,
    blackA: looked.blackA || slot.fades,
    blackB: looked.blackB || slot.fades,
    judgement: looked.judgement,
    longest: params.longest,
  });
  const { judgement, perFrameMs } = looked;
  const strategy = params.strategy === 'auto' ? chosen.strategy : params.strategy;
  const facts = { slot, ...sides, judgement };
  if (strategy === 'leave' || strategy === 'generate')
    return { ...left(chosen.reason, judgement), ...facts, ...chosen, seconds: null };
  if (frames > params.longest)
    throw new CompanionError('GAP_TOO_LONG', { ...whereOf(slot), frames, longest: params.longest });
  if (strategy !== 'hold' && (sides.before === null || sides.after === null))
    throw new CompanionError('GAP_UNFIT', {
      ...whereOf(slot),
      reason: `a ${strategy} needs a clip on both sides: hold shows the one there is`,
    });
  const reason =
    strategy === chosen.strategy
      ? chosen.reason
      : `asked for; by itself it would be ${chosen.strategy}: ${chosen.reason}`;
  return {
    ...facts,
    strategy,
    engine: 'flow',
    reason,
    risk: strategy === chosen.strategy ? chosen.risk : 'high',
    seconds: (perFrameMs * frames) / 1000,
    plan: planOf(timeline, slot, params),
    form,
  };
}

/** @throws CompanionError GAP_UNFIT */
function planOf(timeline: Timeline, slot: Slot, { handles }: SlotParams): FillPlan {
  try {
    const request = { track: slot.track, range: slot.range };
    const usual = planFill(timeline, request);
    const [head, tail] = [Math.min(usual.head, handles), Math.min(usual.tail, handles)];
    return planFill(timeline, { ...request, head, tail });
  } catch (error) {
    if (!(error instanceof OtioError)) throw error;
    throw new CompanionError('GAP_UNFIT', { ...whereOf(slot), reason: error.details }, { cause: error });
  }
}

const besideOf = (side: Beside | string | null): Beside | null => (typeof side === 'string' ? null : side);

/** Which slot, for a sentence. */
export const whereOf = ({ label, number, kind }: Slot): { where: string } => ({
  where: `${kind} ${number} of ${label}`,
});

/** Looks at the border pictures: black, one shot or two, and how long a frame takes. */
async function look(
  slot: Slot,
  { before, after }: { before: Beside | null; after: Beside | null },
  form: Form,
  { reels, params: { fit, effort }, context: { engine, signal } }: Setting,
): Promise<{ blackA: boolean; blackB: boolean; judgement: Judgement | null; perFrameMs: number }> {
  const side = async (beside: Beside | null, border: number, way: -1 | 1) =>
    beside && (await readSide(reels, { track: slot.track, border, way, handle: 0, frames: 1, form, fit }, beside)).side;
  const [a, b] = [await side(before, slot.before, -1), await side(after, slot.after, 1)];
  const isDark = (pictures: typeof a): boolean =>
    pictures !== null && isBlack(pictures.pictures[0]!, form.picture, form.colour);
  const began = performance.now();
  const judgement = a === null || b === null ? null : await judge(engine, form.picture, a, b, { effort, signal });
  return { blackA: isDark(a), blackB: isDark(b), judgement, perFrameMs: performance.now() - began };
}
