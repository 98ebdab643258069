// Spawning: arguments, limits, abort, watchdog, and children that end with their parent.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompanionError } from '../../../companion/api/errors.ts';
import { findTools } from '../../../companion/media/find.ts';
import { fileArgument, guarded, quietly, runProcess, startProcess } from '../../../companion/media/process.ts';
import { standAside } from '../../support/stand-aside.ts';
import { folder, make, npmTools, picture } from './footage.ts';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('media processes', () => {
  it('reads every path as a file', () => {
    assert.equal(fileArgument('-y.mp4'), `file:${resolve('-y.mp4')}`);
    assert.equal(fileArgument('http://x/y'), `file:${resolve('http://x/y')}`);
  });

  it('stops at an abort', async () => {
    const abort = new AbortController();
    const running = runProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(running, { name: 'AbortError' });
  });

  it('forces what does not listen', async () => {
    const child = startProcess(process.execPath, [
      '-e',
      'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)',
    ]);
    await once(child.stdout, 'data');
    await child.stop();
    assert.equal((await child.ended).why, 'stopped');
  }).slow(9000);

  it('ends what makes no progress', async () => {
    const running = runProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { patience: 0.3 });
    await assert.rejects(
      running,
      (error) => error instanceof CompanionError && error.code === 'FFMPEG_FAILED' && /no progress/.test(error.message),
    );
  });

  it('passes no proxy on', async () => {
    process.env.http_proxy = 'http://nowhere';
    try {
      const { output } = await runProcess(process.execPath, ['-e', 'console.log(JSON.stringify(process.env))']);
      assert.ok(!/proxy/i.test(Object.keys(JSON.parse(output)).join()));
    } finally {
      delete process.env.http_proxy;
    }
  });

  it('says when a program cannot be started', async () => {
    await assert.rejects(
      runProcess('/nowhere/ffmpeg', []),
      (error) => error instanceof CompanionError && error.code === 'FFMPEG_FAILED',
    );
  });

  it('opens a name with % as itself, never the files it could count', async () => {
    const { ffprobe } = await npmTools();
    for (const number of [1, 2]) await make(`count00${number}.png`, ...picture('25', 0.04, '80x60'), '-frames:v', '1');
    const { code, output } = await runProcess(ffprobe.path, [
      ...quietly,
      ...guarded,
      ...['-show_entries', 'stream=width', '-of', 'csv=p=0', '-i', fileArgument(join(folder, 'count%03d.png'))],
    ]);
    assert.deepEqual([code, output], [1, '']);
  });

  describe('children die with a worker that is killed', () => {
    const check = (what: string, feed: boolean, args: string[]) =>
      it(what, async function () {
        if (process.platform !== 'linux') standAside(this, 'needs /proc');
        const { ffmpeg } = await npmTools();
        const script = join(folder, `${what}.mts`);
        const room = new URL('../../../companion/media/process.ts', import.meta.url).href;
        writeFileSync(
          script,
          `import { startProcess } from ${JSON.stringify(room)};
          startProcess(${JSON.stringify(ffmpeg.path)}, ${JSON.stringify(args)}, { feed: ${feed} });
          setInterval(() => {}, 1000);`,
        );
        const loader = createRequire(import.meta.url).resolve('tsx');
        const worker = spawn(process.execPath, ['--import', loader, script], { stdio: 'ignore' });
        let children: number[] = [];
        for (let tries = 0; children.length === 0 && tries < 100; tries++) {
          await sleep(50);
          children = readFileSync(`/proc/${worker.pid}/task/${worker.pid}/children`, 'utf8')
            .trim()
            .split(/\s+/)
            .filter(Boolean)
            .map(Number)
            .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ffmpeg'));
        }
        assert.equal(children.length, 1);
        worker.kill('SIGKILL');
        for (let tries = 0; alive(children[0]!) && tries < 100; tries++) await sleep(50);
        assert.ok(!alive(children[0]!));
      }).slow(5000);
    check('decoding', false, ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180', '-f', 'rawvideo', 'pipe:1']);
    check('encoding', true, [
      '-v',
      'error',
      '-f',
      'rawvideo',
      '-video_size',
      '64x48',
      '-pixel_format',
      'gray',
      '-i',
      'pipe:0',
      '-f',
      'null',
      '-',
    ]);
  });
});

describe('the finder', () => {
  it('falls back to the npm packages and says where it looked', async () => {
    const { ffmpeg, ffprobe, attempts } = await findTools({ env: { PATH: folder } });
    assert.deepEqual([ffmpeg.place, ffprobe.place], ['npm', 'npm']);
    assert.deepEqual(
      attempts.filter(({ tool }) => tool === 'ffprobe').map(({ place }) => place),
      ['config', 'environment', 'ffmpeg-static', 'PATH', 'npm'],
    );
    for (const name of [
      'prores_ks',
      'dnxhd',
      'libx264',
      'libx265',
      'ffv1',
      'png',
      'tiff',
      'pcm_s24le',
      'flac',
      'aac',
      'mov_text',
    ])
      assert.ok(ffmpeg.encoders.has(name), name);
    for (const name of ['h264', 'hevc', 'prores', 'aac', 'av1']) assert.ok(ffmpeg.decodes.has(name), name);
    for (const name of ['bwdif', 'showinfo', 'setparams', 'scale']) assert.ok(ffmpeg.filters.has(name), name);
  });

  it('takes PATH before the packages, and a named program before both', async () => {
    const { ffmpeg } = await npmTools();
    const wrapper = join(folder, 'ffmpeg');
    writeFileSync(wrapper, `#!/bin/sh\nexec "${ffmpeg.path}" "$@"\n`);
    chmodSync(wrapper, 0o755);
    assert.deepEqual(
      [
        (await findTools({ env: { PATH: folder } })).ffmpeg.place,
        (await findTools({ env: { PATH: folder, INBETWEEN_FFMPEG: ffmpeg.path } })).ffmpeg.place,
      ],
      ['PATH', 'environment'],
    );
    assert.equal((await findTools({ ffmpeg: wrapper, env: { INBETWEEN_FFMPEG: ffmpeg.path } })).ffmpeg.place, 'config');
  });

  it('does not pass over a named program that does not work', async () => {
    for (const [path, outcome] of [
      [join(folder, 'none'), 'no such file'],
      [process.execPath, 'is not ffmpeg'],
    ] as const) {
      await assert.rejects(findTools({ env: { INBETWEEN_FFMPEG: path } }), (error) => {
        assert.ok(error instanceof CompanionError && error.code === 'FFMPEG_MISSING');
        assert.ok(error.message.includes(path) && error.message.includes(outcome), error.message);
        return true;
      });
    }
  });
});
