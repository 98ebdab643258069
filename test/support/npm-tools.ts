// The ffmpeg of npm where the subject is not ffmpeg: it starts in a tenth of the time that one with the libraries of a system takes.
import { findTools } from '../../companion/media/find.ts';

const names = ['INBETWEEN_FFMPEG', 'INBETWEEN_FFPROBE'] as const;

/** Called in a suite: its cases, and the processes they start, use the ffmpeg of npm. */
export function withNpmTools(): void {
  const own = names.map((name) => process.env[name]);
  before(async () => {
    const { ffmpeg, ffprobe } = await findTools({ env: {} });
    Object.assign(process.env, { INBETWEEN_FFMPEG: ffmpeg.path, INBETWEEN_FFPROBE: ffprobe.path });
  });
  after(() => {
    for (const [i, name] of names.entries()) {
      if (own[i] === undefined) delete process.env[name];
      else process.env[name] = own[i];
    }
  });
}
