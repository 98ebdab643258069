// What people give that cannot work: each is answered with a sentence and an exit code, and leaves the folder as it was.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ended, travel, treeOf } from '../support/journey.ts';
import { ffmpeg, findTools, type MediaTools } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { standAside } from '../support/stand-aside.ts';

interface Entry {
  readonly inputs: string[];
  readonly state: string;
  readonly error?: { readonly code: string; readonly message: string; readonly exit: number };
}

describe('journeys: bad input', () => {
  let folder: string;
  let tools: MediaTools;
  let ended: Ended;
  let before_: string[];
  let jobs: Map<string, Entry>;
  const at = (name: string): string => path.join(folder, name);
  const source = (seconds: number, size = '64x48'): string[] => [
    '-f',
    'lavfi',
    '-i',
    `testsrc=s=${size}:r=24:d=${seconds}`,
  ];

  /** Media, in the order they are made; each maker gets its path. */
  const makers: Readonly<Record<string, (file: string) => unknown>> = {
    'folder.mov': (file) => void mkdirSync(file),
    'empty.mp4': (file) => writeFileSync(file, ''),
    'text.mp4': (file) => writeFileSync(file, 'This is a shopping list.\n'.repeat(200)),
    'playlist.mp4': (file) =>
      writeFileSync(file, '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'),
    'list.mp4': (file) => writeFileSync(file, "ffconcat version 1.0\nfile 'whole.mp4'\n"),
    'whole.mp4': (file) => ffmpeg(tools, [...source(2), '-c:v', 'libx264', '-g', '12', '-pix_fmt', 'yuv420p', file]),
    'truncated.mp4': (file) => writeFileSync(file, readFileSync(at('whole.mp4')).subarray(0, 3000)),
    'damaged.mp4': (file) => {
      const bytes = Buffer.from(readFileSync(at('whole.mp4')));
      const pictures = bytes.indexOf('mdat') + 4;
      const length = bytes.readUInt32BE(pictures - 8);
      bytes.fill(0xa5, pictures + Math.floor(length * 0.5), pictures + Math.floor(length * 0.6));
      writeFileSync(file, bytes);
    },
    'sound.m4a': (file) => ffmpeg(tools, ['-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'aac', file]),
    'one-frame.mp4': (file) =>
      ffmpeg(tools, [...source(1), '-frames:v', '1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file]),
    'one-pixel.mkv': (file) => ffmpeg(tools, [...source(1, '1x1'), '-c:v', 'ffv1', '-pix_fmt', 'yuv444p', file]),
    'huge.mkv': async (file) => {
      // the track header's width and height (elements B0 and BA, two bytes each) are made 30000
      await ffmpeg(tools, [...source(1, '300x300'), '-c:v', 'ffv1', '-pix_fmt', 'yuv420p', file]);
      const bytes = readFileSync(file);
      for (const element of [0xb0, 0xba]) {
        const place = bytes.indexOf(Buffer.from([element, 0x82, 0x01, 0x2c]));
        assert.ok(place > 0);
        bytes.writeUInt16BE(30000, place + 2);
      }
      writeFileSync(file, bytes);
    },
    'no-frames.avi': (file) =>
      ffmpeg(tools, [...source(1), '-c:v', 'ffv1', '-pix_fmt', 'yuv420p', '-frames:v', '0', file]),
    'fields.mov': (file) =>
      ffmpeg(tools, [
        ...source(1),
        '-vf',
        'interlace=scan=tff:lowpass=off,setfield=tff',
        '-c:v',
        'mpeg4',
        '-flags',
        '+ildct+ilme',
        '-top',
        '1',
        file,
      ]),
  };

  before(async function () {
    this.timeout(180_000);
    tools = await findTools();
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-bad-'));
    for (const [name, make] of Object.entries(makers)) await make(at(name));
    before_ = treeOf(folder);
    const bad = Object.keys(makers).filter((name) => name !== 'whole.mp4');
    const arguments_ = [...bad, 'missing.mp4', 'concat:whole.mp4|whole.mp4', 'http://127.0.0.1:9/x.mp4'];
    ended = await travel(['interpolate', '--json', '--', ...arguments_], { cwd: folder });
    const report = JSON.parse(ended.stdout) as { jobs: Entry[] };
    jobs = new Map(report.jobs.map((job) => [job.inputs[0]!, job]));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const check = (input: string, code: string, exit: number, sentence: RegExp) => () => {
    const job = jobs.get(input);
    assert.equal(job?.error?.code, code, JSON.stringify(job));
    assert.equal(job.error.exit, exit);
    assert.match(job.error.message, sentence);
    assert.ok(!/undefined|\[object|null/.test(job.error.message), job.error.message);
  };

  it('missing file', check('missing.mp4', 'INPUT_MISSING', 2, /no file at .*missing\.mp4/));
  it('folder', check('folder.mov', 'INPUT_FOLDER', 2, /is a folder/));
  it('empty file', check('empty.mp4', 'INPUT_EMPTY', 2, /is empty/));
  it('text under the name of a clip', check('text.mp4', 'MEDIA_UNKNOWN', 2, /not a media file/));
  it('HLS playlist under the name of a clip', check('playlist.mp4', 'MEDIA_REFUSED', 2, /list of other files/));
  it('concat list under the name of a clip', check('list.mp4', 'MEDIA_REFUSED', 2, /list of other files/));
  it('mp4 without its end', check('truncated.mp4', 'MEDIA_TRUNCATED', 2, /cut short/));
  it('damage in the middle names the frames', check('damaged.mp4', 'MEDIA_DAMAGED', 1, /frames? \d+/));
  it('sound only', check('sound.m4a', 'NO_VIDEO', 2, /no moving picture, only audio/));
  it('one frame', check('one-frame.mp4', 'TOO_FEW_FRAMES', 2, /has 1 frame\. At least 2/));
  it('one pixel', check('one-pixel.mkv', 'PICTURE_TOO_SMALL', 2, /1x1/));
  it('30000 × 30000', check('huge.mkv', 'PICTURE_TOO_LARGE', 2, /30000x30000/));
  it('no frames', check('no-frames.avi', 'NO_FRAMES', 2, /without a single frame/));
  it('interlaced', check('fields.mov', 'INTERLACED', 2, /--deinterlace auto/));
  it(
    'concat: is a name like any other',
    check('concat:whole.mp4|whole.mp4', 'INPUT_MISSING', 2, /no file at .*concat:whole/),
  );
  it('an address is a name like any other', check('http://127.0.0.1:9/x.mp4', 'INPUT_MISSING', 2, /no file at/));
  it('the exit code is that of the first failure when nothing was done', () => assert.equal(ended.code, 2));
  it('the folder is as it was', () => assert.deepEqual(treeOf(folder), before_));

  describe('one at a time', () => {
    withNpmTools();
    const refused = (args: string[], exit: number, sentence: RegExp) => async () => {
      const { code, stdout, stderr } = await travel(args, { cwd: folder });
      assert.match(stderr, sentence);
      assert.equal(code, exit);
      assert.equal(stdout, '');
      assert.deepEqual(treeOf(folder), before_);
    };
    it(
      'missing file',
      refused(['interpolate', 'missing.mp4'], 2, /^error: There is no file at .*missing\.mp4.*\(INPUT_MISSING\)\n$/),
    );
    it('no file named', refused(['interpolate'], 2, /missing required argument 'files'/));
    it(
      'misspelt flag',
      refused(['interpolate', 'whole.mp4', '--fsp', '60'], 2, /unknown option '--fsp'.*Did you mean --fps\?/s),
    );
    it(
      'misspelt verb',
      refused(['interpolat', 'whole.mp4'], 2, /unknown command 'interpolat'.*Did you mean interpolate\?/s),
    );
    it(
      'a rate that is none',
      refused(['interpolate', 'whole.mp4', '--fps', 'fast'], 2, /--fps must be a number above 0/),
    );
    it('a rate of nothing', refused(['interpolate', 'whole.mp4', '--fps', '0'], 2, /--fps must be a number above 0/));
    it(
      'two aims',
      refused(['interpolate', 'whole.mp4', '--fps', '60', '--factor', '2'], 2, /fps, factor say different things/),
    );
    it(
      'output folder missing',
      refused(['interpolate', 'whole.mp4', '-o', 'nowhere/out.mov'], 4, /no folder .*nowhere/),
    );
    it('output under a file', refused(['interpolate', 'whole.mp4', '-o', 'text.mp4/out.mov'], 4, /text\.mp4/));
    it(
      'output is the input',
      refused(['interpolate', 'whole.mp4', '-o', 'whole.mp4', '--force'], 2, /is an input, which is never replaced/),
    );
    it('output exists', refused(['interpolate', 'whole.mp4', '-o', 'text.mp4'], 2, /text\.mp4 exists\. .*--force/));
    it(
      'a codec no such name can hold',
      refused(['interpolate', 'whole.mp4', '-o', 'out.mp4', '--codec', 'prores'], 2, /out\.mp4 is no name for prores/),
    );
    it(
      'a name no kind of file has',
      refused(['interpolate', 'whole.mp4', '-o', 'out.avi'], 2, /out\.avi does not say.*\.mov, \.mp4, \.mkv/),
    );
    it(
      'a timecode range where the clip has no timecode',
      refused(
        ['interpolate', 'whole.mp4', '--range', '01:00:00:00-01:00:01:00'],
        2,
        /from frame 0 to frame 47 and has no timecode of its own/,
      ),
    );
    it(
      'a range outside the clip',
      refused(['interpolate', 'whole.mp4', '--range', '500-600'], 2, /500-600 holds no frame/),
    );
    it('a range of one frame', refused(['interpolate', 'whole.mp4', '--range', '5-6'], 2, /has 1 frame in that range/));
    it(
      'stills under the name of a clip',
      refused(
        ['interpolate', 'whole.mp4', '--codec', 'png', '-o', 'stills.mov'],
        2,
        /stills\.mov is the name of a clip/,
      ),
    );
    it(
      'a rate no container can store',
      refused(
        ['interpolate', 'whole.mp4', '--fps', '59.123456789'],
        2,
        /--fps must be such that the rate is a fraction/,
      ),
    );
    it(
      'two files that would write one',
      refused(['interpolate', 'whole.mp4', 'whole.mov'], 2, /would write the same file/),
    );
    it(
      'several files and one name',
      refused(['interpolate', 'whole.mp4', 'list.mp4', '-o', 'out.mov'], 2, /existing folder/),
    );
    it('a folder that may not be written', async function () {
      if (process.getuid?.() === 0) standAside(this, 'root may write everywhere');
      const locked = mkdtempSync(path.join(tmpdir(), 'inbetween-locked-'));
      mkdirSync(path.join(locked, 'ro'), { mode: 0o555 });
      try {
        const { code, stderr } = await travel([
          'interpolate',
          at('whole.mp4'),
          '-o',
          path.join(locked, 'ro', 'out.mov'),
        ]);
        assert.equal(code, 4, stderr);
        assert.match(stderr, /permission denied/);
      } finally {
        rmSync(locked, { recursive: true, force: true });
      }
    });
    it('no ffmpeg', async () => {
      const { code, stderr } = await travel(['interpolate', at('whole.mp4')], {
        env: { INBETWEEN_FFMPEG: at('text.mp4') },
      });
      assert.equal(code, 4, stderr);
      assert.match(stderr, /No usable ffmpeg was found/);
    });
    it('one good among bad is partly done', async () => {
      const { code, stdout, stderr } = await travel(['interpolate', 'empty.mp4', 'whole.mp4', '--range', '0-4'], {
        cwd: folder,
      });
      assert.equal(code, 3, stderr);
      assert.equal(stdout, `${at('whole.60fps.mov')}\n`);
      assert.match(stderr, /1 of 2 done/);
      for (const name of ['whole.60fps.mov', 'whole.60fps.mov.json']) rmSync(at(name));
      assert.deepEqual(treeOf(folder), before_);
    });
  });
}).timeout(120_000);
