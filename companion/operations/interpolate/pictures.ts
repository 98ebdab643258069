// Makes the pictures of the planned clip, chunk by chunk into the ledger: each is encoded by an ffmpeg of its own, while the engine is at the next.
import { rmSync } from 'node:fs';
import type { Output } from '../../media/encode.ts';
import { frameCount, type Position, positions } from '../../media/law.ts';
import { mayJoin, openSegment, type Segment, segmentForm } from '../../media/segment.ts';
import type { Ledger, OperationContext } from '../context.ts';
import type { InterpolateParams } from '../interpolate.ts';
import type { Chunk } from './chunk.ts';
import type { Shown } from './make.ts';
import type { Prepared } from './plan.ts';
import { render, type Waited } from './render.ts';
import { readSource } from './source.ts';

/** Pictures an encoder may have before the one of the chunk before has ended: two of them are never full at once. */
const ahead = 8;

export interface PicturesRequest {
  readonly prepared: Prepared;
  readonly params: InterpolateParams;
  readonly context: OperationContext;
  readonly output: Output;
  readonly shown: Shown;
  readonly ledger: Ledger;
  /** Chunks that were finished before. */
  readonly there: readonly Chunk[];
}

export interface Pictures {
  /** All of them, in order. */
  readonly chunks: readonly Chunk[];
  /** Output frames that were made now. */
  readonly made: number;
  readonly waitedMs: Waited;
}

/** Name of a chunk in the ledger. */
export const partName = ({ first }: Pick<Chunk, 'first'>, { delivery }: Output): string =>
  `pictures-${String(first).padStart(9, '0')}${segmentForm(delivery).ending}`;

/** Rejects with the first error of any part, or the signal's reason; nothing runs any more then. */
export async function makePictures(request: PicturesRequest): Promise<Pictures> {
  const { prepared, params, context, output, shown, ledger } = request;
  const { signal } = context;
  const total = frameCount(shown.timing, prepared.conversion);
  const there = new Map(request.there.map((chunk) => [chunk.first, chunk]));
  const known = request.there.reduce((sum, { first, end }) => sum + end - first, 0);
  const chunks: Chunk[] = [];
  const waitedMs = { decode: 0, engine: 0, encode: 0 };
  let made = 0;
  const progress = (): void => context.progress({ phase: 'render', done: known + made, total, unit: 'frames' });
  progress();
  for (let first = 0; first < total; first = chunks.at(-1)!.end) {
    const found = there.get(first);
    if (found) {
      chunks.push(found);
      continue;
    }
    using interpolator = context.engine.interpolator(prepared.stream.picture, params);
    const before = chunks.at(-1);
    const rest = skip(positions(shown.timing, prepared.conversion), first);
    const start = rest.next().value!;
    const firstFrame = Math.max(0, start.index - 1);
    const segments = new Segments(output, ledger, signal, first);
    const base = made;
    try {
      const waited = await render({
        ...{ firstFrame, first, total, interpolator, signal, timing: shown.timing },
        frames: readSource({ prepared, kept: shown.kept, first: firstFrame, digest: before?.context ?? null, signal }),
        positions: again(start, rest),
        lastPair: before?.lastPair ?? -1,
        undivided: !mayJoin(output),
        write: (picture) => segments.write(picture),
        chunk: async (chunk) => {
          await segments.end(chunk);
          chunks.push(chunk);
        },
        isThere: (frame) => there.has(frame),
        progress: (written) => {
          made = base + written;
          progress();
        },
      });
      for (const part of ['decode', 'engine', 'encode'] as const) waitedMs[part] += waited[part];
      await segments.kept();
    } catch (error) {
      await segments.abort();
      throw error;
    }
  }
  return { chunks, made, waitedMs };
}

function skip(all: Generator<Position, void, undefined>, count: number): Generator<Position, void, undefined> {
  for (let i = 0; i < count; i++) all.next();
  return all;
}

function* again(start: Position, rest: Generator<Position, void, undefined>): Generator<Position, void, undefined> {
  yield start;
  yield* rest;
}

/** Encoders one after another: the next starts while the last one of a chunk ends and its part is kept. */
class Segments {
  readonly #output: Output;
  readonly #ledger: Ledger;
  readonly #signal: AbortSignal;
  /** First output frame of the chunk that is open. */
  #first: number;
  #written = 0;
  #open: Segment | undefined;
  #ending: { readonly work: Promise<void>; readonly segment: Segment; readonly draft: string } | undefined;
  #aborted = false;

  constructor(output: Output, ledger: Ledger, signal: AbortSignal, first: number) {
    this.#output = output;
    this.#ledger = ledger;
    this.#signal = signal;
    this.#first = first;
  }

  async write(picture: Uint8Array): Promise<void> {
    this.#demandGoing();
    const signal = this.#signal;
    this.#open ??= openSegment(this.#output, { path: this.#draft(), first: this.#first, signal });
    if (++this.#written > ahead) await this.kept();
    await this.#open.write(picture);
  }

  async end(chunk: Chunk): Promise<void> {
    await this.kept();
    this.#demandGoing();
    const segment = this.#open!;
    const keep = async (): Promise<void> => {
      await segment.finish();
      await this.#ledger.keep(partName(chunk, this.#output), chunk, this.#signal);
    };
    this.#ending = { work: keep(), segment, draft: this.#draft() };
    this.#ending.work.catch(() => {}); // told by whoever waits for it
    this.#open = undefined;
    [this.#first, this.#written] = [chunk.end, 0];
  }

  /** Resolves when all chunks that ended are in the ledger. */
  async kept(): Promise<void> {
    await this.#ending?.work;
  }

  /** Ends every encoder and removes what it did not finish. */
  async abort(): Promise<void> {
    this.#aborted = true;
    await Promise.all([this.#open?.abort(), this.#ending?.segment.abort()]);
    await this.#ending?.work.catch(() => {});
    const drafts = [...(this.#open ? [this.#draft()] : []), ...(this.#ending ? [this.#ending.draft] : [])];
    for (const draft of drafts) rmSync(draft, { recursive: true, force: true });
  }

  /** What still waited for the encoder when it was ended must not start another. */
  #demandGoing(): void {
    if (this.#aborted) throw new RangeError('The encoders were ended.');
  }

  #draft(): string {
    return this.#ledger.draft(partName({ first: this.#first }, this.#output));
  }
}
