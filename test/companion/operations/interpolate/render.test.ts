// Rendering walks output positions: whole ones are the same bytes, pairs are loaded once, cuts are never mixed, buffers come back.
import assert from 'node:assert/strict';
import { frameCount, positions } from '../../../../companion/media/law.ts';
import { Rational } from '../../../../companion/media/rational.ts';
import { type Chunk, sumOf } from '../../../../companion/operations/interpolate/chunk.ts';
import { type LentFrame, render } from '../../../../companion/operations/interpolate/render.ts';
import type { PictureFormat } from '../../../../native/index.ts';
import { openFakeEngine } from '../../../support/fake-engine.ts';

const format: PictureFormat = { width: 16, height: 16, layout: 'gray', depth: 8, alpha: false };
const bytes = 256;

/** A decoder with a pool: lends at most `pool` buffers, writes over what was given back, and fails the test on a second release. */
function film(levels: readonly number[], pool = 4) {
  const spare = Array.from({ length: pool }, () => new Uint8Array(bytes));
  const state = { lent: 0, ended: false };
  let wake = (): void => {};
  async function* frames(): AsyncGenerator<LentFrame, void, undefined> {
    try {
      for (const level of levels) {
        while (spare.length === 0) {
          await new Promise<void>((resolve, reject) => {
            wake = resolve;
            setTimeout(() => reject(new Error('no buffer came back')), 1000).unref();
          });
        }
        const data = spare.pop()!.fill(level);
        state.lent++;
        let released = false;
        yield {
          data,
          release: () => {
            assert.ok(!released, 'released twice');
            released = true;
            state.lent--;
            spare.push(data.fill(255));
            wake();
          },
        };
      }
    } finally {
      state.ended = true;
    }
  }
  return { frames: frames(), state };
}

async function rendered(levels: readonly number[], from: number, to: number, speed = Rational.ONE, cutThreshold = 0.5) {
  const timing = { kind: 'constant', rate: new Rational(from), frames: levels.length, start: Rational.ZERO } as const;
  const source = film(levels);
  using engine = openFakeEngine();
  using interpolator = engine.interpolator(format, { effort: 'best', cutThreshold });
  const out: number[] = [];
  const counts: number[] = [];
  const conversion = { rate: new Rational(to), speed };
  const chunks: Chunk[] = [];
  await render({
    ...{ frames: source.frames, firstFrame: 0, timing },
    ...{ positions: positions(timing, conversion), first: 0, total: frameCount(timing, conversion), lastPair: -1 },
    ...{ undivided: false, interpolator },
    chunk: async (chunk) => void chunks.push(chunk),
    isThere: () => false,
    write: async (picture) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      assert.ok(
        picture.every((value) => value === picture[0]),
        'a buffer was written over while the encoder read it',
      );
      out.push(picture[0]!);
    },
    signal: new AbortController().signal,
    progress: (written) => counts.push(written),
  });
  assert.deepEqual(
    counts,
    out.map((_, i) => i + 1),
  );
  assert.ok(source.state.ended);
  assert.equal(source.state.lent, 0, 'every buffer came back');
  return { out, chunks, ...sumOf(chunks) };
}

describe('render', () => {
  const check = (levels: number[], from: number, to: number, expected: number[]) => async () =>
    assert.deepEqual((await rendered(levels, from, to)).out, expected);

  it('24 → 60', check([0, 10, 20], 24, 60, [0, 4, 8, 12, 16, 20, 20, 20]));
  it('doubles', check([0, 10, 20], 30, 60, [0, 5, 10, 15, 20, 20]));
  it('the same rate is a copy', check([3, 1, 2, 9, 4, 5, 7], 25, 25, [3, 1, 2, 9, 4, 5, 7]));
  it('half the rate skips frames', check([0, 1, 2, 3, 4], 50, 25, [0, 2, 4]));
  it('a single frame is held', check([7], 24, 48, [7, 7]));
  it(
    'a cut shows the nearer neighbour',
    check([0, 10, 200, 210], 24, 96, [0, 3, 5, 8, 10, 10, 10, 200, 200, 203, 205, 208, 210, 210, 210, 210]),
  );

  it('counts what it did', async () => {
    const { kept, created, pairs, cuts } = await rendered([0, 10, 200, 200], 24, 48);
    assert.deepEqual(
      { kept, created, pairs, cuts },
      { kept: 6, created: 2, pairs: { motion: 1, still: 1, cut: 1, junk: 0 }, cuts: [2] },
    );
  });

  it('cuts can be switched off', async () => {
    const { out, pairs } = await rendered([0, 200], 24, 48, Rational.ONE, 1.1);
    assert.deepEqual(out, [0, 100, 200, 200]);
    assert.equal(pairs.cut, 0);
  });

  it('slow motion asks a pair for many phases but loads it once', async () => {
    const { out, pairs, created } = await rendered([0, 50], 24, 24, new Rational(1n, 10n));
    assert.deepEqual(out.slice(0, 11), [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    assert.equal(out.length, 20);
    assert.deepEqual([pairs.motion, created], [1, 9]);
  });

  const failing = (message: string, parts: { write?: () => Promise<void>; abortAt?: number }) => async () => {
    const source = film(Array.from({ length: 50 }, (_, i) => i));
    const timing = { kind: 'constant', rate: new Rational(24), frames: 50, start: Rational.ZERO } as const;
    const abort = new AbortController();
    using engine = openFakeEngine();
    using interpolator = engine.interpolator(format, { effort: 'best', cutThreshold: 0.5 });
    let written = 0;
    const work = render({
      frames: source.frames,
      timing,
      ...{ firstFrame: 0, first: 0, total: 125, lastPair: -1, undivided: false, interpolator },
      positions: positions(timing, { rate: new Rational(60), speed: Rational.ONE }),
      chunk: async () => {},
      isThere: () => false,
      write:
        parts.write ??
        (async () => {
          if (++written === parts.abortAt) abort.abort(new Error('given up'));
        }),
      signal: abort.signal,
      progress: () => {},
    });
    await assert.rejects(work, new RegExp(message));
    assert.ok(source.state.ended, 'the decoder was closed');
  };
  it(
    'passes on what the encoder fails with',
    failing('disk full', {
      write: async () => {
        throw new Error('disk full');
      },
    }),
  );
  it('stops when the signal fires', failing('given up|aborted', { abortAt: 3 }));
});
