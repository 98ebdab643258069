// Decoded frames: bytes, order and stamps against ffmpeg's own framemd5, ranges, damage named by frame, and what an abort leaves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { openDecoder } from '../../../companion/media/decode.ts';
import { demandVideo, probe } from '../../../companion/media/probe.ts';
import { readTiming } from '../../../companion/media/stamps.ts';
import { stampOf } from '../../../companion/media/timing.ts';
import { folder, make, npmTools, picture } from './footage.ts';

async function open(path: string) {
  const tools = await npmTools();
  const description = await probe(tools, path);
  const stream = demandVideo(description);
  return { tools, description, stream, timing: await readTiming(tools, description, stream) };
}

async function hashes(path: string, options: { from?: number; count?: number; deinterlace?: boolean } = {}) {
  const found: [number, string][] = [];
  for await (const frame of openDecoder({ ...(await open(path)), ...options })) {
    found.push([frame.index, createHash('md5').update(frame.data).digest('hex')]);
    frame.release();
  }
  return found;
}

/** What ffmpeg's own framemd5 says of every frame. */
async function truth(path: string, pixelFormat: string): Promise<string[]> {
  const { ffmpeg } = await npmTools();
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-noautorotate',
    '-i',
    `file:${path}`,
    '-map',
    '0:v:0',
    '-vsync',
    '0',
    '-pix_fmt',
    pixelFormat,
    '-f',
    'framemd5',
    '-',
  ];
  const lines = execFileSync(ffmpeg.path, args, { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => /^\d/.test(line)).map((line) => line.split(',').at(-1)!.trim());
}

