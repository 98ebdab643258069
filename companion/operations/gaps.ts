// Gaps: the gaps of a timeline, and what a fill would do with each.
import { z } from 'zod';
import { defineOperation } from '../api/operation.ts';
import type { OperationContext } from './context.ts';
import { slotFields } from './fill/params.ts';
import { factsOf, type SlotFacts, tellSlots } from './fill/tell.ts';

/** The gaps found, in the order of tracks and time. */
export interface GapList {
  readonly timeline: string;
  readonly gaps: readonly SlotFacts[];
}

export const gaps = defineOperation({
  name: 'gaps',
  title: 'Gaps',
  summary: 'Lists the gaps of a timeline: what lies beside each, how it can be filled, why, at what cost and risk.',
  inputs: 1,
  timelines: true,
  params: z.strictObject(slotFields),
  async run(params, context: OperationContext): Promise<GapList> {
    const { prepare } = await import('./fill/plan.ts');
    const { opened, slots, reels } = await prepare({ ...params, strategy: 'auto', handles: 8, again: false }, context);
    for (const note of reels.moved) context.note(note);
    return { timeline: opened.file, gaps: slots.map(factsOf) };
  },
  tell: ({ gaps: found }: GapList) => {
    const fillable = found.filter(({ seconds }) => seconds !== null);
    const frames = fillable.reduce((sum, gap) => sum + gap.frames, 0);
    const counted = found.length === 1 ? '1 gap' : `${found.length} gaps`;
    const told = `${counted}, ${fillable.length} to fill (${frames} frames): inbetween fill does it.`;
    return [
      ...tellSlots(found),
      found.length === 0 ? 'There is no gap.' : fillable.length === 0 ? `${counted}, none of them to fill.` : told,
    ];
  },
});
