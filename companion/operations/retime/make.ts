// Makes one retimed clip: its frames at the rate of the track, and where it is asked for the same stretch at a rate of its own.
import type { FillPlan } from '../../../otio/fill/index.ts';
import type { Quality } from '../../media/codecs.ts';
import type { Rational } from '../../media/rational.ts';
import { type WrittenClip, writeClip } from '../fill/clip.ts';
import { identify } from '../fill/identity.ts';
import type { Maker } from '../fill/job.ts';
import { clipFacts, type MadeFill, type SlotWork } from '../fill/make.ts';
import type { FillCodec } from '../fill/params.ts';
import type { Considered } from '../fill/plan.ts';
import { courseOf, nativeFrames, trackFrames } from './course.ts';
import { type RetimedPicture, retimed } from './pictures.ts';

export interface RetimeParams {
  readonly codec: FillCodec;
  readonly quality?: Quality | undefined;
  readonly effort: 'best' | 'fast';
}

/** Makes retimed clips by these parameters. */
export const makerOf = (params: RetimeParams, engineVersion: string): Maker => {
  const { codec, quality, effort } = params;
  return {
    identify: (considered) => identify(considered, { codec, quality, effort, step: stepOf(considered) }, engineVersion),
    make: (work) => makeRetimed(work, params),
  };
};

const stepOf = ({ before }: Considered): string => {
  const { step, position } = before!.shown;
  return `${position} by ${step}`;
};

/** @throws CompanionError as `writeClip` and `retimed`; AbortError. Then nothing is left of it. */
async function makeRetimed(work: SlotWork, params: RetimeParams): Promise<MadeFill> {
  const { considered, identity, file, nativeFile, progress } = work;
  const { before } = considered;
  const plan = considered.plan!;
  const counts = { flow: 0, media: 0, cut: 0 };
  const written = await write(work, params, plan, file, trackFrames(plan), progress, (from) => counts[from]++);
  const { native } = plan;
  let nativeClip: MadeFill['native'] = null;
  if (native !== null) {
    const own = { ...plan, rate: native.rate, head: 0, frames: native.frames, tail: 0, renderFrames: native.frames };
    const start = Math.round((plan.start * plan.rate.den * native.rate.num) / (plan.rate.num * native.rate.den));
    const { bytes, sha256 } = await write(work, params, { ...own, start }, nativeFile, nativeFrames(plan), (pictures) =>
      progress(plan.renderFrames + pictures),
    );
    nativeClip = { name: identity.nativeName, bytes, sha256, rate: native.rate, frames: native.frames };
  }
  return {
    ...clipFacts(considered, identity, written),
    ...{ seams: { head: null, tail: null }, faults: [], matched: null, native: nativeClip },
    retimed: {
      step: before!.shown.step.toString(),
      ...{ made: counts.flow, copied: counts.media + counts.cut, atCuts: counts.cut },
    },
    inputs: [before!.frame.file],
  };
}

async function write(
  { prepared, considered, context, identity }: SlotWork,
  { codec, quality, effort }: RetimeParams,
  plan: FillPlan,
  file: string,
  frames: readonly Rational[],
  progress: (pictures: number) => void,
  count: (from: RetimedPicture['from']) => void = () => {},
): Promise<WrittenClip> {
  const { engine, signal } = context;
  const { reels, tools } = prepared;
  const form = considered.form!;
  const { shown, frame } = considered.before!;
  async function* pictures(): AsyncGenerator<Uint8Array, void, undefined> {
    const asked = { engine, reels, course: courseOf(shown), frames, form, fit: 'contain', effort, signal } as const;
    for await (const { picture, from } of retimed(asked)) {
      count(from);
      yield picture;
    }
  }
  return writeClip({
    ...{ tools, engine, plan, form, codec, quality, job: identity.job, signal, progress, file },
    ...{ beside: frame.media, pictures: pictures() },
  });
}
