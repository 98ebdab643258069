// Lossless triplets: the middle of three consecutive frames re-created from its neighbours, in 4:4:4, told but not judged.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MediaTools } from '../../../companion/media/find.ts';
import type { Engine } from '../../../native/index.ts';
import { readClip } from '../../support/media.ts';
import { average, psnr, ssim } from '../../support/oracle.ts';
import { blend } from '../../support/peers.ts';
import { luma, type RawClip } from '../../support/y4m.ts';
import { table } from '../suite.ts';
import { recreate } from './ours.ts';

export async function tripletTable(tools: MediaTools, engine: Engine, folder: string): Promise<string> {
  const rows = [['triplets', 'count', 'blend', 'ours', 'SSIM blend', 'SSIM ours']];
  for (const name of readdirSync(folder).sort()) {
    const files = readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.png'))
      .sort();
    const stills: RawClip[] = [];
    for (const file of files) stills.push(await readClip(tools, join(folder, name, file), 'yuv444p'));
    const figures = {
      blend: [] as number[],
      ours: [] as number[],
      blendSsim: [] as number[],
      oursSsim: [] as number[],
    };
    for (let i = 0; i + 2 < stills.length; i++) {
      const [a, truth, b] = [stills[i]!, stills[i + 1]!, stills[i + 2]!].map((still) => still.frames[0]!) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      const kept = { ...stills[0]!, frames: [a, b] };
      const { frames } = await recreate(engine, { kept, step: 2, wanted: [{ index: 1, pair: 0, phase: 0.5 }] });
      const y = luma(kept, truth);
      for (const [made, psnrs, ssims] of [
        [blend(a, b, 0.5), figures.blend, figures.blendSsim],
        [frames[0]!, figures.ours, figures.oursSsim],
      ] as const) {
        psnrs.push(psnr(y, luma(kept, made)));
        ssims.push(ssim(y, luma(kept, made), kept.width, kept.height));
      }
    }
    if (figures.ours.length === 0) continue;
    const means = [figures.blend, figures.ours].map((values) => average(values).toFixed(2));
    rows.push([
      name,
      String(figures.ours.length),
      ...means,
      average(figures.blendSsim).toFixed(4),
      average(figures.oursSsim).toFixed(4),
    ]);
  }
  return table(rows);
}
