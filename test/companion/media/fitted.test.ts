// Stills and clips brought into one form by the npm package's ffmpeg: every rule on pictures whose pixels are known, and the exact bytes where nothing is to be done.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDecoder } from '../../../companion/media/decode.ts';
import {
  black as blackPicture,
  type Fit,
  type Form,
  type Media,
  openMedia,
  readFitted,
} from '../../../companion/media/fitted.ts';
import { Rational } from '../../../companion/media/rational.ts';
import {
  black,
  blue,
  type Colour,
  colourAt,
  exrOf,
  fitted,
  formOf,
  green,
  makeStill,
  near,
  quarters,
  red,
  rgb,
  samplesAt,
  white,
} from '../../support/stills.ts';
import { folder, make, npmTools, picture } from './footage.ts';

describe('readFitted: geometry', () => {
  const check = (
    name: string,
    size: [number, number],
    form: Form,
    fit: Fit,
    places: readonly [x: number, y: number, colour: Colour][],
  ) =>
    it(name, async () => {
      const file = await makeStill(`geometry-${size.join('x')}.png`, size, quarters(...size));
      const [data] = await fitted(file, form, fit);
      for (const [x, y, colour] of places) near(colourAt(data!, form, x, y), colour, 2);
    });
  check('contain puts bars at the sides', [32, 32], rgb(64, 32), 'contain', [
    [0, 0, black],
    [15, 31, black],
    [18, 2, red],
    [45, 2, green],
    [18, 29, blue],
    [45, 29, white],
    [48, 16, black],
  ]);
  check('contain puts bars above and below', [32, 16], rgb(32, 32), 'contain', [
    [0, 7, black],
    [2, 9, red],
    [29, 22, white],
    [16, 24, black],
  ]);
  check('cover cuts the sides', [64, 32], rgb(32, 32), 'cover', [
    [0, 0, red],
    [31, 0, green],
    [0, 31, blue],
    [31, 31, white],
    [13, 8, red],
    [18, 8, green],
  ]);
  check('stretch fills', [32, 32], rgb(64, 32), 'stretch', [
    [2, 2, red],
    [61, 2, green],
    [2, 29, blue],
    [61, 29, white],
  ]);
  check('none cuts one way and leaves bars the other', [64, 16], rgb(32, 32), 'none', [
    [0, 7, black],
    [0, 8, red],
    [15, 15, red],
    [16, 8, green],
    [15, 16, blue],
    [31, 23, white],
    [31, 24, black],
  ]);
  check('an anamorphic form takes narrow pixels', [32, 32], rgb(32, 32, { sampleAspect: new Rational(2) }), 'contain', [
    [7, 16, black],
    [9, 2, red],
    [22, 2, green],
    [24, 16, black],
  ]);

  it('is pixel for pixel where the size is the same', async () => {
    const noise = (x: number, y: number): Colour => [
      (x * 37 + y * 11) % 256,
      (x * 5 + y * 91) % 256,
      (x * y * 3) % 256,
    ];
    const file = await makeStill('noise.png', [24, 18], noise);
    for (const fit of ['contain', 'cover', 'stretch', 'none'] as const) {
      const [data] = await fitted(file, rgb(24, 18), fit);
      for (let y = 0; y < 18; y++)
        for (let x = 0; x < 24; x++) assert.deepEqual(colourAt(data!, rgb(24, 18), x, y), noise(x, y));
    }
  });

  it('bars are the black of the form', async () => {
    const file = await makeStill('bars.png', [32, 32], () => black);
    for (const form of [
      formOf(64, 32, 'yuv420', 8),
      formOf(64, 32, 'yuv422', 10),
      formOf(64, 32, 'gray', 8),
      rgb(64, 32),
    ]) {
      const [data] = await fitted(file, form);
      assert.deepEqual(data, blackPicture(form));
    }
  });
});