describe('stamps and decoding', () => {
  const check = (what: string, name: string, args: string[], expected: string) =>
    it(what, async () => {
      const path = await make(name, ...args);
      const { timing, stream } = await open(path);
      const rate = timing.kind === 'constant' ? timing.rate.toString() : 'variable';
      assert.equal(`${rate} ${timing.frames} ${timing.start}`, expected);
      const all = await hashes(path);
      assert.deepEqual(
        all.map(([index]) => index),
        Array.from({ length: timing.frames }, (_, index) => index),
      );
      assert.deepEqual(
        all.map(([, hash]) => hash),
        await truth(path, stream.pipeFormat),
      );
      if (timing.frames > 9) assert.deepEqual(await hashes(path, { from: 5, count: 3 }), all.slice(5, 8));
    });
  check(
    '23.976 in Matroska milliseconds',
    'ms.mkv',
    [...picture('24000/1001', 1), '-c:v', 'libx264'],
    '24000/1001 24 0',
  );
  check(
    '59.94 in Matroska milliseconds',
    'ms60.mkv',
    [...picture('60000/1001', 1), '-c:v', 'libx264'],
    '60000/1001 60 0',
  );
  check('29.97 ProRes', 'd.mov', [...picture('30000/1001', 0.5), '-c:v', 'prores_ks'], '30000/1001 15 0');
  check(
    '4444 with alpha',
    'a.mov',
    [...picture('25', 0.4), '-vf', 'format=yuva444p10le', '-c:v', 'prores_ks', '-profile:v', '4444'],
    '25 10 0',
  );
  check('AVI with B frames', 'b.avi', [...picture('25', 1), '-c:v', 'mpeg4', '-bf', '2'], '25 25 0');
  check('a transport stream', 't.ts', [...picture('25', 1), '-c:v', 'libx264'], '25 25 0');
  check('10 bit', 'ten.mkv', [...picture('25', 0.4), '-c:v', 'ffv1', '-pix_fmt', 'yuv422p10le'], '25 10 0');
  check(
    'odd sizes',
    'odd.mkv',
    [...picture('25', 0.4), '-vf', 'format=gbrp,crop=33:35', '-c:v', 'ffv1', '-pix_fmt', 'yuv444p'],
    '25 10 0',
  );
  check('one frame', 'one.mp4', [...picture('25', 0.04), '-c:v', 'libx264'], '25 1 0');

  it('honours variable stamps', async () => {
    const path = await make(
      'vfr.mp4',
      ...picture('30', 1),
      '-vf',
      "select='not(eq(mod(n,5),3))'",
      '-vsync',
      'vfr',
      '-c:v',
      'libx264',
    );
    const { timing } = await open(path);
    const kept = Array.from({ length: 30 }, (_, n) => n).filter((n) => n % 5 !== 3);
    assert.equal(timing.kind, 'variable');
    assert.deepEqual(
      kept.map((_, index) => stampOf(timing, index).toNumber()),
      kept.map((n) => n / 30),
    );
  });

  it('respects an edit list', async () => {
    const whole = await make('whole.mp4', ...picture('25', 1), '-c:v', 'libx264', '-g', '100');
    const path = await make('edited.mp4', '-ss', '0.4', '-i', `file:${whole}`, '-c', 'copy');
    const { timing } = await open(path);
    assert.equal(timing.frames, 15);
    assert.deepEqual(
      (await hashes(path)).map(([, hash]) => hash),
      (await truth(whole, 'yuv420p')).slice(10),
    );
  });

  it('makes frames of fields', async () => {
    const path = await make(
      'fields.mkv',
      ...picture('25', 1),
      '-vf',
      'setfield=tff',
      '-c:v',
      'libx264',
      '-flags',
      '+ildct+ilme',
    );
    const [plain, full] = [await hashes(path), await hashes(path, { deinterlace: true })];
    assert.deepEqual(
      full.map(([index]) => index),
      plain.map(([index]) => index),
    );
    assert.notDeepEqual(full, plain);
  });

  it('reads no further than asked: memory stays bounded and leaving the loop ends ffmpeg', async () => {
    const path = await make('long.mkv', ...picture('25', 20, '320x180'), '-c:v', 'ffv1');
    const decoder = openDecoder(await open(path));
    for await (const frame of decoder) {
      assert.equal(frame.index, 0);
      break;
    }
    await decoder.close();
  });

  it('stops at an abort', async () => {
    const path = await make('aborted.mkv', ...picture('25', 20, '320x180'), '-c:v', 'ffv1');
    const abort = new AbortController();
    const reading = (async () => {
      for await (const frame of openDecoder({ ...(await open(path)), signal: abort.signal })) {
        frame.release();
        if (frame.index === 3) abort.abort();
      }
    })();
    await assert.rejects(reading, { name: 'AbortError' });
  });

  it('takes a movie with untitled chapters for what it is', async () => {
    const chapters = ['0', '500'].map((start) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=1000\n`);
    writeFileSync(join(folder, 'untitled.txt'), `;FFMETADATA1\n${chapters.join('')}`);
    const path = await make('untitled.mov', ...picture('25', 1), '-i', 'untitled.txt', '-c:v', 'mpeg4');
    assert.equal((await hashes(path)).length, 25);
  });

  describe('names damaged frames', () => {
    const damaged = (name: string, args: string[], at: number, first: number, last: number) =>
      it(name, async () => {
        const path = await make(name, ...picture('25', 2, '320x180'), ...args);
        const bytes = readFileSync(path);
        const start = Math.floor(bytes.length * at);
        for (let i = start; i < start + 800; i++) bytes[i] = (i * 37) & 255;
        writeFileSync(path, bytes);
        await assert.rejects(hashes(path), (error) => {
          assert.ok(error instanceof CompanionError && error.code === 'MEDIA_DAMAGED', String(error));
          const frames = error.facts.frames as number[];
          assert.ok(frames.length > 0 && frames.every((frame) => frame >= first && frame <= last), `${frames}`);
          return true;
        });
      });
    // Frames of intra codecs have about equal sizes, so the byte at 45 % lies in frame 50 · 0.45 = 22 or beside it.
    damaged('damaged.mov', ['-c:v', 'prores_ks'], 0.45, 20, 24);
    damaged('damaged.mkv', ['-c:v', 'ffv1', '-level', '3', '-slicecrc', '1'], 0.45, 20, 24);
    damaged('damaged.mp4', ['-c:v', 'libx264', '-g', '25'], 0.45, 0, 49);
  });
});
