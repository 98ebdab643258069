// How created frames are scored: PSNR of luma and SSIM against the hidden truth, VMAF where a `vmaf` program is on PATH.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../support/media.ts';
import { average, psnr, ssim } from '../../support/oracle.ts';
import { luma, type RawClip, writeY4m } from '../../support/y4m.ts';
import type { FootageClip, Task } from './clips.ts';
import { holdsCut } from './clips.ts';

export interface Figures {
  /** Mean over the frames of each frame's PSNR of luma, dB, 8-bit scale. */
  readonly psnr: number;
  readonly ssim: number;
  readonly worst: number;
  /** null: no `vmaf` program. */
  readonly vmaf: number | null;
  readonly msPerFrame: number;
  /** 0: not measured. */
  readonly peakBytes: number;
}

const vmafProgram = spawnSync('vmaf', ['--version']).error === undefined;
export const hasVmaf = vmafProgram;

/** Scores `made` (in the order of `task.wanted`) with the gaps that hold a cut left out. */
export function score(
  footage: FootageClip,
  task: Task,
  made: readonly Uint8Array[],
  cost: { readonly msPerFrame: number; readonly peakBytes: number },
): Figures {
  const { clip, cuts } = footage;
  const judged = task.wanted
    .map((want, i) => ({ want, i }))
    .filter(({ want }) => !holdsCut(cuts, task.step, want.pair));
  const pairs = judged.map(({ want, i }) => [luma(clip, clip.frames[want.index]!), luma(clip, made[i]!)] as const);
  const values = pairs.map(([truth, ours]) => psnr(truth, ours));
  return {
    psnr: average(values),
    worst: Math.min(...values),
    ssim: average(pairs.map(([truth, ours]) => ssim(truth, ours, clip.width, clip.height))),
    vmaf:
      vmafProgram && task.step === 2
        ? vmaf(
            clip,
            new Map(task.wanted.map(({ index }, i) => [index, made[i]!])),
            judged.map(({ want }) => want.index),
          )
        : null,
    msPerFrame: cost.msPerFrame,
    peakBytes: cost.peakBytes,
  };
}

/** Mean over the frames of `judged`, shown in their places among the kept ones: VMAF looks at the motion from frame to frame. */
function vmaf(clip: RawClip, made: ReadonlyMap<number, Uint8Array>, judged: readonly number[]): number {
  using folder = scratchFolder('vmaf');
  const [reference, distorted, report] = ['truth.y4m', 'made.y4m', 'report.json'].map((name) =>
    join(folder.path, name),
  ) as [string, string, string];
  const truth = clip.frames.slice(0, Math.max(...made.keys()) + 2);
  writeFileSync(reference, writeY4m({ ...clip, frames: truth }));
  writeFileSync(distorted, writeY4m({ ...clip, frames: truth.map((frame, index) => made.get(index) ?? frame) }));
  const args = [
    '-r',
    reference,
    '-d',
    distorted,
    '--threads',
    '2',
    '--json',
    '-o',
    report,
    '--model',
    'version=vmaf_v0.6.1',
    '-q',
  ];
  const done = spawnSync('vmaf', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`vmaf ended with ${done.status}: ${done.stderr}`);
  const { frames } = JSON.parse(readFileSync(report, 'utf8')) as { frames: { metrics: { vmaf: number } }[] };
  return average(judged.map((index) => frames[index]!.metrics.vmaf));
}
