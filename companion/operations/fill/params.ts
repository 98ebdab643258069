// Parameters that `gaps` and `fill` have in common.
import { z } from 'zod';
import type { ProfileName } from '../../../otio/index.ts';
import { type CodecName, qualities } from '../../media/codecs.ts';

/** Intra codecs: an editor shows the first frame of a fill at once, and no frame hangs on another. */
export const fillCodecs = ['prores', 'dnxhr', 'ffv1'] as const satisfies readonly CodecName[];
export type FillCodec = (typeof fillCodecs)[number];

const profileNames = ['otio', 'resolve', 'premiere', 'kdenlive', 'legacy'] as const satisfies readonly ProfileName[];

/** Frames of the longest gap that is filled without being told otherwise: five seconds at 48. */
const usualLongest = 240;

export const slotFields = {
  track: z.string().optional().meta({
    title: 'Track',
    description: 'Track whose gaps are meant, as "inbetween otio info" labels it: V1. All picture tracks without it.',
  }),
  gap: z.string().optional().meta({
    title: 'Gap',
    unit: 'numbers',
    description: 'Which gaps of the track, by their numbers: 3, 2-5 or 1,4. All of them without it.',
  }),
  longest: z.int().min(1).max(10_000).default(usualLongest).meta({
    title: 'Longest gap',
    unit: 'frames',
    description: 'A longer gap is left: it wants new material.',
  }),
  effort: z.enum(['best', 'fast']).default('best').meta({
    title: 'Effort',
    description: 'best finds motion in more detail; fast at half that size.',
  }),
  fit: z.enum(['contain', 'cover', 'stretch']).default('contain').meta({
    title: 'Fit',
    description:
      'How pictures of another size than those of the clip before the gap are brought to it: whole with bars, filling it, or stretched.',
  }),
  rate: z.string().optional().meta({
    title: 'Rate of an EDL',
    unit: 'frames a second',
    description: 'An EDL does not say its rate: 25, 23.976, 24000/1001.',
  }),
  mediaRoot: z.string().optional().meta({
    title: 'Media folder',
    format: 'path',
    description:
      'Where media are looked for that are not where the timeline says, or that it names by their clip alone (EDL), beside the folder of the timeline.',
  }),
};

/** How what is made is stored: the clips, and the timeline. */
export const storedFields = {
  codec: z.enum(fillCodecs).default('prores').meta({
    title: 'Codec',
    description: 'What the clips are stored as.',
  }),
  quality: z.enum(qualities).optional().meta({
    title: 'Quality',
    description: 'How much the codec may throw away. good where it is not given; ffv1 is lossless.',
  }),
  profile: z.enum(profileNames).optional().meta({
    title: 'Profile',
    description: 'For whom an .otio is written.',
  }),
};

/** What shows a person how it came out. */
export const previewFields = {
  preview: z.boolean().default(false).meta({
    title: 'Preview',
    description:
      'Writes a clip of before and after beside each clip, with a second around it, and a contact sheet of its seams as PNG.',
  }),
  previewManner: z.enum(['side', 'wipe']).default('side').meta({
    title: 'Manner of the preview',
    description:
      'side shows before and after side by side; wipe goes from the one to the other over the length of the clip.',
  }),
};
