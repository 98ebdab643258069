// A part is refused where its encoder left something out, and told to ffmpeg as the output will hold it.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import type { Output } from '../../../companion/media/encode.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { openSegment } from '../../../companion/media/segment.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { folder, make, npmTools, picture } from './footage.ts';
import { convert } from './journey.ts';

describe('a part of stills', () => {
  const width = 16;
  const gray = { width, height: 8, layout: 'gray', depth: 8, alpha: false } as const;

  /** As much of an output as a part looks at; `program` stands for ffmpeg. */
  async function outputWith(program: string): Promise<Output> {
    const tools = await npmTools();
    return {
      tools: { ...tools, ffmpeg: { ...tools.ffmpeg, path: program } },
      rate: new Rational(25),
      frames: 24,
      delivery: {
        ...{ codec: 'png', quality: 'lossless', container: 'sequence', extension: '.png', encoder: 'png' },
        ...{ givenFormat: 'gray', storedFormat: 'gray', picture: gray, arguments: [], notes: [] },
        ...{ narrowsRange: false, changesModel: false },
      },
      source: { stream: { picture: gray, sampleAspect: Rational.ONE, colour: {}, hdr: {} } },
      colour: {},
    } as unknown as Output;
  }

  async function write(output: Output, path: string): Promise<void> {
    const part = openSegment(output, { path, first: 12 });
    for (let i = 0; i < 3; i++) await part.write(new Uint8Array(width * 8).fill(60 * i));
    await part.finish();
  }

  it('holds its pictures under their numbers', async () => {
    const path = join(mkdtempSync(join(folder, 'stills-')), 'part');
    await write(await outputWith((await npmTools()).ffmpeg.path), path);
    assert.deepEqual(
      ['000012', '000013', '000014', '000015', '000016'].map((number) => existsSync(join(path, `${number}.png`))),
      [false, true, true, true, false],
    );
  });

  // ffmpeg of 2018 ends well on a full disk, and leaves empty pictures
  it('with a picture that is empty is refused', async function () {
    notOnWindows(this, 'a script is no program');
    const place = mkdtempSync(join(folder, 'stills-'));
    const program = join(place, 'ffmpeg');
    const { path } = (await npmTools()).ffmpeg;
    writeFileSync(program, `#!/bin/sh\n"${path}" "$@" || exit\n: > "${place}/part/000014.png"\n`);
    chmodSync(program, 0o755);
    await assert.rejects(write(await outputWith(program), join(place, 'part')), (error) => {
      assert.ok(error instanceof CompanionError && error.code === 'FFMPEG_FAILED');
      assert.match(error.message, /did not write all of .*part.000014\.png/);
      return true;
    });
  });

  it('whose folder cannot be made says so', async () => {
    const output = await outputWith('ffmpeg');
    const path = join(await make('no-folder.mkv', ...picture('25', 0.1), '-c:v', 'ffv1'), 'part');
    const code = process.platform === 'win32' ? 'OUTPUT_FOLDER_MISSING' : 'OUTPUT_UNWRITABLE';
    assert.throws(() => openSegment(output, { path, first: 0 }), { code });
  });
});

describe('a picture whose samples are not square', function () {
  this.slow(3000);
  for (const aspect of ['136/135', '16/15', '10/11', '1000/2001'])
    it(aspect, async () => {
      const input = await make(
        'aspect.mov',
        ...picture('25', 0.6),
        '-vf',
        `setsar=${aspect}:max=3000`,
        '-c:v',
        'prores',
      );
      const { checks } = await convert(input, 'aspect-60.mov', { fps: '60' });
      const found = checks.find(({ what }) => what === 'sample aspect')?.found;
      assert.equal(found, aspect);
    });
});
