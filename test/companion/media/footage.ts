// Tiny clips made on the fly with the ffmpeg of the npm package, in a folder of their own that goes with the process.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';

export const folder = mkdtempSync(join(tmpdir(), 'inbetween-media-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The programs every machine has: those of the npm packages. */
export const npmTools = (): Promise<MediaTools> => findTools({ env: {} });

/** Runs the package's ffmpeg; the last argument names the output inside `folder`. Returns its path. */
export async function make(name: string, ...args: string[]): Promise<string> {
  const path = join(folder, name);
  const { ffmpeg } = await npmTools();
  execFileSync(ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...args, `file:${path}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return path;
}

/** Input arguments of a moving test picture. */
export const picture = (rate: string, seconds: number, size = '64x48'): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
];

/** Input arguments of a tone. */
export const tone = (sampleRate: number, seconds: number, layout = 'mono'): string[] => {
  const channels = layout === '5.1' ? 'sin(440*2*PI*t)/8|0|0|0|0|0' : 'sin(440*2*PI*t)/8';
  return ['-f', 'lavfi', '-i', `aevalsrc=${channels}:s=${sampleRate}:d=${seconds}:c=${layout}`];
};