describe('readFitted: samples', () => {
  // BT.709, video range, of 8 bits: Y = 16 + 219·(0.2126 R + 0.7152 G + 0.0722 B), Cb = 128 + 224·(B − Y')/1.8556, Cr = 128 + 224·(R − Y')/1.5748
  const bt709Of = ([r, g, b]: Colour, depth: number): number[] => {
    const luma = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
    const scale = 2 ** (depth - 8);
    return [16 + 219 * luma, 128 + (224 * (b / 255 - luma)) / 1.8556, 128 + (224 * (r / 255 - luma)) / 1.5748].map(
      (value) => value * scale,
    );
  };
  const yuv422 = formOf(32, 32, 'yuv422', 10);
  for (const [name, colour] of Object.entries({ black, white, red, green, blue, skin: [224, 172, 140] as Colour })) {
    it(`brings ${name} of a PNG to BT.709`, async () => {
      const [data] = await fitted(await makeStill(`${name}.png`, [32, 32], () => colour), yuv422);
      near(samplesAt(data!, yuv422, 16, 16), bt709Of(colour, 10), 3);
    });
    it(`brings ${name} of a JPEG to BT.709`, async () => {
      const file = await makeStill(`${name}.jpg`, [32, 32], () => colour, '-q:v', '1', '-pix_fmt', 'yuvj420p');
      const [data] = await fitted(file, yuv422);
      near(samplesAt(data!, yuv422, 16, 16), bt709Of(colour, 10), 10);
    });
  }
  for (const [name, ...options] of [
    ['gray.png', '-pix_fmt', 'gray'],
    ['deep.png', '-pix_fmt', 'rgb48be'],
    ['deep.tif', '-pix_fmt', 'rgb48le'],
    ['grey.jpg', '-q:v', '1', '-pix_fmt', 'gray'],
    ['film.dpx', '-pix_fmt', 'rgb24'],
    ['still.webp', '-lossless', '1'],
    ['pixels.bmp'],
  ] as const)
    it(`reads ${name}`, async () => {
      const grey: Colour = [140, 140, 140];
      const [data] = await fitted(await makeStill(name, [32, 32], () => grey, ...options), yuv422);
      near(samplesAt(data!, yuv422, 16, 16), bt709Of(grey, 10), 6);
    });

  it('reads float.exr', async () => {
    const file = join(folder, 'float.exr');
    writeFileSync(file, exrOf(32, 32, [0.25, 0.5, 0.75]));
    const form = formOf(32, 32, 'rgb', 16);
    const [data] = await fitted(file, form);
    near(colourAt(data!, form, 16, 16), [0.25 * 65535, 0.5 * 65535, 0.75 * 65535], 16);
  });

  it('lays what is see-through over black', async () => {
    const file = await makeStill('half.png', [32, 32], (x) => (x < 16 ? [255, 255, 255, 128] : [255, 0, 0, 0]));
    const [data] = await fitted(file, rgb(32, 32));
    near(colourAt(data!, rgb(32, 32), 8, 8), [128, 128, 128], 1);
    near(colourAt(data!, rgb(32, 32), 24, 8), black, 1);
  });
  it('keeps alpha where the form has some, with clear bars', async () => {
    const form = rgb(64, 32, { alpha: true });
    const [data] = await fitted(await makeStill('clear.png', [32, 32], () => [10, 200, 30, 77]), form);
    assert.deepEqual(colourAt(data!, form, 32, 16), [10, 200, 30, 77]);
    assert.deepEqual(colourAt(data!, form, 0, 0), [0, 0, 0, 0]);
  });
  it('what has no alpha is opaque in a form that has', async () => {
    const form = rgb(32, 32, { alpha: true });
    const [data] = await fitted(await makeStill('opaque.png', [32, 32], () => red), form);
    assert.deepEqual(colourAt(data!, form, 16, 16), [255, 0, 0, 255]);
  });
});

describe('readFitted: clips', () => {
  async function decoded(media: Media, from: number, count: number): Promise<Uint8Array[]> {
    const frames: Uint8Array[] = [];
    const tools = await npmTools();
    for await (const { data, release } of openDecoder({ tools, ...media, from, count })) {
      frames.push(Uint8Array.from(data));
      release();
    }
    return frames;
  }
  for (const [name, options] of Object.entries({
    'ten bit': ['-c:v', 'ffv1', '-pix_fmt', 'yuv422p10le'],
    'full range': ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '2'],
    RGB: ['-c:v', 'ffv1', '-pix_fmt', 'gbrp'],
    h264: ['-c:v', 'libx264', '-g', '12'],
  }))
    it(`gives the very bytes of ${name} in its own form`, async () => {
      const tools = await npmTools();
      const media = await openMedia(tools, await make(`own ${name}.mkv`, ...picture('25', 1), ...options));
      for (const fit of ['contain', 'none'] as const)
        assert.deepEqual(
          await readFitted(tools, media, { from: 9, count: 3, form: media.stream, fit }),
          await decoded(media, 9, 3),
        );
    });
  it('gives the frames that were asked for in another form too', async () => {
    const tools = await npmTools();
    const media = await openMedia(
      tools,
      await make('other.mkv', ...picture('25', 1), '-c:v', 'ffv1', '-pix_fmt', 'gbrp'),
    );
    const form = rgb(96, 48);
    const [own, inForm] = [
      await decoded(media, 5, 2),
      await readFitted(tools, media, { from: 5, count: 2, form, fit: 'none' }),
    ];
    for (const i of [0, 1])
      for (const [x, y] of [
        [0, 0],
        [31, 20],
        [63, 47],
      ] as const)
        assert.deepEqual(colourAt(inForm[i]!, form, x + 16, y), colourAt(own[i]!, media.stream, x, y));
  });
  it('respects the pixels of an anamorphic clip', async () => {
    const file = await make(
      'anamorphic.mkv',
      '-f',
      'lavfi',
      '-i',
      'color=white:s=32x32:d=0.2',
      '-vf',
      'setsar=2',
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'gbrp',
    );
    const form = rgb(64, 64);
    const [data] = await fitted(file, form);
    near(colourAt(data!, form, 1, 32), white, 1);
    near(colourAt(data!, form, 62, 32), white, 1);
    near(colourAt(data!, form, 32, 14), black, 1);
  });
});
