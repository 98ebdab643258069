// Fill: the gaps of a timeline filled to the exact frame from the pictures on both sides, and the timeline written anew with the fills on it.
import { z } from 'zod';
import { defineOperation } from '../api/operation.ts';
import type { OperationContext } from './context.ts';
import type { FillRecord } from './fill/job.ts';
import { previewFields, slotFields, storedFields } from './fill/params.ts';
import { factsOf, type SlotFacts, tellFill, tellLeft, tellPreviews, tellSlots } from './fill/tell.ts';

const params = z.strictObject({
  ...slotFields,
  strategy: z.enum(['auto', 'bridge', 'morph', 'dissolve', 'hold']).default('auto').meta({
    title: 'Strategy',
    description:
      'auto chooses for each gap and says why. bridge and morph follow the motion from one side to the other, dissolve mixes the two, hold stands still.',
  }),
  again: z.boolean().default(false).meta({
    title: 'Again',
    description:
      'Makes earlier fills anew instead of filling gaps. What was there stays as a take: "inbetween takes" shows and chooses.',
  }),
  handles: z.int().min(0).max(240).default(8).meta({
    title: 'Handles',
    unit: 'frames',
    description: 'Frames of the neighbours before and after the fill in its file, where both sides are one take.',
  }),
  match: z.boolean().default(true).meta({
    title: 'Match seams',
    description: 'Corrects brightness, colour and grain of the fill towards both sides, ramped over its length.',
  }),
  strict: z.boolean().default(true).meta({
    title: 'Strict seams',
    description:
      'A seam beyond the limits fails the job, and nothing is written. Without it the fill stays, and the result says what is beyond.',
  }),
  ...storedFields,
  ...previewFields,
});
export type FillVerbParams = z.output<typeof params>;

/** What a fill would do. */
export interface FillVerbPlan {
  readonly input: string;
  readonly output: string;
  /** Folder of the clips. */
  readonly media: string;
  readonly slots: readonly SlotFacts[];
  /** Seconds all of it should take. */
  readonly estimatedSeconds: number;
}

export const fill = defineOperation({
  name: 'fill',
  title: 'Fill',
  summary:
    'Fills the gaps of a timeline from the pictures on both sides, and writes the timeline with the fills on it.',
  inputs: 1,
  timelines: true,
  cached: false,
  output:
    'The timeline to write, or an existing folder. Without it it lands beside the one that was read: cut.filled.otio, with its clips in "cut.filled media".',
  params,
  async plan(given, context: OperationContext): Promise<FillVerbPlan> {
    const [{ prepare }, { placeOf }] = await Promise.all([import('./fill/plan.ts'), import('./fill/place.ts')]);
    const { opened, slots } = await prepare(given, context);
    const { output, media } = placeOf(opened, context);
    const facts = slots.map(factsOf);
    return {
      ...{ input: opened.file, output, media, slots: facts },
      estimatedSeconds: facts.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    };
  },
  async run(given, context: OperationContext): Promise<FillRecord> {
    // the timeline library is loaded when it is used: other verbs start without it
    const [{ fillTimeline }, { prepare }, { makerOf }] = await Promise.all([
      import('./fill/job.ts'),
      import('./fill/plan.ts'),
      import('./fill/make.ts'),
    ]);
    return fillTimeline(await prepare(given, context), makerOf(given, context.engine.version), given, context);
  },
  tellPlan: ({ output, media, slots }: FillVerbPlan) => [...tellSlots(slots), `output  ${output}`, `clips   ${media}`],
  tell: (record: FillRecord) => [
    ...record.fills.flatMap(tellFill),
    ...tellPreviews(record),
    ...tellLeft(record.left, record.losses),
  ],
});
