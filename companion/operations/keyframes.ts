// Keyframes: stills at times become a clip, with morphs or dissolves between them.
import { z } from 'zod';
import { defineOperation } from '../api/operation.ts';
import { codecNames, qualities } from '../media/codecs.ts';
import { fits } from '../media/fit.ts';
import { leastSide, mostSide } from '../media/probe.ts';
import type { OperationContext } from './context.ts';
import { eases } from './keyframes/ease.ts';
import { makeKeyframes } from './keyframes/make.ts';
import { estimateSeconds, type KeyframesPlan, planKeyframes } from './keyframes/plan.ts';
import { manners } from './keyframes/spans.ts';
import { tellPlan, tellRecord } from './keyframes/tell.ts';
import { rational } from './rational-param.ts';

/** Words with commas between them, each one of those that are known. */
const listOf = <Word extends string>(known: readonly Word[]): z.ZodType<readonly Word[], string> =>
  z.string().transform((text, check) => {
    const words = text.split(',').map((word) => known.find((each) => each === word.trim()));
    if (words.every((word) => word !== undefined)) return words;
    check.addIssue({ code: 'custom', message: `one of ${known.join(', ')}, or a list of them with commas` });
    return z.NEVER;
  });

const holds: z.ZodType<readonly number[], string> = z.string().transform((text, check) => {
  const words = text.split(',').map((word) => word.trim());
  if (words.every((word) => /^\d{1,7}$/.test(word))) return words.map(Number);
  check.addIssue({ code: 'custom', message: 'a whole number of frames, or a list of them with commas' });
  return z.NEVER;
});

const size: z.ZodType<{ readonly width: number; readonly height: number }, string> = z
  .string()
  .transform((text, check) => {
    const [width, height] = (/^\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*$/i.exec(text) ?? []).slice(1).map(Number);
    const fitsIn = (side: number | undefined): side is number =>
      side !== undefined && side >= leastSide && side <= mostSide;
    if (fitsIn(width) && fitsIn(height)) return { width, height };
    check.addIssue({
      code: 'custom',
      message: `a width and a height such as 1920x1080, from ${leastSide}x${leastSide} to ${mostSide}x${mostSide}`,
    });
    return z.NEVER;
  });

const params = z.strictObject({
  times: z.string().optional().meta({
    title: 'Times',
    unit: 'TIME,TIME,…',
    description:
      'When each still is shown, rising: frames (0,24,60), seconds (0s,1.5s,4s) or timecode (01:00:00:00,01:00:02:00). The clip runs from the first to the last, both shown: last − first + 1 frames. Without it they are evenly apart (every).',
  }),
  every: z.int().min(1).max(1_000_000).default(24).meta({
    title: 'Every',
    unit: 'frames',
    description: 'Frames from one still to the next, where times are not given.',
  }),
  fps: rational('fps', 'rate').prefault('24').meta({
    title: 'Frame rate',
    unit: 'frames a second',
    description: 'Rate of the clip: 24, 23.976, 30000/1001. NTSC decimals mean k·1000/1001.',
  }),
  size: size.optional().meta({
    title: 'Size',
    unit: 'WIDTHxHEIGHT',
    description: 'Size of the clip. Without it that of the first still, made even.',
  }),
  fit: z.enum(fits).default('contain').meta({
    title: 'Fit',
    description:
      'How stills of other shapes come into the clip: contain shows all of them, with bars; cover fills it and cuts; stretch bends them; none puts them in the middle, pixel for pixel.',
  }),
  ease: listOf(eases).prefault('linear').meta({
    title: 'Ease',
    unit: 'EASE or a list',
    description:
      'How it goes from one still to the next: linear, in, out, in-out; one for all, or a list with commas. linear keeps the pace through a still (a time lapse, phases of a movement); in-out comes to rest at each.',
  }),
  hold: holds.prefault('0').meta({
    title: 'Hold',
    unit: 'FRAMES or a list',
    description:
      'Frames a still stands from its time on, taken from the way to the next; the last one arrives that much earlier. One for all, or a list with commas.',
  }),
  manner: listOf(manners).prefault('auto').meta({
    title: 'Manner',
    unit: 'MANNER or a list',
    description:
      'What comes between two stills: morph along their motion, dissolve, cut; auto morphs where the engine trusts the motion and dissolves elsewhere. One for all, or a list with commas.',
  }),
  effort: z.enum(['best', 'fast']).default('best').meta({
    title: 'Effort',
    description: 'best finds motion in more detail; fast at half that size, and quicker.',
  }),
  codec: z.enum(codecNames).optional().meta({
    title: 'Codec',
    description:
      'What the clip is stored as. Where it is not given, the extension of the output decides; without one it is prores (422 HQ, 4444 where a still is see-through).',
  }),
  quality: z.enum(qualities).optional().meta({
    title: 'Quality',
    description:
      'How much the codec may throw away. good where it is not given; ffv1, png, tiff and exr are always lossless.',
  }),
});
export type KeyframesParams = z.output<typeof params>;

export const keyframes = defineOperation({
  name: 'keyframes',
  title: 'Keyframes',
  summary: 'Makes a clip of stills at times, with morphs or dissolves between them.',
  inputs: { atLeast: 2 },
  output:
    'The clip to write (for stills: their folder), or an existing folder. Without it the clip lands beside the first still: first.keyframes.mov.',
  params,
  async plan(given, context: OperationContext): Promise<KeyframesPlan> {
    const prepared = await planKeyframes(given, context, true);
    return { ...prepared.plan, estimatedSeconds: await estimateSeconds(prepared, given, context) };
  },
  run: async (given, context: OperationContext) =>
    makeKeyframes(await planKeyframes(given, context, context.force), given, context),
  tellPlan,
  tell: tellRecord,
});
