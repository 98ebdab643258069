// Debian's melt renders an MLT file without a screen: the independent program that says what an exported edit shows.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { everyFrame, ffmpeg, type MediaTools, run } from './media.ts';

/** Where melt is, or null. */
export function findMelt(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'melt')).find((path) => existsSync(path)) ?? null;
}

/** Renders every frame of an MLT file losslessly, without sound. */
export async function renderMlt(melt: string, mlt: string, output: string): Promise<void> {
  await run(melt, ['-silent', mlt, '-consumer', `avformat:${output}`, 'vcodec=ffv1', 'an=1', 'real_time=-1']);
}

/** Mean luma of `columns` equal columns of each frame, as coded (16 to 235). */
export async function columnMeans(
  tools: MediaTools,
  path: string,
  width: number,
  height: number,
  columns: number,
): Promise<number[][]> {
  const raw = ['-an', ...everyFrame(tools), '-vf', 'extractplanes=y', '-f', 'rawvideo', 'pipe:1'];
  const bytes = await ffmpeg(tools, ['-i', path, ...raw]);
  const size = width * height;
  const wide = width / columns;
  return Array.from({ length: bytes.length / size }, (_, frame) =>
    Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < wide; x++) sum += bytes[frame * size + y * width + column * wide + x]!;
      return sum / (wide * height);
    }),
  );
}
