// Frames and filmstrips as JPEG: decoded by ffmpeg under its guard, two at a time, and kept for a while.
import { CompanionError } from '../api/errors.ts';
import { findTools, type MediaTools } from '../media/find.ts';
import { demandVideo, probe } from '../media/probe.ts';
import { complaints, demandLiving, fileArgument, guarded, quietly, startProcess } from '../media/process.ts';
import type { Opened } from './paths.ts';

interface Wanted {
  readonly show: 'file' | 'frame' | 'filmstrip';
  /** Seconds. */
  readonly at: number;
  /** Pixels of each frame. */
  readonly width: number;
  readonly frames: number;
}

/** Decoders at once, and requests that wait for one. */
const atOnce = 2;
const mostWaiting = 32;
/** A picture that takes longer is given up. */
const patienceMs = 30_000;
const cacheBytes = 32 << 20;
/** A JPEG ends at 65535 pixels; a strip ends before. */
const stripWidth = 32_000;
/** A still as it comes from the decoder. */
const mostStillBytes = 64 << 20;

export class Pictures {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #kept = new Map<string, Buffer>();
  #keptBytes = 0;

  /** @throws CompanionError RATE_EXCEEDED when too many wait, and what probing and decoding throw; AbortError */
  async get(file: Opened, wanted: Wanted, signal: AbortSignal): Promise<Buffer> {
    const { dev, ino, size, mtimeNs } = file.stats;
    const { show, at, width, frames } = wanted;
    const key = [dev, ino, size, mtimeNs, show, width, show === 'frame' ? at : frames].join();
    const known = this.#kept.get(key);
    if (known) return known;
    await this.#enter();
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      const picture =
        show === 'filmstrip' ? await strip(file.path, wanted, limit) : await frame(file.path, wanted, limit);
      this.#keep(key, picture);
      return picture;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  async #enter(): Promise<void> {
    if (this.#waiting.length >= mostWaiting) throw new CompanionError('RATE_EXCEEDED', { waitMs: 1000 });
    if (this.#running < atOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // whoever leaves hands its place over
  }

  #keep(key: string, picture: Buffer): void {
    this.#kept.set(key, picture);
    this.#keptBytes += picture.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= cacheBytes) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }
}

/** Loaded when a picture is wanted: most daemons are started for a job, and it takes a while. */
const loadSharp = async () => (await import('sharp')).default;

async function frame(file: string, { at, width }: Wanted, signal: AbortSignal): Promise<Buffer> {
  const tools = await findTools({ signal });
  demandVideo(await probe(tools, file, { signal }));
  const png = await still(tools, file, at, width, signal);
  if (!png) throw new CompanionError('PARAM_INVALID', { name: 'at', expected: 'within the clip', received: at });
  const sharp = await loadSharp();
  return sharp(png).jpeg({ quality: 82 }).toBuffer();
}

/** Frames from the middle of as many equal parts, side by side. */
async function strip(file: string, { width, frames }: Wanted, signal: AbortSignal): Promise<Buffer> {
  const tools = await findTools({ signal });
  const description = await probe(tools, file, { signal });
  demandVideo(description);
  const seconds = description.duration?.toNumber() ?? 0;
  const each = Math.max(16, Math.min(width, Math.floor(stripWidth / frames)));
  const pictures: Buffer[] = [];
  for (let index = 0; index < frames; index++) {
    const png = (await still(tools, file, (seconds * (index + 0.5)) / frames, each, signal)) ?? pictures.at(-1);
    if (png) pictures.push(png);
  }
  const [first] = pictures;
  if (!first) throw new CompanionError('NO_FRAMES', { path: file });
  const sharp = await loadSharp();
  const { height } = await sharp(first).metadata();
  return sharp({ create: { width: each * pictures.length, height, channels: 3, background: '#000' } })
    .composite(pictures.map((input, index) => ({ input, left: index * each, top: 0 })))
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** The frame shown at `at` seconds as PNG; undefined beyond the end. */
async function still(
  tools: MediaTools,
  file: string,
  at: number,
  width: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const child = startProcess(
    tools.ffmpeg.path,
    [
      ...[...quietly, '-nostdin', ...guarded, '-threads', '2', '-ss', at.toFixed(6), '-i', fileArgument(file)],
      ...['-map', '0:v:0', '-frames:v', '1', '-vf', `scale=w=${width}:h=-2,setsar=1`, '-pix_fmt', 'rgb24'],
      ...['-c:v', 'png', '-f', 'image2pipe', 'pipe:1'],
    ],
    { signal, patience: 20 },
  );
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    child.alive();
    bytes += chunk.length;
    if (bytes > mostStillBytes) void child.stop();
    else chunks.push(chunk);
  });
  const exit = await child.watch(child.ended);
  demandLiving(tools.ffmpeg.path, exit, child.log, signal);
  if (bytes > 0 && exit.code === 0) return Buffer.concat(chunks);
  if (exit.code === 0) return undefined;
  throw new CompanionError('MEDIA_DAMAGED', {
    path: file,
    what: 'no picture can be decoded there',
    log: complaints(child.log),
  });
}
