// Our engine on one task, in this process, with the defaults of the command.
import { interpolate } from '../../../companion/operations/interpolate.ts';
import type { Engine, InterpolatorOptions, PairReport, PictureFormat } from '../../../native/index.ts';
import type { RawClip } from '../../support/y4m.ts';
import type { Task } from './clips.ts';

const { cutThreshold, effort } = interpolate.params.parse({});
/** What `inbetween interpolate` uses when nothing is said. */
export const DEFAULTS: InterpolatorOptions = { cutThreshold, effort };

export const formatOf = (clip: Omit<RawClip, 'frames'>): PictureFormat => ({
  width: clip.width,
  height: clip.height,
  layout: `yuv${clip.chroma}`,
  depth: clip.depth,
  alpha: false,
});

export interface OurRun {
  /** In the order of `task.wanted`. */
  readonly frames: readonly Uint8Array[];
  /** One for every gap. */
  readonly reports: readonly PairReport[];
  readonly msPerFrame: number;
}

/** Creates every wanted frame. Across a cut the nearer neighbour is shown, as the command does. */
export async function recreate(engine: Engine, task: Task, options: InterpolatorOptions = DEFAULTS): Promise<OurRun> {
  using interpolator = engine.interpolator(formatOf(task.kept), options);
  const frames: Uint8Array[] = [];
  const reports: PairReport[] = [];
  const start = performance.now();
  for (const { pair, phase } of task.wanted) {
    const [a, b] = [task.kept.frames[pair]!, task.kept.frames[pair + 1]!];
    if (reports.length === pair) {
      const beyond = (index: number) => {
        const picture = task.kept.frames[index];
        return picture && { picture, span: 1 };
      };
      reports.push(await interpolator.load(a, b, { before: beyond(pair - 1), after: beyond(pair + 2) }));
    }
    if (reports[pair]!.relation === 'cut') {
      frames.push(phase <= 0.5 ? a : b);
    } else {
      const out = new Uint8Array(a.length);
      await interpolator.render(phase, out);
      frames.push(out);
    }
  }
  return { frames, reports, msPerFrame: (performance.now() - start) / task.wanted.length };
}
