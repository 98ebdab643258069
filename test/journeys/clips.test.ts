// Whole jobs on small clips, held against ffprobe: counts, rates and what a job reports of cuts, repeats and ranges.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InterpolateRecord } from '../../companion/operations/interpolate/make.ts';
import { type Ended, travel } from '../support/journey.ts';
import { ffmpeg, ffprobe, findTools, type MediaTools } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';

describe('journeys: clips', () => {
  let folder: string;
  let tools: MediaTools;
  const at = (name: string): string => path.join(folder, name);
  const moving = (rate: string, seconds: number): string[] => [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=64x48:r=${rate}:d=${seconds}`,
  ];
  const intra = ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p'];

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-clips-'));
    tools = await findTools();
    await ffmpeg(tools, [...moving('24', 1), ...intra, at('film.mkv')]);
    await ffmpeg(tools, [...moving('24000/1001', 1), ...intra, at('ntsc.mkv')]);
    await ffmpeg(tools, [
      ...moving('12', 2),
      '-vf',
      'noise=alls=40:allf=t:all_seed=1,fps=24',
      ...intra,
      at('twos.mkv'),
    ]);
    await ffmpeg(tools, [...moving('24', 1), '-vf', "negate=enable='gte(n,12)'", ...intra, at('cut.mkv')]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function frames(file: string): Promise<{ count: number; rate: string }> {
    const found = await ffprobe(
      tools,
      file,
      '-count_frames',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=nb_read_frames,r_frame_rate',
    );
    const [stream] = found.streams as { nb_read_frames: string; r_frame_rate: string }[];
    return { count: Number(stream!.nb_read_frames), rate: stream!.r_frame_rate };
  }

  async function check(
    args: string[],
    expected: { count: number; rate: string; output: string },
  ): Promise<InterpolateRecord> {
    const output = at(expected.output);
    rmSync(output, { force: true, recursive: true });
    const ended = await travel(['interpolate', '--json', '--quiet', ...args], { cwd: folder });
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stderr, '', 'quiet');
    const { record } = (JSON.parse(ended.stdout) as { jobs: { record: InterpolateRecord }[] }).jobs[0]!;
    assert.equal(record.output.path, output);
    assert.deepEqual(await frames(output), { count: expected.count, rate: expected.rate });
    assert.equal(record.frames.out, expected.count);
    assert.equal(record.frames.kept + record.frames.created, expected.count);
    return record;
  }

  // counts: ⌈frames · rate out / (rate in · speed)⌉
  it('60 by default', async () =>
    void (await check(['film.mkv'], { count: 60, rate: '60/1', output: 'film.60fps.mov' })));
  it('59.94 of 23.976', async () =>
    void (await check(['ntsc.mkv', '--fps', '59.94'], { count: 60, rate: '60000/1001', output: 'ntsc.59.94fps.mov' })));
  it('twice the rate', async () =>
    void (await check(['film.mkv', '--factor', '2'], { count: 48, rate: '48/1', output: 'film.x2.mov' })));
  it('slow motion', async () =>
    void (await check(['film.mkv', '--slow', '0.4'], { count: 60, rate: '24/1', output: 'film.slow0.4.mov' })));
  it('a range', async () =>
    void (await check(['film.mkv', '--range', '6-12'], { count: 15, rate: '60/1', output: 'film.60fps.mov' })));
  it('another container', async () =>
    void (await check(['film.mkv', '-o', 'out.mkv'], { count: 60, rate: '60/1', output: 'out.mkv' })));

  it('a cut is found and left clean', async () => {
    const { cuts, pairs } = await check(['cut.mkv', '--factor', '3'], {
      count: 72,
      rate: '72/1',
      output: 'cut.x3.mov',
    });
    assert.deepEqual(cuts, [{ frame: 12, seconds: 0.5 }]);
    assert.equal(pairs.cut, 1);
  });

  it('animation on twos is interpolated between its true frames', async () => {
    const { dedup, pairs } = await check(['twos.mkv', '--dedup', '--fps', '48'], {
      count: 96,
      rate: '48/1',
      output: 'twos.48fps.mov',
    });
    assert.equal(dedup?.removed, 24);
    assert.deepEqual(
      dedup.cycles.map(({ frames: shown, distinct }) => [shown, distinct]),
      [[2, 1]],
    );
    assert.equal(pairs.motion, 23);
  });

  it('stills go to a folder, numbered without holes', async () => {
    const ended = await travel(['interpolate', 'film.mkv', '--codec', 'png', '--range', '0-4', '-o', 'stills'], {
      cwd: folder,
    });
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(
      readdirSync(at('stills')).sort(),
      Array.from({ length: 10 }, (_, i) => `stills.${String(i + 1).padStart(6, '0')}.png`),
    );
  });

  it('a dry run says what would be done and does nothing', async () => {
    const { code, stdout } = await travel(['interpolate', 'film.mkv', '--fps', '50', '--dry-run'], { cwd: folder });
    assert.equal(code, 0);
    assert.match(stdout, /50 frames at 50 fps: 2 kept, 48 made from 23 pairs|50 frames at 50 fps/);
    assert.ok(!existsSync(at('film.50fps.mov')));
  });

  it('events come as lines of JSON, each with the whole job', async () => {
    const { code, stdout } = await travel(['interpolate', 'film.mkv', '--fps', '30', '--json-lines'], { cwd: folder });
    assert.equal(code, 0);
    const states = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { job: { state: string } }).job.state);
    assert.equal(states[0], 'queued');
    assert.equal(states.at(-1), 'done');
    assert.ok(states.includes('running') && states.includes('verifying'));
  });

  describe('compare', () => {
    withNpmTools();
    const compared = async (...args: string[]): Promise<Ended> => travel(['compare', ...args], { cwd: folder });
    it('a clip with itself', async () => {
      const { code, stdout } = await compared('film.mkv', 'film.mkv', '--json');
      const { record } = (
        JSON.parse(stdout) as { jobs: { record: { equalFrames: number; psnr: unknown[]; ssim: number } }[] }
      ).jobs[0]!;
      assert.equal(code, 0);
      assert.deepEqual([record.equalFrames, record.psnr, record.ssim], [24, [null, null, null], 1]);
    });
    it('two clips, with a sheet of the worst', async () => {
      const { code, stdout, stderr } = await compared('film.mkv', 'cut.mkv', '--sheet', 'sheet.png');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /24 compared as yuv420p, 12 of them equal/);
      assert.match(stdout, /worst {4}frame 1[2-9]|worst {4}frame 2/);
      const { streams } = (await ffprobe(tools, at('sheet.png'), '-show_entries', 'stream=codec_name,width')) as {
        streams: { codec_name: string; width: number }[];
      };
      assert.deepEqual(streams[0], { codec_name: 'png', width: 3 * 64 + 4 * 8 });
    });
    it('clips of other sizes', async () => {
      await ffmpeg(tools, ['-f', 'lavfi', '-i', 'testsrc2=s=32x48:r=24:d=0.2', ...intra, at('small.mkv')]);
      const { code, stderr } = await compared('film.mkv', 'small.mkv');
      assert.equal(code, 2);
      assert.match(stderr, /differ in size: 64×48 and 32×48/);
    });
    it('one clip only', async () => {
      const { code, stderr } = await compared('film.mkv');
      assert.equal(code, 2);
      assert.match(stderr, /compare takes 2 files, but got 1/);
    });
  });
}).timeout(60_000);
