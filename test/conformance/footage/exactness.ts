// Kept frames through the whole command: every source frame must come back with the same bytes, in the depth it was stored, at an exact count.
import { join } from 'node:path';
import type { MediaTools } from '../../../companion/media/find.ts';
import { inbetween } from '../../support/command.ts';
import { makeClip, readClip, scratchFolder } from '../../support/media.ts';
import type { Judge } from '../suite.ts';
import type { FootageClip } from './clips.ts';

/** How much of a clip goes through: enough to show it, quick enough for every clip. */
const FRAMES = 5;

export async function exactnessBars(tools: MediaTools, footage: FootageClip, judge: Judge): Promise<void> {
  using folder = scratchFolder('exactness');
  const [source, result] = [join(folder.path, 'source.mkv'), join(folder.path, 'result.mkv')];
  const stored = await readClip(tools, footage.path);
  const clip = { ...stored, frames: stored.frames.slice(0, FRAMES) };
  await makeClip(tools, source, clip, { output: ['-c:v', 'ffv1', '-level', '3'] });
  const done = await inbetween(['interpolate', source, '-o', result, '--factor', '2', '--codec', 'ffv1', '--quiet']);
  const name = `${footage.name}: kept frames and count, ${clip.depth} bit`;
  if (done.code !== 0) {
    judge.decide(name, false, `the command ended with ${done.code}: ${done.stderr.trim()}`);
    return;
  }
  const made = await readClip(tools, result);
  const changed = clip.frames.flatMap((frame, k) =>
    Buffer.compare(frame, made.frames[2 * k] ?? new Uint8Array()) === 0 ? [] : [k],
  );
  const fits = made.frames.length === 2 * FRAMES && made.depth === stored.depth && changed.length === 0;
  judge.decide(
    name,
    fits,
    `${made.frames.length} frames (wanted ${2 * FRAMES}), ${made.depth} bit, ${changed.length} of ${FRAMES} kept frames changed`,
  );
}
