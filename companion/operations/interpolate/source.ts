// The frames of the shown clip from any one on: what a job that goes on in the middle needs, the same bytes as if it had read all before.
import { CompanionError } from '../../api/errors.ts';
import { openDecoder } from '../../media/decode.ts';
import { digestOf } from './chunk.ts';
import { decoderParts, type Prepared } from './plan.ts';
import type { LentFrame } from './render.ts';

/** Frames a deinterlacer must have seen before its pictures are those of a reader that saw all. */
const lead = 2;

export interface SourceRequest {
  readonly prepared: Prepared;
  /** Frames of the asked range that are shown; null: all of them. */
  readonly kept: Int32Array | null;
  /** Index of the first shown frame that is wanted. */
  readonly first: number;
  /** Its digest, where it is known: a reader that gives another one where it was sent begins at the start instead. */
  readonly digest: string | null;
  readonly signal: AbortSignal;
}

/** Shown frames from `first` on; leaving the iteration ends the decoder. Rejects as `openDecoder`. */
export async function* readSource({
  prepared,
  kept,
  first,
  digest,
  signal,
}: SourceRequest): AsyncGenerator<LentFrame, void, undefined> {
  const { range, deinterlace } = prepared;
  const sourceOf = (index: number): number => range.from + (kept ? kept[index]! : index);
  const shown = kept ? kept.length : range.count;
  const near = Math.max(range.from, sourceOf(first) - (deinterlace ? lead : 0));
  let next = first;
  for (const from of near > range.from ? [near, range.from] : [range.from]) {
    const decoder = openDecoder({ ...decoderParts(prepared), from, count: range.from + range.count - from, signal });
    try {
      for await (const frame of decoder) {
        if (frame.index !== sourceOf(next)) {
          frame.release();
          continue;
        }
        if (next === first && from > range.from && digest !== null && digestOf(frame.data) !== digest) {
          frame.release();
          break;
        }
        yield frame;
        if (++next === shown) return;
      }
    } catch (error) {
      // references that reach far back look like damage from the middle of a clip
      if (from === range.from || !(error instanceof CompanionError) || error.code !== 'MEDIA_DAMAGED') throw error;
    } finally {
      await decoder.close();
    }
  }
}
