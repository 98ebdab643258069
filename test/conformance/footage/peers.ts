// The peers' figures on one task. They are slow and never change, so they are kept in a temporary file by clip, ffmpeg and setting.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MediaTools } from '../../../companion/media/find.ts';
import { blend, minterpolate } from '../../support/peers.ts';
import type { FootageClip, Task } from './clips.ts';
import { type Figures, hasVmaf, score } from './scores.ts';

const SHELF = join(tmpdir(), 'inbetween-peer-figures');

/** Answers from the shelf, or computes and shelves. `fresh` computes always. */
async function kept(key: readonly string[], fresh: boolean, compute: () => Promise<Figures>): Promise<Figures> {
  const path = join(
    SHELF,
    `${createHash('sha256')
      .update(JSON.stringify([...key, hasVmaf]))
      .digest('hex')
      .slice(0, 32)}.json`,
  );
  if (!fresh && existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Figures;
  const figures = await compute();
  mkdirSync(SHELF, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(figures));
  renameSync(`${path}.${process.pid}`, path);
  return figures;
}

export function minterpolateFigures(
  tools: MediaTools,
  footage: FootageClip,
  task: Task,
  mode: 'default' | 'best',
  fresh: boolean,
): Promise<Figures> {
  return kept([footage.hash, tools.ffmpeg.version, mode, String(task.step)], fresh, async () => {
    const factor = task.step === 8 ? 2 : task.step;
    const run = await minterpolate(tools, task.kept, [factor, 1], mode);
    const made = task.wanted.map(({ pair, phase }) => run.frames[pair * factor + Math.round(phase * factor)]!);
    return score(footage, task, made, run);
  });
}

export function blendFigures(footage: FootageClip, task: Task): Figures {
  const made = task.wanted.map(({ pair, phase }) => blend(task.kept.frames[pair]!, task.kept.frames[pair + 1]!, phase));
  return score(footage, task, made, { msPerFrame: 0, peakBytes: 0 });
}

/** A python with OpenCV and numpy, for the reference warp that comes with the footage; undefined where there is none. */
export function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (program) => spawnSync(program, ['-c', 'import cv2, numpy']).status === 0,
  );
}

/** The plain DIS warp, run and scored by the footage's own tool. */
export function disFigures(python: string, scoreTool: string, footage: FootageClip, fresh: boolean): Promise<Figures> {
  return kept([footage.hash, 'dis_med-naive', python], fresh, async () => {
    const done = spawnSync(python, [scoreTool, 'interp', footage.path, 'dis_med-naive'], {
      encoding: 'utf8',
      maxBuffer: 1 << 24,
    });
    if (done.status !== 0) throw new Error(`${scoreTool} ended with ${done.status}: ${done.stderr.slice(-400)}`);
    const said = JSON.parse(done.stdout) as {
      psnr_y: number;
      ssim: number;
      worst_psnr_y: number;
      vmaf?: number;
      ms_per_frame: number;
    };
    return {
      psnr: said.psnr_y,
      ssim: said.ssim,
      worst: said.worst_psnr_y,
      vmaf: said.vmaf ?? null,
      msPerFrame: said.ms_per_frame,
      peakBytes: 0,
    };
  });
}
