// Debian's melt renders an MLT file without a screen: the independent program that says what an exported edit shows.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { renderStretches } from '../../companion/media/melt.ts';

export { findMelt } from '../../companion/media/melt.ts';

/** For a suite that is not about what melt shows of a fill: none is found in it, which saves a second or two a job. */
export function withoutMelt(): void {
  const named = process.env.INBETWEEN_MELT;
  before(() => {
    process.env.INBETWEEN_MELT = '/nowhere/melt';
  });
  after(() => {
    if (named === undefined) delete process.env.INBETWEEN_MELT;
    else process.env.INBETWEEN_MELT = named;
  });
}

/** Luma of every frame of an MLT file, rows tight. */
export async function renderMlt(melt: string, mlt: string): Promise<Uint8Array[]> {
  const { width, height, frames } = projectIn(readFileSync(mlt, 'utf8'));
  const stretches = [{ project: basename(mlt), in: 0, out: frames - 1 }];
  const pictures = await renderStretches({ melt, folder: dirname(mlt), stretches, width, height, patience: 20 });
  if (typeof pictures === 'string') throw new Error(`${mlt}: ${pictures}`);
  return pictures.map((picture) => picture.subarray(0, width * height));
}

/** What a project says of itself: the size of its pictures, and how many frames what is played has. */
function projectIn(text: string): { width: number; height: number; frames: number } {
  const number = (name: string, within: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(within)![1]);
  const [profile] = /<profile [^>]*>/.exec(text)!;
  const [, played] = /<mlt [^>]*producer="(\w+)"/.exec(text)!;
  const [whole] = new RegExp(`<tractor id="${played}"[^>]*>|<playlist id="${played}">.*?</playlist>`, 's').exec(text)!;
  const parts = whole.startsWith('<tractor') ? [whole] : whole.match(/<entry [^>]*>/g)!;
  const frames = parts.reduce((sum, part) => sum + number('out', part) - number('in', part) + 1, 0);
  return { width: number('width', profile), height: number('height', profile), frames };
}

/** Mean luma of `columns` equal columns of a picture, as coded (16 to 235). */
export function columnMeans(luma: Uint8Array, width: number, columns: number): number[] {
  const [height, wide] = [luma.length / width, width / columns];
  return Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < wide; x++) sum += luma[y * width + column * wide + x]!;
    return sum / (wide * height);
  });
}
