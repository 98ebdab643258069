// Stills become a clip through the command and its daemon: counted and looked at with ffprobe, told, refused in words, and gone when cancelled.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KeyframesRecord } from '../../companion/operations/keyframes/make.ts';
import type { KeyframesPlan } from '../../companion/operations/keyframes/plan.ts';
import { allGone, type Ended, processesKnown, setOut, travel, treeOf } from '../support/journey.ts';
import { ffmpeg, ffprobe, findTools, type MediaTools } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { standAside } from '../support/stand-aside.ts';

describe('journeys: keyframes', () => {
  withNpmTools();
  let folder: string;
  let tools: MediaTools;
  const stills = ['a.png', 'b.jpg', 'c.tif'];
  const tinted = (turn: number): string[] => [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=96x64',
    '-vf',
    `hue=h=${turn * 5}`,
    '-frames:v',
    '1',
  ];
  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-keyframes-'));
    tools = await findTools();
    for (const [i, name] of stills.entries()) await ffmpeg(tools, [...tinted(i), path.join(folder, name)]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const command = (...args: string[]): Promise<Ended> => travel(['keyframes', ...args], { cwd: folder });

  async function frames(file: string): Promise<{ count: number; rate: string }> {
    const entries = ['-count_frames', '-select_streams', 'v:0', '-show_entries', 'stream=nb_read_frames,r_frame_rate'];
    const found = await ffprobe(tools, path.join(folder, file), ...entries);
    const [stream] = found.streams as { nb_read_frames: string; r_frame_rate: string }[];
    return { count: Number(stream!.nb_read_frames), rate: stream!.r_frame_rate };
  }

  it('three stills at times are one clip', async () => {
    const ended = await command(...stills, '--times', '0,24,60', '--fps', '24', '-o', 'out.mov', '--json');
    assert.equal(ended.code, 0, ended.stderr);
    const { jobs } = JSON.parse(ended.stdout) as { jobs: { inputs: string[]; record: KeyframesRecord }[] };
    assert.equal(jobs.length, 1);
    assert.deepEqual(await frames('out.mov'), { count: 61, rate: '24/1' });
    const { record } = jobs[0]!;
    assert.deepEqual(record.frames, { out: 61, kept: 3, created: 58 });
    assert.deepEqual(
      record.keys.map(({ first }) => first),
      [0, 24, 60],
    );
    const beside = JSON.parse(readFileSync(path.join(folder, 'out.mov.json'), 'utf8')) as { command: string[] };
    assert.ok(stills.every((name) => beside.command.includes(path.join(folder, name))));
  });
  it('patterns name stills in the order of their numbers, and the result is told', async () => {
    for (const number of [2, 10, 1]) await ffmpeg(tools, [...tinted(number), path.join(folder, `shot${number}.png`)]);
    const { code, stderr } = await command('shot*.png', '--every', '6', '--fps', '29.97');
    assert.equal(code, 0, stderr);
    assert.deepEqual(await frames('shot1.keyframes.mov'), { count: 13, rate: '30000/1001' });
    assert.match(
      stderr,
      /frame 0 +shot1\.png .*\n.*of 5 frames: .*\n.*frame 6 +shot2\.png .*\n.*\n.*frame 12 +shot10\.png/,
    );
    assert.match(stderr, /13 frames at 29\.97 fps in .*: 3 show a still, 10 made/);
  });
  it('a dry run says it and writes nothing', async () => {
    const before = treeOf(folder);
    const ended = await command(...stills, '--dry-run', '--json', '-o', 'dry.mp4');
    assert.equal(ended.code, 0, ended.stderr);
    const { plan } = (JSON.parse(ended.stdout) as { jobs: { plan: KeyframesPlan }[] }).jobs[0]!;
    assert.deepEqual([plan.result.frames, plan.result.codec, plan.result.pixelFormat], [49, 'h264', 'yuv420p']);
    assert.deepEqual(treeOf(folder), before);
  });

  const refused = (name: string, args: string[], message: RegExp) =>
    it(`refuses ${name} in words`, async () => {
      const before = treeOf(folder);
      const { code, stderr } = await command(...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.deepEqual(treeOf(folder), before);
    });
  refused('one still', ['a.png'], /keyframes takes 2 files or more, but got 1/);
  refused(
    'a wrong number of times',
    [...stills, '--times', '0,24'],
    /times must be 3 points in time, one for each still/,
  );
  refused('a folder', ['a.png', '.'], /folder/);
  refused('a still that is not there', ['a.png', 'none.png'], /There is no file at .*none\.png/);

  it('a Ctrl-C leaves nothing', async function () {
    if (!processesKnown) standAside(this, 'processes cannot be listed here');
    const before = treeOf(folder);
    const journey = setOut(['keyframes', ...stills, '--every', '200', '-o', 'stopped.mov'], {
      cwd: folder,
      env: { INBETWEEN_FAKE_MS: '50' },
    });
    await journey.says('render');
    journey.child.kill('SIGINT');
    assert.equal((await journey.ended).code, 130);
    await allGone(path.join(folder, 'stopped.mov'));
    assert.ok(!existsSync(path.join(folder, 'stopped.mov')));
    assert.deepEqual(treeOf(folder), before);
  });
});
