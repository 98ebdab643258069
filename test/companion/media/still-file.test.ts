// Single pictures as files: opened by what they hold, turned as they say themselves, and refused before anything is decoded where they are absurd.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { openMedia, readFitted } from '../../../companion/media/fitted.ts';
import {
  blue,
  type Colour,
  colourAt,
  fitted,
  green,
  makeStill,
  near,
  quarters,
  red,
  rgb,
  white,
} from '../../support/stills.ts';
import { folder, make, npmTools, picture } from './footage.ts';

describe('stills that are turned', () => {
  const grid = { width: 48, height: 32 };
  /** The picture as it is stored when its upright one is `quarters`, for each value of the tag (Exif 2.32, figure of tag 274). */
  const stored = (value: number, x: number, y: number): Colour => {
    const [w, h] = value > 4 ? [grid.height, grid.width] : [grid.width, grid.height];
    const upright: Record<number, [number, number]> = {
      1: [x, y],
      2: [w - 1 - x, y],
      3: [w - 1 - x, h - 1 - y],
      4: [x, h - 1 - y],
      5: [y, x],
      6: [h - 1 - y, x],
      7: [h - 1 - y, w - 1 - x],
      8: [y, w - 1 - x],
    };
    return quarters(grid.width, grid.height)(...upright[value]!);
  };
  /** A TIFF directory with the orientation alone. */
  const exif = (value: number, big: boolean): Buffer => {
    const bytes = Buffer.alloc(26);
    const [short, long] = big
      ? (['writeUInt16BE', 'writeUInt32BE'] as const)
      : (['writeUInt16LE', 'writeUInt32LE'] as const);
    bytes.write(big ? 'MM' : 'II');
    for (const [at, number] of [
      [2, 42],
      [8, 1],
      [10, 0x0112],
      [12, 3],
      [18, value],
    ] as const)
      bytes[short](number, at);
    for (const [at, number] of [
      [4, 8],
      [14, 1],
    ] as const)
      bytes[long](number, at);
    return bytes;
  };
  const sized = (
    bytes: number,
    write: 'writeUInt32BE' | 'writeUInt32LE' | 'writeUInt16BE' | 'writeUInt16LE',
  ): Buffer => {
    const size = Buffer.alloc(write.startsWith('writeUInt16') ? 2 : 4);
    size[write](bytes);
    return size;
  };
  const tagged: Record<string, (file: Buffer, value: number, big: boolean) => Buffer> = {
    jpg(file, value, big) {
      const data = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(value, big)]);
      return Buffer.concat([
        file.subarray(0, 2),
        Buffer.from([0xff, 0xe1]),
        sized(data.length + 2, 'writeUInt16BE'),
        data,
        file.subarray(2),
      ]);
    },
    png(file, value, big) {
      const data = exif(value, big);
      const end = 8 + 25; // signature and IHDR
      return Buffer.concat([
        file.subarray(0, end),
        sized(data.length, 'writeUInt32BE'),
        Buffer.from('eXIf', 'latin1'),
        data,
        Buffer.alloc(4),
        file.subarray(end),
      ]);
    },
    webp(file, value, big) {
      const data = exif(value, big);
      const whole = Buffer.concat([file, Buffer.from('EXIF', 'latin1'), sized(data.length, 'writeUInt32LE'), data]);
      whole.writeUInt32LE(whole.length - 8, 4);
      return whole;
    },
  };
  tagged.tif = (file, value) => {
    const directory = file.readUInt32LE(4);
    const count = file.readUInt16LE(directory);
    const entries = Array.from({ length: count }, (_, i) =>
      file.subarray(directory + 2 + 12 * i, directory + 14 + 12 * i),
    );
    const all = [...entries, exif(value, false).subarray(10, 22)].sort((a, b) => a.readUInt16LE(0) - b.readUInt16LE(0));
    const whole = Buffer.concat([file, sized(count + 1, 'writeUInt16LE'), ...all, Buffer.alloc(4)]);
    whole.writeUInt32LE(file.length, 4);
    return whole;
  };
  const options: Record<string, string[]> = {
    tif: ['-pix_fmt', 'rgb24'],
    jpg: ['-q:v', '1', '-pix_fmt', 'yuvj422p'],
    png: [],
    webp: ['-lossless', '1'],
  };
  for (const kind of Object.keys(tagged))
    for (let value = 1; value <= 8; value++)
      it(`${kind} with orientation ${value} is upright`, async () => {
        const size: [number, number] = value > 4 ? [grid.height, grid.width] : [grid.width, grid.height];
        const plain = await makeStill(`plain.${kind}`, size, (x, y) => stored(value, x, y), ...options[kind]!);
        const file = join(folder, `turned-${value}.${kind}`);
        writeFileSync(file, tagged[kind]!(readFileSync(plain), value, value % 2 === 0));
        const form = rgb(grid.width, grid.height);
        const [data] = await fitted(file, form, 'contain');
        for (const [x, y, colour] of [
          [3, 3, red],
          [44, 3, green],
          [3, 28, blue],
          [44, 28, white],
        ] as const)
          near(colourAt(data!, form, x, y), colour, 12);
      });

  it('a form that is turned itself stores them so', async () => {
    const upright = await makeStill('upright.png', [grid.width, grid.height], quarters(grid.width, grid.height));
    for (const [rotation, mirrored, value] of [
      [90, false, 6],
      [180, false, 3],
      [270, false, 8],
      [0, true, 2],
      [90, true, 7],
      [270, true, 5],
    ] as const) {
      const form = rgb(...((rotation % 180 === 0 ? [48, 32] : [32, 48]) as [number, number]), { rotation, mirrored });
      const [data] = await fitted(upright, form);
      const { width, height } = form.picture;
      for (const [x, y] of [
        [3, 3],
        [width - 4, 3],
        [3, height - 4],
        [width - 4, height - 4],
      ] as const)
        near(colourAt(data!, form, x, y), stored(value, x, y), 2);
    }
  });
});

