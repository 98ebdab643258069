// Interpolate: a clip at another frame rate or slower, with the frames it lacks made from the motion of their neighbours.
import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { defineOperation } from '../api/operation.ts';
import { codecNames, qualities } from '../media/codecs.ts';
import { sequenceFolder } from '../media/delivery.ts';
import { checkOutput } from '../media/publish.ts';
import type { OperationContext } from './context.ts';
import { makeClip } from './interpolate/make.ts';
import { estimateSeconds, planClip } from './interpolate/plan.ts';
import { tellPlan, tellRecord } from './interpolate/tell.ts';
import { rational } from './rational-param.ts';

const params = z.strictObject({
  fps: rational('fps', 'rate').optional().meta({
    title: 'Frame rate',
    unit: 'frames a second',
    description:
      'Rate of the result: 60, 59.94, 60000/1001. NTSC decimals mean k·1000/1001. 60 where neither this, factor nor slow is given.',
  }),
  factor: rational('factor', 'number').optional().meta({
    title: 'Factor',
    unit: 'times',
    description: 'Rate of the result as a multiple of the source rate: 2, 2.5, 5/2.',
  }),
  slow: rational('slow', 'number').optional().meta({
    title: 'Slow motion',
    unit: 'times real speed',
    description: 'Speed of the result at the rate of the source: 0.4 takes 2.5 times as long. Sound is left out.',
  }),
  dedup: z.boolean().default(false).meta({
    title: 'Remove repeats',
    description:
      'Finds frames that only repeat the one before (animation on twos and threes, telecine left-overs) and interpolates between the true ones. Holds longer than a quarter of a second stay.',
  }),
  cutThreshold: z.number().min(0).max(1.1).default(0.5).meta({
    title: 'Cut threshold',
    description:
      'How sure the engine must be (0 to 1) that two frames belong to different shots to mix nothing across them. Above 1: never.',
  }),
  effort: z.enum(['best', 'fast']).default('best').meta({
    title: 'Effort',
    description:
      'best finds motion in more detail; fast at half that size: about two and a half times quicker and a little softer in detail.',
  }),
  codec: z.enum(codecNames).optional().meta({
    title: 'Codec',
    description:
      'What the result is stored as. Where it is not given, the extension of the output decides; without one it is prores (422 HQ, 4444 with alpha).',
  }),
  quality: z.enum(qualities).optional().meta({
    title: 'Quality',
    description:
      'How much the codec may throw away. good where it is not given; ffv1, png, tiff and exr are always lossless.',
  }),
  range: z.string().optional().meta({
    title: 'Range',
    unit: 'IN-OUT',
    description:
      'Part of the clip, IN included and OUT not: frames counted from 0 (24-48), seconds (1.5s-3s) or timecode (01:00:01:00-01:00:02:00). Either side may be left out.',
  }),
  deinterlace: z.enum(['off', 'auto', 'on']).default('off').meta({
    title: 'Deinterlace',
    description:
      'off refuses interlaced clips; auto makes whole frames of clips marked interlaced; on does so with any clip.',
  }),
});
export type InterpolateParams = z.output<typeof params>;

/** At most one of fps, factor and slow may be given. */
function demandOneAim({ fps, factor, slow }: InterpolateParams): void {
  const given = Object.entries({ fps, factor, slow }).flatMap(([name, value]) => (value ? [name] : []));
  if (given.length > 1) throw new CompanionError('RATE_AMBIGUOUS', { given });
}

/** A clip that is there already is refused before hours of film are read. @throws CompanionError OUTPUT_EXISTS, OUTPUT_IS_INPUT */
function demandFree({ output, spared, force }: OperationContext): void {
  if (output === undefined || sequenceFolder(output) !== output) return;
  if (existsSync(output) && statSync(output).isFile()) checkOutput({ output, inputs: spared, force, folder: false });
}

export const interpolate = defineOperation({
  name: 'interpolate',
  title: 'Interpolate',
  summary: 'Takes a clip to 60 frames a second or any other rate, or into slow motion.',
  inputs: 1,
  output:
    'The clip to write (for stills: their folder), or an existing folder. Without it the clip lands beside its input, named for what was done: clip.60fps.mov.',
  params,
  async plan(given, context: OperationContext) {
    demandOneAim(given);
    const prepared = await planClip(given, context);
    return { ...prepared.plan, estimatedSeconds: await estimateSeconds(prepared, given, context) };
  },
  async run(given, context: OperationContext) {
    demandOneAim(given);
    demandFree(context);
    return makeClip(await planClip(given, context), given, context);
  },
  tellPlan,
  tell: tellRecord,
});
