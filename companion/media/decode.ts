// Decodes a stream into planar pictures with their frame numbers: bounded, cancellable, and honest about frames that could not be read.

import { CompanionError } from '../api/errors.ts';
import { diagnose, rangesOf } from './damage.ts';
import type { MediaDescription, VideoStream } from './description.ts';
import { atLeast, type MediaTools } from './find.ts';
import { pictureBytes } from './pixels.ts';
import {
  complaints,
  demandLiving,
  fileArgument,
  guarded,
  type MediaProcess,
  quietly,
  startProcess,
} from './process.ts';
import { Rational } from './rational.ts';
import { ShownFrames } from './shown.ts';
import { asStill } from './still-file.ts';
import { stampOf, type Timing } from './timing.ts';

export interface DecoderOptions {
  readonly tools: MediaTools;
  readonly description: MediaDescription;
  readonly stream: VideoStream;
  /** Of the whole stream, as `readTiming` gives it. */
  readonly timing: Timing;
  /** First frame, default 0, and how many, default all the rest. */
  readonly from?: number;
  readonly count?: number;
  /** Make full frames of fields with bwdif, at the same rate. Needs a field order of tff or bff. */
  readonly deinterlace?: boolean;
  /** What every frame is taken through, in ffmpeg's words; what comes out must be `stream.picture`. Default: nothing. */
  readonly filters?: readonly string[];
  /** Pictures decoded ahead of the consumer, default 4. */
  readonly readAhead?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface SourceFrame {
  /** Number in the timing. */
  readonly index: number;
  /** Seconds after the first frame of the timing. */
  readonly stamp: Rational;
  /** The picture's planes in `stream.pipeFormat`. Unchanged until `release`. */
  readonly data: Uint8Array;
  /** Gives the buffer back for a later frame; call it once, when the picture is no longer looked at. */
  release(): void;
}

/** Frames `from` … in order, every one exactly once. Iterate once; leaving the loop ends the decoder. */
export interface Decoder extends AsyncIterable<SourceFrame> {
  close(): Promise<void>;
}

/**
 * Starts decoding. The iteration rejects with MEDIA_DAMAGED naming the frames that are missing or broken, FFMPEG_FAILED, or AbortError.
 */
export function openDecoder(options: DecoderOptions): Decoder {
  const { tools, stream, timing, signal } = options;
  const from = options.from ?? 0;
  const count = options.count ?? timing.frames - from;
  if (from < 0 || count < 1 || from + count > timing.frames)
    throw new RangeError(`Frames ${from}+${count} of ${timing.frames}`);
  const shown = new ShownFrames(timing, options.description, stream);
  const seek = from > 0 && seeksExactly(options.description.container);
  const child = startProcess(tools.ffmpeg.path, decodeArguments({ ...options, from: seek ? from : 0 }), {
    signal,
    onLine: (line) => shown.take(line),
  });
  child.ended.finally(() => shown.close()).catch(() => {});
  const pictures = new PictureQueue(child, pictureBytes(stream.picture), options.readAhead ?? 4);

  async function* frames(): AsyncGenerator<SourceFrame, void, undefined> {
    let expected = from;
    try {
      for (let arrived = 0; expected < from + count; arrived++) {
        const data = await child.watch(pictures.next());
        if (!data) break;
        const index = await child.watch(shown.indexOf(arrived));
        if (index === null || index < expected) {
          pictures.release(data); // before the range, or a second frame with the same stamp
          continue;
        }
        if (index > expected || (shown.damage && (!seek || arrived > 0))) {
          pictures.release(data);
          break;
        }
        yield { index, stamp: stampOf(timing, index), data, release: () => pictures.release(data) };
        expected++;
      }
      if (expected === from + count && !shown.damage) return;
      signal?.throwIfAborted();
      if (expected < from + count && !shown.damage && !pictures.over) await child.stop();
      await explain(expected);
    } finally {
      await child.stop();
    }
  }

  /** Turns frames that did not come, or came broken, into the error that names them. */
  async function explain(reached: number): Promise<void> {
    if (pictures.over) demandLiving(tools.ffmpeg.path, await child.ended, child.log, signal);
    await child.stop();
    const found = await diagnose({ ...options, from, count, reached });
    if (found.frames.length === 0 && reached === from + count) return;
    const frames = found.frames.length > 0 ? found.frames : [reached];
    const { path } = options.description;
    const what = `${frames.length === 1 ? 'frame' : 'frames'} ${rangesOf(frames)} cannot be decoded${found.complete ? '' : ', and later frames were not looked at'}`;
    throw new CompanionError('MEDIA_DAMAGED', {
      path,
      what,
      frames,
      log: complaints(shown.damage ? [shown.damage.line] : []),
    });
  }

  return { [Symbol.asyncIterator]: frames, close: () => child.stop() };
}

/** Command line that writes raw pictures from frame `from` on to its standard output, and a log line for each of them. */
export function decodeArguments(
  options: Pick<DecoderOptions, 'tools' | 'description' | 'stream' | 'timing' | 'from' | 'deinterlace' | 'filters'>,
  how: { readonly strict?: boolean } = {},
): string[] {
  const { tools, description, stream, timing, from = 0 } = options;
  const seconds = from > 0 ? timing.start.add(midpoint(timing, from)) : null;
  // Lists every frame before a filter can hold it back; checksums would cost about a millisecond each.
  const fields = options.deinterlace
    ? [`bwdif=mode=send_frame:parity=${stream.fieldOrder === 'bff' ? 'bff' : 'tff'}:deint=all`]
    : [];
  return [
    ...quietly,
    '-nostdin',
    '-copyts',
    ...(how.strict ? ['-threads', '1', '-err_detect', 'crccheck+explode'] : []),
    '-noautorotate',
    ...(seconds && seconds.sign > 0 ? ['-ss', seconds.toFixed(6)] : []),
    ...[...guarded, ...asStill(description.container), '-i', fileArgument(description.path)],
    ...['-map', `0:${stream.index}`, '-vf', ['showinfo=checksum=0', ...fields, ...(options.filters ?? [])].join(',')],
    ...(atLeast(tools.ffmpeg, 59, 37) ? ['-fps_mode', 'passthrough'] : ['-vsync', '0']),
    ...['-f', 'rawvideo', '-pix_fmt', stream.pipeFormat, 'pipe:1'],
  ];
}

/** Containers with an index: a seek lands on the frame asked for. Others are read from their start. */
function seeksExactly(container: string): boolean {
  return /\b(mov|matroska)\b/.test(container);
}

/** Half way from the frame before `index` to it: where a seek has margin on both sides. */
function midpoint(timing: Timing, index: number): Rational {
  return stampOf(timing, index - 1)
    .add(stampOf(timing, index))
    .div(new Rational(2));
}

/** Cuts the byte stream into pictures, held in a few buffers that go round. Reading stops while all of them are full. */
class PictureQueue {
  over = false;
  readonly #stdout;
  readonly #size: number;
  readonly #free: Uint8Array[] = [];
  readonly #ready: Uint8Array[] = [];
  readonly #limit: number;
  #filling: Uint8Array | null = null;
  #filled = 0;
  #left: Buffer | null = null;
  #wake: (() => void) | null = null;

