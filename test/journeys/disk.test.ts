// A disk that is too small, or fills up on the way: a sentence, an exit code, and no file.
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../../companion/api/errors.ts';
import { editMovie } from '../../companion/media/mov.ts';
import { Rational } from '../../companion/media/rational.ts';
import { inbetween } from '../support/command.ts';
import { allGone, setOut } from '../support/journey.ts';
import { ffmpeg, findTools, type MediaTools, scratchFolder } from '../support/media.ts';
import { type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { standAside } from '../support/stand-aside.ts';

describe('journeys: disk', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let disk: SmallDisk;
  let tools: MediaTools;
  let clip: string;

  before(async () => {
    tools = await findTools();
    folder = scratchFolder('disk-source');
    clip = path.join(folder.path, 'clip.mov');
    await ffmpeg(tools, ['-f', 'lavfi', '-i', 'testsrc2=s=128x72:r=24:d=3', '-c:v', 'mpeg4', clip]);
  });
  after(() => folder[Symbol.dispose]());
  beforeEach(function () {
    const made = smallDisk(8000);
    if (typeof made === 'string') standAside(this, made);
    disk = made;
  });
  afterEach(() => disk?.[Symbol.dispose]());

  /** What the job left on the disk. */
  const left = (): string[] => readdirSync(disk.path).filter((name) => !name.startsWith('filler'));

  it('too small from the start is known before anything is written', async () => {
    disk.fill();
    const { code, stdout, stderr } = await inbetween(['interpolate', clip, '-o', path.join(disk.path, 'out.mov')]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /error: The output needs about \d+ MiB, and 0 MiB are free in .*-o\. \(DISK_SHORT\)\n$/);
    assert.equal(stdout.length, 0);
    assert.deepEqual(left(), []);
  });

  const fillsUp = (name: string, args: readonly string[]) =>
    it(`full on the way: ${name}`, async () => {
      const journey = setOut(['interpolate', clip, '-o', path.join(disk.path, name), ...args], {
        env: { INBETWEEN_FAKE_MS: '15' },
      });
      await journey.says('render ');
      disk.fill();
      const { code, stdout, stderr } = await journey.ended;
      assert.equal(code, 4, stderr);
      assert.match(stderr, /error: The disk of .* is full\. Free some space.*\(DISK_FULL\)\n$/);
      assert.ok(stderr.includes(`The disk of ${disk.path} is full`), stderr);
      assert.equal(stdout, '');
      assert.deepEqual(left(), []);
      await allGone(path.basename(disk.path));
    });
  fillsUp('out.mov', []);
  fillsUp('out.mkv', []);
  fillsUp('out.mp4', ['--quality', 'lossless']);
  fillsUp('stills', ['--codec', 'png', '--range', '0-40']);

  it('full when the index of a movie is edited', () => {
    // the file ends with a page of the disk, so that a longer index needs another
    const page = 4096;
    const bytes = readFileSync(clip);
    const index = bytes.lastIndexOf('moov') - 4;
    const padding = Buffer.alloc(8 + ((2 * page - ((bytes.length + 8) % page)) % page));
    padding.writeUInt32BE(padding.length, 0);
    padding.write('free', 4, 'latin1');
    const padded = path.join(folder.path, 'padded.mov');
    writeFileSync(padded, Buffer.concat([bytes.subarray(0, index), padding, bytes.subarray(index)]));
    assert.equal(readFileSync(padded).length % page, 0);
    const movie = path.join(disk.path, 'movie.mov');
    copyFileSync(padded, movie);
    disk.fill();
    assert.throws(
      () => editMovie(movie, { delay: new Rational(1, 2) }),
      (error) => error instanceof CompanionError && error.code === 'DISK_FULL' && error.message.includes(disk.path),
    );
  });
}).timeout(60_000);
