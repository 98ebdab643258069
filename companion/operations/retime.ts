// Retime: clips of a timeline that are slowed down, held or of another rate than their track, made anew frame by frame, and the timeline written with them.
import { z } from 'zod';
import { defineOperation } from '../api/operation.ts';
import type { OperationContext } from './context.ts';
import type { FillRecord } from './fill/job.ts';
import { previewFields, slotFields, storedFields } from './fill/params.ts';
import { factsOf, tellFill, tellLeft, tellPreviews, tellSlots } from './fill/tell.ts';
import type { FillVerbPlan } from './fill.ts';
import { rational } from './rational-param.ts';

const { effort, mediaRoot } = slotFields;

const params = z.strictObject({
  clip: z.string().optional().meta({
    title: 'Clip',
    description:
      'Name of the clip, all of that name. Without it every clip that is retimed or has another rate than its track.',
  }),
  track: z.string().optional().meta({
    title: 'Track',
    description: 'Track whose clips are meant, as "inbetween otio info" labels it: V1. All picture tracks without it.',
  }),
  rate: rational('rate', 'rate').optional().meta({
    title: 'Rate of its own',
    unit: 'frames a second',
    description:
      'Delivers each clip at this rate too, 60000/1001 for example: a file beside the one at the rate of the track, and a reference to it in the timeline.',
  }),
  handles: z.int().min(0).max(240).default(8).meta({
    title: 'Handles',
    unit: 'frames',
    description: 'Frames before and after the clip in its file, where its media have them.',
  }),
  effort,
  ...storedFields,
  ...previewFields,
  edlRate: slotFields.rate,
  mediaRoot,
});
export type RetimeVerbParams = z.output<typeof params>;

export const retime = defineOperation({
  name: 'retime',
  title: 'Retime',
  summary:
    'Makes clips of a timeline that are slowed down, held or of another rate anew at the rate of their track, and writes the timeline with them.',
  inputs: 1,
  timelines: true,
  cached: false,
  output:
    'The timeline to write, or an existing folder. Without it it lands beside the one that was read: cut.retimed.otio, with its clips in "cut.retimed media".',
  params,
  async plan(given, context: OperationContext): Promise<FillVerbPlan> {
    const [{ prepareRetime }, { placeOf }] = await Promise.all([import('./retime/plan.ts'), import('./fill/place.ts')]);
    const { opened, slots } = await prepareRetime(given, context);
    const { output, media } = placeOf(opened, context, 'retimed');
    const facts = slots.map(factsOf);
    return {
      ...{ input: opened.file, output, media, slots: facts },
      estimatedSeconds: facts.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    };
  },
  async run(given, context: OperationContext): Promise<FillRecord> {
    const [{ fillTimeline }, { prepareRetime }, { makerOf }] = await Promise.all([
      import('./fill/job.ts'),
      import('./retime/plan.ts'),
      import('./retime/make.ts'),
    ]);
    const maker = makerOf(given, context.engine.version);
    return fillTimeline(await prepareRetime(given, context), maker, { ...given, word: 'retimed' }, context);
  },
  tellPlan: ({ output, media, slots }: FillVerbPlan) => [...tellSlots(slots), `output  ${output}`, `clips   ${media}`],
  tell: (record: FillRecord) => [
    ...record.fills.flatMap(tellFill),
    ...tellPreviews(record),
    ...tellLeft(record.left, record.losses),
  ],
});
