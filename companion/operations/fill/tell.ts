// Slots, plans and records of fills in lines for a person.
import path from 'node:path';
import type { FillRecord } from './job.ts';
import type { MadeFill } from './make.ts';
import type { Considered } from './plan.ts';
import type { SeamMeasure } from './seam.ts';

/** A slot as plain data: what `gaps` lists. */
export interface SlotFacts {
  readonly track: string;
  readonly number: number;
  readonly timecode: string;
  /** Frames of the track, counted from its first. */
  readonly in: number;
  readonly out: number;
  readonly frames: number;
  readonly place: string;
  /** Names of the clips beside it; null where there is none, or none that can be shown. */
  readonly before: string | null;
  readonly after: string | null;
  readonly handles: { readonly head: number; readonly tail: number } | null;
  /** Exact, `24000/1001`; null where nothing can be filled. */
  readonly rate: string | null;
  readonly strategy: string;
  readonly engine: string | null;
  readonly reason: string;
  readonly risk: string;
  /** About how long it takes; null where nothing is made. */
  readonly seconds: number | null;
}

export function factsOf({ slot, strategy, engine, reason, risk, seconds, before, after, plan }: Considered): SlotFacts {
  return {
    ...{ track: slot.label, number: slot.number, timecode: slot.timecode, in: slot.in, out: slot.out },
    ...{ frames: slot.out - slot.in, place: slot.place },
    before: before?.shown.clip.name ?? null,
    after: after?.shown.clip.name ?? null,
    handles: plan && { head: plan.head, tail: plan.tail },
    rate: plan && `${plan.rate.num}/${plan.rate.den}`,
    ...{ strategy, engine, reason, risk, seconds },
  };
}

const framesWord = (frames: number): string => (frames === 1 ? '1 frame' : `${frames} frames`);

export function tellSlots(slots: readonly SlotFacts[]): string[] {
  return slots.flatMap((slot) => [
    `${slot.track} ${slot.number}`.padEnd(7) +
      ` ${slot.timecode || `frame ${slot.in}`}  ${framesWord(slot.frames).padEnd(11)} ${slot.strategy.padEnd(8)} ` +
      (slot.seconds === null
        ? ''
        : `risk ${slot.risk}, about ${slot.seconds < 10 ? slot.seconds.toFixed(1) : Math.round(slot.seconds)} s`),
    `        ${slot.before ?? lack(slot, 'head')} → ${slot.after ?? lack(slot, 'tail')}`,
    `        ${slot.reason}`,
  ]);
}

/** What stands for a side that shows no picture. */
const lack = ({ place }: SlotFacts, end: 'head' | 'tail'): string =>
  place === end || place === 'whole' ? 'nothing' : 'what cannot be shown';

/** ΔE and steps of a seam, short. */
export function tellSeam(seam: SeamMeasure | null): string {
  if (seam === null) return 'nothing beside it';
  const natural = seam.natural === null ? '' : ` (material ${seam.natural.mean.toFixed(1)})`;
  const velocity = seam.velocity === null ? '' : `, motion off by ${seam.velocity.toFixed(1)} px`;
  return (
    `ΔE ${seam.deltaE.mean.toFixed(1)} mean, ${seam.deltaE.p95.toFixed(1)} 95th${natural}, luma step ${seam.lumaStep.toFixed(2)}, ` +
    `grain ×${seam.grain.ratio.toFixed(2)}, sharpness ×${seam.sharpness.ratio.toFixed(2)}${velocity}`
  );
}

export function tellFill(fill: MadeFill): string[] {
  const { retimed, native } = fill;
  if (retimed !== null)
    return [
      `${fill.where}: ${framesWord(fill.frames)} retimed, ${fill.name}`,
      `  why   ${fill.reason}`,
      `  of    ${retimed.made} made, ${retimed.copied} the media’s own${retimed.atCuts === 0 ? '' : ` (${retimed.atCuts} at cuts)`}, handles with them`,
      ...(native === null ? [] : [`  and   ${framesWord(native.frames)} at its own rate, ${native.name}`]),
    ];
  return [
    `${fill.where}: ${framesWord(fill.frames)} by ${fill.strategy}, ${fill.name}`,
    `  why   ${fill.reason}`,
    `  head  ${tellSeam(fill.seams.head)}`,
    `  tail  ${tellSeam(fill.seams.tail)}`,
    ...fill.faults.map((fault) => `  seam  ${fault}`),
  ];
}

/** Where the previews are. */
export const tellPreviews = ({ media, previews }: Pick<FillRecord, 'media' | 'previews'>): string[] =>
  previews.flatMap(({ clip, sheet }) => [
    `preview ${path.join(media, clip)}`,
    ...(sheet === null ? [] : [`seams   ${path.join(media, sheet)}`]),
  ]);

export const tellLeft = (left: readonly SlotFacts[], losses: readonly string[]): string[] => [
  ...left.map(
    (slot) => `left: ${slot.track} ${slot.number}, ${framesWord(slot.frames)} (${slot.strategy}): ${slot.reason}`,
  ),
  ...losses.map((loss) => `lost: ${loss}`),
];
