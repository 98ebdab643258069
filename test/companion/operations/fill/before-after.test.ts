// The track as it was: read in pieces that fit into memory, black where nothing is shown, and said where something cannot be.
import assert from 'node:assert/strict';
import { CompanionError } from '../../../../companion/api/errors.ts';
import type { Form } from '../../../../companion/media/fitted.ts';
import { Rational } from '../../../../companion/media/rational.ts';
import { type FinishedFill, originalPictures } from '../../../../companion/operations/fill/before-after.ts';
import type { Beside, MediaFrame } from '../../../../companion/operations/fill/reels.ts';

const formOf = (width: number, height: number): Form => ({
  picture: { width, height, layout: 'gray', depth: 8, alpha: false },
  pipeFormat: 'gray',
  colour: { primaries: null, transfer: null, matrix: null, range: 'tv', chromaLocation: null },
  sampleAspect: Rational.ONE,
  rotation: 0,
  mirrored: false,
});

/** First samples of the pictures from … to − 1, the notes, and how many were read at a time. A frame's picture is its number. */
async function shown(
  form: Form,
  range: readonly [number, number],
  { empty = [], broken = [] }: { readonly empty?: readonly number[]; readonly broken?: readonly number[] } = {},
) {
  const reads: number[] = [];
  const reels = {
    at: async (_: unknown, frame: number) =>
      empty.includes(frame) ? 'a gap' : ({ frame: { index: frame } } as Beside),
    read: async (frames: readonly MediaFrame[]) => {
      reads.push(frames.length);
      if (frames.some(({ index }) => broken.includes(index)))
        throw new CompanionError('MEDIA_DAMAGED', {
          path: 'a.mov',
          what: 'frame 1 cannot be decoded',
          frames: [1],
          log: [],
        });
      return frames.map(({ index }) => Uint8Array.of(index));
    },
  };
  const notes = new Set<string>();
  const samples: number[] = [];
  const fill = { reels, plan: { track: null }, fit: 'contain' } as unknown as FinishedFill;
  for await (const picture of originalPictures(fill, form, range, notes)) samples.push(picture[0]!);
  return { samples, notes: [...notes], reads };
}

describe('pictures of a track as it was', () => {
  const small = formOf(4, 2);
  it('in order', async () => assert.deepEqual((await shown(small, [3, 7])).samples, [3, 4, 5, 6]));
  it('none', async () => assert.deepEqual((await shown(small, [3, 3])).samples, []));
  it('black where nothing is', async () =>
    assert.deepEqual((await shown(small, [3, 8], { empty: [4, 6, 7] })).samples, [3, 16, 5, 16, 16]));
  it('of a large picture few at a time', async () => {
    const { samples, reads } = await shown(formOf(8192, 4096), [0, 5]); // 32 MiB each
    assert.deepEqual(
      [samples, reads],
      [
        [0, 1, 2, 3, 4],
        [2, 2, 1],
      ],
    );
  });
  it('black, and said, where they cannot be read', async () => {
    const { samples, notes } = await shown(formOf(8192, 4096), [0, 6], { broken: [3] });
    assert.deepEqual(samples, [0, 1, 16, 16, 4, 5]);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /black where.*a\.mov.*frame 1 cannot be decoded/);
  });
});
