// Sizes and pictures of a preview, sample by sample.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Form } from '../../../../companion/media/fitted.ts';
import { Rational } from '../../../../companion/media/rational.ts';
import {
  lineAt,
  previewForm,
  sideBySide,
  thumbnailForm,
  wiped,
} from '../../../../companion/operations/fill/preview-form.ts';
import type { PictureFormat } from '../../../../native/index.ts';

const formOf = (width: number, height: number, more: Partial<Form> = {}): Form => ({
  picture: { width, height, layout: 'yuv422', depth: 10, alpha: false },
  pipeFormat: 'yuv422p10le',
  colour: { primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc', range: 'pc', chromaLocation: 'topleft' },
  sampleAspect: Rational.ONE,
  rotation: 0,
  mirrored: false,
  ...more,
});

describe('form of a preview', () => {
  const check = (form: Form, expected: readonly (readonly [number, number])[]) => () => {
    const forms = [
      previewForm(form, 'side'),
      previewForm(form, 'wipe'),
      thumbnailForm(form, { width: 480, height: 480 }),
    ];
    assert.deepEqual(
      forms.map(({ picture }) => [picture.width, picture.height]),
      expected,
    );
    assert.ok(forms.every(({ rotation, mirrored }) => rotation === 0 && !mirrored));
  };
  it(
    'HD: half as large side by side',
    check(formOf(1920, 1080), [
      [960, 540],
      [1920, 1080],
      [480, 270],
    ]),
  );
  it(
    'UHD',
    check(formOf(3840, 2160), [
      [960, 540],
      [3840, 2160],
      [480, 270],
    ]),
  );
  it(
    '8K is brought down',
    check(formOf(7680, 4320), [
      [960, 540],
      [3840, 2160],
      [480, 270],
    ]),
  );
  it(
    'small stays as it is',
    check(formOf(320, 180), [
      [320, 180],
      [320, 180],
      [480, 270],
    ]),
  );
  it(
    'odd',
    check(formOf(97, 65), [
      [98, 66],
      [98, 66],
      [480, 322],
    ]),
  );
  it(
    'wide pixels',
    check(formOf(720, 576, { sampleAspect: new Rational(64, 45) }), [
      [960, 540],
      [1024, 576],
      [480, 270],
    ]),
  );
  it(
    'a quarter turn',
    check(formOf(1920, 1080, { rotation: 270 }), [
      [960, 1706],
      [1080, 1920],
      [270, 480],
    ]),
  );
  it(
    'a mirror',
    check(formOf(320, 180, { mirrored: true }), [
      [320, 180],
      [320, 180],
      [480, 270],
    ]),
  );
  it('keeps its tags; 8 bit in video range', () => {
    const { picture, pipeFormat, colour } = previewForm(formOf(320, 180), 'side');
    assert.deepEqual([picture.layout, picture.depth, pipeFormat], ['yuv420', 8, 'yuv420p']);
    assert.deepEqual(
      [colour.primaries, colour.transfer, colour.matrix, colour.range],
      ['bt2020', 'smpte2084', 'bt2020nc', 'tv'],
    );
  });
  it('no shape is lost: the whole picture fills it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 8192 }), fc.integer({ min: 16, max: 8192 }), (width, height) => {
        const { picture, sampleAspect } = previewForm(formOf(width, height), 'side');
        const aspect = (picture.width * sampleAspect.toNumber()) / picture.height;
        return Math.abs(aspect / (width / height) - 1) < 1e-9;
      }),
    );
  });
});

const small: PictureFormat = { width: 4, height: 2, layout: 'yuv420', depth: 8, alpha: false };
/** Luma from `first` on, chroma from 50 more on. */
const pictureFrom = (first: number): Uint8Array =>
  Uint8Array.from({ length: 12 }, (_, i) => (i < 8 ? first + i : first + 42 + i));

describe('pictures of a preview', () => {
  it('side by side', () => {
    assert.deepEqual(
      [...sideBySide(pictureFrom(0), pictureFrom(100), small)],
      [
        ...[0, 1, 2, 3, 100, 101, 102, 103],
        ...[4, 5, 6, 7, 104, 105, 106, 107],
        ...[50, 51, 150, 151],
        ...[52, 53, 152, 153],
      ],
    );
  });
  it('wiped', () => {
    assert.deepEqual(
      [...wiped(pictureFrom(0), pictureFrom(100), small, 2)],
      [...[0, 1, 235, 235], ...[4, 5, 235, 235], ...[50, 128], ...[52, 128]],
    );
    assert.deepEqual(
      [...wiped(pictureFrom(0), pictureFrom(100), small, 0)],
      [...[235, 235, 102, 103], ...[235, 235, 106, 107], ...[128, 151], ...[128, 153]],
    );
  });
  it('the line moves from left to right, on even columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1920 }), (count, half) => {
        const width = 2 * half;
        const at = Array.from({ length: count }, (_, i) => lineAt(i, count, width));
        return at.every((x, i) => x % 2 === 0 && x >= 0 && x <= width - 2 && (i === 0 || x >= at[i - 1]!));
      }),
    );
  });
  it('in the middle of a fill of one frame', () => assert.equal(lineAt(0, 1, 100), 50));
});