  constructor(child: MediaProcess, size: number, limit: number) {
    this.#stdout = child.stdout;
    this.#size = size;
    this.#limit = limit;
    this.#stdout.on('data', (chunk: Buffer) => {
      child.alive();
      this.#take(chunk);
    });
    const end = () => {
      this.over = true;
      this.#stir();
    };
    this.#stdout.once('end', end);
    this.#stdout.once('close', end);
    child.ended.then(end, end);
  }

  /** The next picture; null after the last whole one. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const picture = this.#ready.shift();
      if (picture) {
        this.#refill();
        return picture;
      }
      if (this.over) return null;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  release(picture: Uint8Array): void {
    if (this.#free.length < this.#limit) this.#free.push(picture);
  }

  #take(chunk: Buffer): void {
    if (this.#left) {
      // Node resumes a paused pipe when its process exits: what it then brings waits behind what waits already
      this.#left = Buffer.concat([this.#left, chunk]);
      this.#stdout.pause();
      return;
    }
    let at = 0;
    while (at < chunk.length) {
      if (!this.#filling && this.#ready.length >= this.#limit) {
        this.#left = chunk.subarray(at);
        this.#stdout.pause();
        return;
      }
      this.#filling ??= this.#free.pop() ?? new Uint8Array(this.#size);
      const bytes = Math.min(chunk.length - at, this.#size - this.#filled);
      this.#filling.set(chunk.subarray(at, at + bytes), this.#filled);
      this.#filled += bytes;
      at += bytes;
      if (this.#filled === this.#size) {
        this.#ready.push(this.#filling);
        this.#filling = null;
        this.#filled = 0;
        this.#stir();
      }
    }
  }

  /** Room was made: what waited comes first, then the pipe. */
  #refill(): void {
    if (!this.#left) return;
    const chunk = this.#left;
    this.#left = null;
    this.#stdout.resume();
    this.#take(chunk);
  }

  #stir(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