describe('openMedia', () => {
  const refuses = async (file: string, code: string, message: RegExp) =>
    assert.rejects(
      openMedia(await npmTools(), file),
      (error: Error) => error instanceof CompanionError && error.code === code && message.test(error.message),
    );

  it('opens a still as a clip of one frame', async () => {
    const { timing, stream } = await openMedia(await npmTools(), await makeStill('one.png', [20, 30], () => red));
    assert.deepEqual([timing.frames, timing.start.toString(), stream.width, stream.height], [1, '0', 20, 30]);
  });
  it('reads large JPEGs and names with patterns as the one file they are', async () => {
    const noise = (x: number, y: number): Colour => [
      (x * 7919 + y * 104729) % 251,
      (x * 31 + y * 17) % 241,
      (x * y) % 256,
    ];
    const file = await makeStill('large.jpg', [400, 300], noise, '-q:v', '1');
    assert.ok(readFileSync(file).length > 60_000);
    for (const name of ['large.jpg', 'a%03d.png', 'b[1]*?.jpg', 'no ending']) {
      writeFileSync(join(folder, name), readFileSync(file));
      const { stream } = await openMedia(await npmTools(), join(folder, name));
      assert.deepEqual([stream.codec, stream.width], ['mjpeg', 400]);
    }
  });
  it('an animated PNG stays a clip', async () => {
    const { timing } = await openMedia(await npmTools(), await make('moving.png', ...picture('25', 0.2), '-f', 'apng'));
    assert.equal(timing.frames, 5);
  });
  it('refuses absurd sizes before anything is decoded', async () => {
    const header = (width: number, height: number): Buffer => {
      const file = readFileSync(join(folder, 'one.png'));
      file.writeUInt32BE(width, 16);
      file.writeUInt32BE(height, 20);
      return file;
    };
    await makeStill('one.png', [20, 30], () => red);
    for (const [width, height, code] of [
      [9000, 30, 'PICTURE_TOO_LARGE'],
      [8, 8, 'PICTURE_TOO_SMALL'],
    ] as const) {
      writeFileSync(
        join(folder, 'absurd.png'),
        width < 16 ? readFileSync(await makeStill('tiny.png', [width, height], () => red)) : header(width, height),
      );
      await refuses(join(folder, 'absurd.png'), code, /absurd\.png/);
    }
    writeFileSync(join(folder, 'absurd.png'), header(2 ** 30, 2 ** 30));
    await assert.rejects(
      openMedia(await npmTools(), join(folder, 'absurd.png')),
      (error: Error) => error instanceof CompanionError && /absurd\.png/.test(error.message),
    );
  });
  it('follows no file to others', async () => {
    for (const [name, text] of [
      ['list.png', '#EXTM3U\nfile:///etc/passwd\n'],
      ['list.jpg', 'ffconcat version 1.0\nfile one.png\n'],
      ['vector.png', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ] as const) {
      writeFileSync(join(folder, name), text);
      await assert.rejects(
        openMedia(await npmTools(), join(folder, name)),
        (error: Error) => error instanceof CompanionError && error.message.includes(name),
      );
    }
  });
  it('survives every cut of a tagged file', async () => {
    const whole = readFileSync(join(folder, 'turned-6.jpg'));
    const tools = await npmTools();
    for (let length = 1; length < 120; length += 7) {
      writeFileSync(join(folder, 'cut.jpg'), whole.subarray(0, length));
      await assert.rejects(
        openMedia(tools, join(folder, 'cut.jpg')),
        (error: Error) => error instanceof CompanionError,
      );
    }
  });
  it('a cancel ends it', async () => {
    const file = await makeStill('cancelled.png', [32, 32], () => red);
    const tools = await npmTools();
    const media = await openMedia(tools, file);
    const abort = new AbortController();
    const work = readFitted(tools, media, {
      from: 0,
      count: 1,
      form: rgb(64, 64),
      fit: 'contain',
      signal: abort.signal,
    });
    abort.abort();
    await assert.rejects(work, { name: 'AbortError' });
  });
});
