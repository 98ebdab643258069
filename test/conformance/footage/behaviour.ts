// Behaviour that figures of quality do not show: cuts, overlays that must stay put, and brightness that must not pulse.
import type { Engine } from '../../../native/index.ts';
import { lattice } from '../../fixtures/noise.ts';
import { openScene } from '../../fixtures/scene.ts';
import { mean, psnr } from '../../support/oracle.ts';
import { luma, type RawClip } from '../../support/y4m.ts';
import type { Judge } from '../suite.ts';
import { type FootageClip, holdsCut, takeApart } from './clips.ts';
import { recreate } from './ours.ts';
import { type ClipFigures, falseCuts } from './quality.ts';

export async function cutBars(_engine: Engine, clips: readonly ClipFigures[], judge: Judge): Promise<void> {
  for (const { footage, around, reports } of clips) {
    const spots = reports.map((_, pair) => pair).filter((pair) => holdsCut(footage.cuts, 2, pair));
    for (const pair of spots) {
      const { before, made, after } = around[pair]!;
      const [y, p, q] = [made, before, after].map((frame) => luma(footage.clip, frame)) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      const nearest = Math.max(psnr(y, p), psnr(y, q));
      judge.decide(
        `${footage.name}: the cut`,
        nearest >= 40,
        `${nearest.toFixed(1)} dB to the nearer neighbour, ${reports[pair]!.relation}; wanted ≥ 40`,
      );
    }
  }
  const wrong = clips.flatMap((clip) => falseCuts(clip).map((pair) => `${clip.footage.name} after kept frame ${pair}`));
  const pairs = clips.reduce((sum, clip) => sum + clip.reports.length, 0);
  judge.decide('no false cut', wrong.length === 0, wrong.length === 0 ? `${pairs} pairs` : wrong.join(', '));
}

const BORDER = 8;

/** A textured opaque plate over moving footage: more than 8 px inside its edge nothing may change by more than 1 code value. */
export async function overlayBars(engine: Engine, footage: FootageClip, judge: Judge): Promise<void> {
  const { clip } = footage;
  const plate = {
    x: Math.round(clip.width * 0.1) & ~1,
    y: Math.round(clip.height * 0.7) & ~1,
    width: Math.round(clip.width * 0.3) & ~1,
    height: Math.round(clip.height * 0.16) & ~1,
  };
  const covered = { ...clip, frames: clip.frames.slice(0, 9).map((frame) => withPlate(clip, frame, plate)) };
  const task = takeApart(covered, 2);
  const { frames, reports } = await recreate(engine, task);
  let most = 0;
  frames.forEach((frame, i) => {
    if (reports[task.wanted[i]!.pair]!.relation === 'cut') return;
    const kept = task.kept.frames[task.wanted[i]!.pair]!;
    for (let y = plate.y + BORDER; y < plate.y + plate.height - BORDER; y++) {
      for (let x = plate.x + BORDER; x < plate.x + plate.width - BORDER; x++) {
        const at = y * clip.width + x;
        most = Math.max(most, Math.abs(frame[at]! - kept[at]!));
      }
    }
  });
  judge.decide(
    `${footage.name}: static overlay`,
    most <= 1,
    `changes by ${most} at most beyond ${BORDER} px of its edge; wanted ≤ 1`,
  );
}

function withPlate(
  clip: RawClip,
  frame: Uint8Array,
  plate: { x: number; y: number; width: number; height: number },
): Uint8Array {
  const out = frame.slice();
  for (let y = plate.y; y < plate.y + plate.height; y++) {
    for (let x = plate.x; x < plate.x + plate.width; x++) {
      const ink = lattice(Math.floor((x - plate.x) / 7), Math.floor((y - plate.y) / 11), 0, 5) > 0.6;
      out[y * clip.width + x] = ink ? 215 : 40;
    }
  }
  const chroma = clip.width * clip.height;
  const [cw, ch] = [(clip.width + 1) >> 1, (clip.height + 1) >> 1];
  for (const offset of [chroma, chroma + cw * ch]) {
    for (let y = plate.y / 2; y < (plate.y + plate.height) / 2; y++)
      out.fill(128, offset + y * cw + plate.x / 2, offset + y * cw + (plate.x + plate.width) / 2);
  }
  return out;
}

/** A static picture with grain of its own in every frame, then the same with a lamp that flickers: created frames must not pulse. */
export async function brightnessBars(engine: Engine, judge: Judge): Promise<void> {
  const [width, height] = [640, 360];
  const still = openScene({ width, height, plain: true }).frameAt(0.5);
  const shape = { width, height, rate: [25, 1] as const, depth: 8, chroma: '420' as const };
  const grainy = (index: number, lift: number): Uint8Array => {
    const out = still.slice();
    for (let i = 0; i < width * height; i++)
      out[i] = Math.min(
        235,
        Math.max(16, Math.round(still[i]! + lift + 6 * (lattice(i, index, 0, 3) + lattice(i, index, 1, 3) - 1))),
      );
    return out;
  };
  for (const [name, lifts, wanted] of [
    ['steady', [0, 0, 0, 0, 0], 0.3],
    ['flickering', [0, 5, -3, 4, 0], 0.3],
  ] as const) {
    const clip: RawClip = {
      ...shape,
      frames: lifts.flatMap((lift, i) => (i === 0 ? [grainy(i, lift)] : [grainy(99, 0), grainy(i, lift)])),
    };
    const task = takeApart(clip, 2);
    const { frames } = await recreate(engine, task);
    const off = frames.map((frame, i) => {
      const [a, b] = [task.kept.frames[i]!, task.kept.frames[i + 1]!].map((kept) => mean(luma(shape, kept))) as [
        number,
        number,
      ];
      const made = mean(luma(shape, frame));
      return Math.max(0, Math.min(a, b) - made, made - Math.max(a, b));
    });
    const most = Math.max(...off);
    judge.decide(
      `brightness of a static clip, ${name}`,
      most <= wanted,
      `mean luma at most ${most.toFixed(3)} outside its neighbours'; wanted ≤ ${wanted}`,
    );
    judge.stretch(`brightness of a static clip, ${name}`, most <= 0.1, `${most.toFixed(3)}; wanted ≤ 0.1`);
  }
}
