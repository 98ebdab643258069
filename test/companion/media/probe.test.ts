// Descriptions of real files, and the refusal of files that are none.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError, type ErrorCode } from '../../../companion/api/errors.ts';
import type { VideoStream } from '../../../companion/media/description.ts';
import { demandVideo, probe } from '../../../companion/media/probe.ts';
import { folder, make, npmTools, picture, tone } from './footage.ts';

const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('probe', () => {
  describe('describes', () => {
    const check = (what: string, name: string, args: string[], expected: Partial<Record<keyof VideoStream, unknown>>) =>
      it(what, async () => {
        const stream = demandVideo(await probe(await npmTools(), await make(name, ...args)));
        for (const [key, value] of Object.entries(expected))
          assert.deepEqual(String(stream[key as keyof VideoStream]), String(value), key);
      });
    check(
      '10 bit HEVC',
      'p10.mp4',
      [...picture('25', 0.2), '-c:v', 'libx265', '-x265-params', 'log-level=error', '-pix_fmt', 'yuv420p10le'],
      {
        pixelFormat: 'yuv420p10le',
        codec: 'hevc',
        nominalRate: '25',
        fieldOrder: 'progressive',
      },
    );
    check('23.976', 'p23.mov', [...picture('24000/1001', 0.5), '-c:v', 'prores_ks', '-profile:v', '3'], {
      nominalRate: '24000/1001',
      pixelFormat: 'yuv422p10le',
      profile: 'HQ',
    });
    check('non-square pixels', 'psar.mp4', [...picture('25', 0.2), '-vf', 'setsar=16/15', '-c:v', 'libx264'], {
      sampleAspect: '16/15',
    });
    check(
      'top field first',
      'ptff.mkv',
      [...picture('25', 0.4), '-vf', 'setfield=tff', '-c:v', 'libx264', '-flags', '+ildct+ilme'],
      { fieldOrder: 'tff' },
    );
    check(
      'bottom field first',
      'pbff.mkv',
      [...picture('25', 0.4), '-vf', 'setfield=bff', '-c:v', 'libx264', '-flags', '+ildct+ilme'],
      { fieldOrder: 'bff' },
    );
    check('full range JPEG pixels', 'pj.avi', [...picture('25', 0.2), '-c:v', 'mjpeg', '-pix_fmt', 'yuvj422p'], {
      pipeFormat: 'yuvj422p',
      exactPlanes: true,
    });
    check('a palette', 'p.gif', [...picture('25', 0.2)], { pipeFormat: 'gbrap' });
  });

  it('describes colour, sound, timecode, chapters and tags', async () => {
    write('chapters.txt', ';FFMETADATA1\ntitle=Take 3\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=One\n');
    const colour = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];
    const path = await make(
      'full.mov',
      ...picture('30000/1001', 1),
      ...tone(44100, 1, '5.1'),
      '-f',
      'ffmetadata',
      '-i',
      'file:chapters.txt',
      '-map',
      '0',
      '-map',
      '1',
      '-map_metadata',
      '2',
      '-c:v',
      'libx264',
      ...colour,
      '-c:a',
      'pcm_s24le',
      '-timecode',
      '00:00:59;20',
    );
    const description = await probe(await npmTools(), path);
    const stream = demandVideo(description);
    assert.deepEqual(
      { ...stream.colour, chromaLocation: null },
      { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'tv', chromaLocation: null },
    );
    const [audio] = description.audio;
    assert.deepEqual([audio?.codec, audio?.sampleRate, audio?.channels, audio?.bitDepth], ['pcm_s24le', 44100, 6, 24]);
    assert.deepEqual(description.timecode, { text: '00:00:59;20', dropFrame: true });
    assert.deepEqual(
      description.chapters.map(({ title, end }) => [title, end.toString()]),
      [['One', '2/5']],
    );
    assert.equal(description.metadata.title, 'Take 3');
  });

  describe('opens every name', () => {
    const names = [
      "it's a clip.mp4",
      '"quoted".mp4',
      '-y.mp4',
      'shot%03d.mp4',
      '場面一.mp4',
      'clip 🎬.mp4',
      'e\u0301te\u0301.mp4',
      'a:b|c.mp4',
      `${'x'.repeat(246)}.mp4`,
    ];
    for (const name of names) {
      it(name.slice(0, 40), async () => {
        const source = await make('named.mp4', ...picture('25', 0.2), '-c:v', 'libx264');
        cpSync(source, join(folder, name));
        assert.equal(demandVideo(await probe(await npmTools(), join(folder, name))).width, 64);
      });
    }
  });

  describe('refuses', () => {
    const check = (what: string, expected: ErrorCode, file: () => string | Promise<string>) =>
      it(`${what}: ${expected}`, async () => {
        const path = await file();
        const described = (async () => demandVideo(await probe(await npmTools(), path)))();
        await assert.rejects(described, (error) => {
          assert.ok(error instanceof CompanionError, String(error));
          assert.equal(error.code, expected, error.message);
          assert.ok(error.message.endsWith('.') && !error.message.includes('undefined'), error.message);
          return true;
        });
      });
    check('a missing file', 'INPUT_MISSING', () => join(folder, 'none.mp4'));
    check('a protocol for a path', 'INPUT_MISSING', () => 'concat:a.mp4|b.mp4');
    check('a name too long', 'INPUT_MISSING', () => join(folder, 'x'.repeat(300)));
    check('a folder', 'INPUT_FOLDER', () => folder);
    check('an empty file', 'INPUT_EMPTY', () => write('empty.mp4', ''));
    check('text', 'MEDIA_UNKNOWN', () => write('text.mp4', 'Dear diary, this is no film.\n'.repeat(50)));
    check('an HLS playlist', 'MEDIA_REFUSED', () =>
      write('hls.mp4', '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/hostname\n#EXT-X-ENDLIST\n'),
    );
    check('an ffconcat script', 'MEDIA_REFUSED', () => write('concat.mov', 'ffconcat version 1.0\nfile named.mp4\n'));
    check('a concat script behind a comment', 'MEDIA_REFUSED', () =>
      write('cc.mov', '\nffconcat version 1.0\nfile named.mp4\n'),
    );
    check('a cut file', 'MEDIA_TRUNCATED', async () => {
      const path = await make('cut.mp4', ...picture('25', 1), '-c:v', 'libx264');
      truncateSync(path, Math.floor(readFileSync(path).length * 0.6));
      return path;
    });
    check('sound alone', 'NO_VIDEO', () => make('sound.m4a', ...tone(44100, 0.2)));
    check('sound with a cover', 'NO_VIDEO', async () => {
      await make('cover.png', ...picture('25', 0.04), '-frames:v', '1');
      return make(
        'covered.m4a',
        ...tone(44100, 0.2),
        '-i',
        'file:cover.png',
        '-map',
        '0',
        '-map',
        '1',
        '-c:v',
        'png',
        '-disposition:v:0',
        'attached_pic',
      );
    });
    check('no frame', 'NO_FRAMES', () => make('zero.mp4', ...picture('25', 0.2), '-vf', 'select=0', '-c:v', 'libx264'));
    check('one pixel', 'PICTURE_TOO_SMALL', () =>
      make('dot.mkv', ...picture('25', 0.2), '-vf', 'scale=1:1', '-c:v', 'ffv1'),
    );
    check('a picture beyond 8192', 'PICTURE_TOO_LARGE', () =>
      make('wide.mkv', '-f', 'lavfi', '-i', 'color=s=8200x16:r=25:d=0.08', '-c:v', 'ffv1'),
    );
    check('a picture of 30000 x 30000 in its header', 'PICTURE_TOO_LARGE', async () => {
      const path = await make('huge.mov', ...picture('25', 0.2), '-c:v', 'rawvideo', '-pix_fmt', 'rgb24');
      const bytes = readFileSync(path);
      const entry = bytes.indexOf('raw ', bytes.indexOf('stsd'));
      bytes.writeUInt16BE(30000, entry + 28);
      bytes.writeUInt16BE(30000, entry + 30);
      writeFileSync(path, bytes);
      return path;
    });
  });
});
