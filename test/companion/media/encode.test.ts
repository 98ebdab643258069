// Encoded files, judged by ffprobe: counts, rates, tags, audio hashes and offsets, and what is said not to be carried.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import type { Check } from '../../../companion/media/check.ts';
import type { HdrMetadata } from '../../../companion/media/description.ts';
import { editMovie } from '../../../companion/media/mov.ts';
import { demandVideo, probe } from '../../../companion/media/probe.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { verify } from '../../../companion/media/verify.ts';
import { folder, make, npmTools, picture, tone } from './footage.ts';
import { convert, type Journey } from './journey.ts';

/** What ffprobe says of one entry of a file, comma separated. */
async function ask(path: string, ...args: string[]): Promise<string> {
  const { ffprobe } = await npmTools();
  return execFileSync(ffprobe.path, ['-v', 'error', ...args, '-of', 'csv=p=0', `file:${path}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .join(' ');
}

const found = (checks: readonly Check[], what: string): string | undefined =>
  checks.find((check) => check.what === what)?.found;

describe('encoding and verifying', function () {
  this.slow(4000);

  describe('conversions', () => {
    const check = (
      what: string,
      source: [string, string[]],
      output: string,
      journey: Journey,
      frames: number,
      entries: string,
      expected: string,
    ) =>
      it(what, async () => {
        const input = await make(...([source[0], ...source[1]] as [string, ...string[]]));
        const { path } = await convert(input, output, journey);
        assert.equal(
          await ask(path, '-select_streams', 'v:0', '-count_packets', '-show_entries', 'stream=nb_read_packets'),
          `${frames}`,
        );
        assert.equal(await ask(path, '-select_streams', 'v:0', '-show_entries', `stream=${entries}`), expected);
      });
    const h264 = (rate: string, seconds: number, ...more: string[]) => [
      ...picture(rate, seconds),
      '-c:v',
      'libx264',
      ...more,
    ];
    // 24 frames of 1001/24000 s are 60.06 frames of 1/60 s: 61
    check(
      '23.976 to 60',
      ['e23.mp4', h264('24000/1001', 1)],
      'e23.mov',
      { fps: '60' },
      61,
      'codec_name,profile,pix_fmt,r_frame_rate',
      'prores,HQ,yuv422p10le,60/1',
    );
    check(
      '24 to 59.94',
      ['e24.mp4', h264('24', 1)],
      'e24.mov',
      { fps: '59.94' },
      60,
      'r_frame_rate,time_base',
      '60000/1001,1/60000',
    );
    check(
      '25 to 50',
      ['e25.mp4', h264('25', 1)],
      'e25-out.mp4',
      { fps: '50' },
      50,
      'codec_name,pix_fmt,r_frame_rate',
      'h264,yuv420p,50/1',
    );
    check(
      '29.97 to 60',
      ['e29.mp4', h264('30000/1001', 1)],
      'e29.mkv',
      { fps: '60' },
      61,
      'codec_name,pix_fmt',
      'ffv1,yuv420p',
    );
    check(
      '30 to 60, HEVC',
      ['e30.mp4', h264('30', 1)],
      'e30-out.mp4',
      { fps: '60', codec: 'hevc' },
      60,
      'codec_name,codec_tag_string',
      'hevc,hvc1',
    );
    check(
      '10 bit to 10 bit H.264',
      ['e10.mkv', [...picture('25', 0.4), '-c:v', 'ffv1', '-pix_fmt', 'yuv422p10le']],
      'e10.mp4',
      { fps: '50', quality: 'best' },
      20,
      'pix_fmt',
      'yuv422p10le',
    );
    check(
      '4444 with alpha',
      ['ea.mov', [...picture('25', 0.4), '-vf', 'format=yuva444p10le', '-c:v', 'prores_ks', '-profile:v', '4444']],
      'ea-out.mov',
      { fps: '50' },
      20,
      'profile,pix_fmt',
      '4444,yuva444p12le',
    );
    check(
      'DNxHR',
      ['ed.mp4', [...picture('25', 0.2, '320x180'), '-c:v', 'libx264']],
      'ed.mov',
      { fps: '50', codec: 'dnxhr' },
      10,
      'codec_name,profile',
      'dnxhd,DNXHR HQ',
    );
    check(
      'non-square pixels',
      ['es.mp4', h264('25', 0.4, '-vf', 'setsar=16/15')],
      'es.mov',
      { fps: '50' },
      20,
      'sample_aspect_ratio',
      '16:15',
    );
    check(
      'colour tags',
      [
        'ec.mp4',
        h264(
          '25',
          0.4,
          '-color_primaries',
          'bt2020',
          '-color_trc',
          'arib-std-b67',
          '-colorspace',
          'bt2020nc',
          '-color_range',
          'tv',
        ),
      ],
      'ec.mov',
      { fps: '50' },
      20,
      'color_space,color_transfer,color_primaries',
      'bt2020nc,arib-std-b67,bt2020',
    );
  });

  describe('every name of a transfer is written', () => {
    const check = (name: string, option: string) =>
      it(name, async () => {
        const input = await make(
          `${name}.mp4`,
          ...picture('25', 0.2),
          ...['-c:v', 'libx264', '-color_primaries', 'bt709', '-colorspace', 'bt709', '-color_trc', option],
        );
        const { checks } = await convert(input, `${name}-out.mov`, { fps: '50' });
        assert.equal(found(checks, 'colour transfer'), name);
      });
    check('bt470bg', 'gamma28');
    check('bt470m', 'gamma22');
    check('smpte170m', 'smpte170m');
    check('iec61966-2-1', 'iec61966-2-1');
    check('smpte2084', 'smpte2084');
    check('linear', 'linear');
  });

  describe('sound', () => {
    it('AAC of a transport stream is copied without its headers', async () => {
      const input = await make('adts.ts', ...picture('25', 1), ...tone(48000, 1), '-c:v', 'libx264', '-c:a', 'aac');
      const { checks } = await convert(input, 'adts.mov', { fps: '50' });
      assert.match(found(checks, 'audio 1 packets') ?? '', /^[0-9a-f]{32}$/);
    });

    it('names the pictures that stay behind, not the one that is taken', async () => {
      const two = [...picture('25', 0.4), ...picture('25', 0.4), '-map', '0', '-map', '1', '-c:v', 'mpeg4'];
      const input = await make('two.mkv', ...two, '-disposition:v:0', '0', '-disposition:v:1', 'default');
      const { notes } = await convert(input, 'two.mov', { fps: '50' });
      assert.match(notes.join('\n'), /^Not carried: video stream 0 /m);
    });

    const check = (
      what: string,
      name: string,
      args: string[],
      output: string,
      journey: Journey,
      expected: { codec: string; packets?: 'equal'; samples?: string },
    ) =>
      it(what, async () => {
        const { checks } = await convert(await make(name, ...args), output, journey);
        assert.equal(found(checks, 'audio 1 codec'), expected.codec);
        if (expected.packets) assert.match(found(checks, 'audio 1 packets') ?? '', /^[0-9a-f]{32}$/);
        if (expected.samples) assert.equal(found(checks, 'audio 1 samples'), expected.samples);
      });
    const clip = (rate: string, seconds: number, ...audio: string[]) => [
      ...picture(rate, seconds),
      ...audio,
      '-c:v',
      'libx264',
    ];
    check(
      'mono AAC at 44.1 kHz is copied',
      's1.mp4',
      clip('25', 1, ...tone(44100, 1)),
      's1.mov',
      { fps: '50' },
      { codec: 'aac', packets: 'equal' },
    );
    check(
      '5.1 PCM at 48 kHz is copied',
      's2.mov',
      [...clip('25', 1, ...tone(48000, 1, '5.1')), '-c:a', 'pcm_s24le'],
      's2-out.mov',
      { fps: '50' },
      { codec: 'pcm_s24le', packets: 'equal' },
    );
    check(
      'AAC goes into Matroska',
      's3.mp4',
      clip('24000/1001', 1, ...tone(48000, 1)),
      's3.mkv',
      { fps: '59.94' },
      { codec: 'aac', packets: 'equal' },
    );
    check(
      'FLAC becomes PCM in .mov',
      's4.mkv',
      [...clip('25', 1, ...tone(44100, 1.03)), '-c:a', 'flac', '-sample_fmt', 's16'],
      's4.mov',
      { fps: '50' },
      { codec: 'pcm_s16le', samples: '45423' },
    );
    check(
      'a range is cut to the sample',
      's5.mov',
      [...clip('25', 2, ...tone(48000, 2)), '-c:a', 'pcm_s16le'],
      's5-out.mov',
      { fps: '50', from: 7, count: 10 },
      { codec: 'pcm_s16le', samples: '19200' },
    );
  });

  describe('the offset of picture and sound', () => {
    const check = (output: string) =>
      it(output, async () => {
        const early = await make('early.mov', ...picture('25', 1), '-c:v', 'libx264', '-bf', '0');
        await make('sound.mov', ...tone(48000, 1.2), '-c:a', 'pcm_s16le');
        const input = await make(
          'offset.mov',
          '-itsoffset',
          '0.123',
          '-i',
          `file:${early}`,
          '-i',
          'file:sound.mov',
          '-map',
          '0',
          '-map',
          '1',
          '-c',
          'copy',
        );
        const { path } = await convert(input, output, { fps: '60000/1001', codec: 'h264' });
        const start = async (file: string, stream: string) =>
          Number(await ask(file, '-select_streams', stream, '-show_entries', 'stream=start_time'));
        const offset = async (file: string) => (await start(file, 'v:0')) - (await start(file, 'a:0'));
        assert.ok(Math.abs((await offset(input)) - 0.123) < 0.002); // the clip itself comes late
        assert.ok(Math.abs((await offset(path)) - (await offset(input))) < 0.001);
      });
    check('offset-out.mov');
    check('offset-out.mp4');
    check('offset-out.mkv');
  });

  it('carries timecode, title, chapters and language', async () => {
    const input = await make(
      'tags.mov',
      ...picture('30000/1001', 1),
      ...tone(48000, 1),
      '-c:v',
      'prores_ks',
      '-c:a',
      'pcm_s16le',
      '-timecode',
      '01:02:03;10',
      '-metadata',
      'title=Take 3',
      '-metadata:s:a:0',
      'language=fra',
    );
    for (const output of ['tags-out.mov', 'tags-out.mkv']) {
      const { path } = await convert(input, output, { fps: '60000/1001' });
      const after = await probe(await npmTools(), path);
      assert.deepEqual(after.timecode, { text: '01:02:03;20', dropFrame: true });
      assert.equal(after.metadata.title, 'Take 3');
      assert.equal(after.audio[0]?.language, 'fra');
    }
  });

  const hdr: HdrMetadata = {
    mastering: {
      red: [new Rational(34000, 50000), new Rational(16000, 50000)],
      green: [new Rational(13250, 50000), new Rational(34500, 50000)],
      blue: [new Rational(7500, 50000), new Rational(3000, 50000)],
      white: [new Rational(15635, 50000), new Rational(16450, 50000)],
      minLuminance: new Rational(50, 10000),
      maxLuminance: new Rational(1000),
    },
    contentLight: { maxContent: 1000, maxAverage: 400 },
  };

  describe('says why a start timecode stays behind', () => {
    const check = (what: string, name: string, args: string[], part: { from?: number; count?: number }, why: RegExp) =>
      it(what, async () => {
        const { expectation, notes } = await convert(await make(name, ...args), `${name}-out.mkv`, {
          fps: '60',
          ...part,
        });
        assert.equal(expectation.timecode, null);
        assert.match(notes.join('\n'), why);
      });
    const coded = (rate: string, timecode: string, ...more: string[]) => [
      ...picture(rate, 0.6),
      ...more,
      ...['-c:v', 'mpeg4', '-metadata', `timecode=${timecode}`],
    ];
    check(
      'drop-frame at a whole rate',
      'drop30.mkv',
      coded('30', '01:00:00;00'),
      {},
      /^Not carried: the start timecode \(there is no 01:00:00;00 at 30 frames a second\)\.$/m,
    );
    check(
      'a frame number past the rate',
      'past25.mkv',
      coded('25', '00:00:00:29'),
      {},
      /there is no 00:00:00:29 at 25/,
    );
    const uneven = ['-vf', 'select=not(eq(n\\,3)+eq(n\\,4)+eq(n\\,8))', '-vsync', 'vfr'];
    check(
      'a minute past the hour',
      'uneven75.mkv',
      coded('25', '00:75:00:00', ...uneven),
      {},
      /there is no 00:75:00:00/,
    );
    check(
      'the middle of a variable rate',
      'uneven.mkv',
      coded('25', '00:00:01:00', ...uneven),
      { from: 2, count: 5 },
      /^Not carried: the start timecode \(a variable rate/m,
    );
  });

  it('says that RGB in a YUV codec is rounded, lossless or not', async () => {
    const input = await make('rgb.mkv', ...picture('25', 0.2), '-c:v', 'ffv1', '-pix_fmt', 'gbrp');
    const noted = async (output: string, quality?: 'lossless') =>
      (await convert(input, output, { fps: '25', ...(quality && { quality }) })).notes.join();
    assert.match(await noted('rgb.mp4', 'lossless'), /h264 stores RGB as YUV here: colours are rounded/);
    assert.doesNotMatch(await noted('rgb-out.mkv'), /rounded/);
  });

  describe('rotation and HDR10 go through', () => {
    const check = (rotation: number, mirrored: boolean, output: string, codec: 'prores' | 'h264' | 'hevc') =>
      it(`${rotation}${mirrored ? ' mirrored' : ''} in ${output}`, async () => {
        const input = await make(
          'upright.mov',
          ...picture('25', 0.4),
          ...tone(48000, 0.4),
          '-c:v',
          'prores_ks',
          '-c:a',
          'pcm_s16le',
        );
        editMovie(input, { rotation, mirrored, hdr });
        const { path } = await convert(input, output, { fps: '50', codec });
        const stream = demandVideo(await probe(await npmTools(), path));
        assert.deepEqual([stream.rotation, stream.mirrored], [rotation, mirrored]);
        assert.deepEqual(stream.hdr.contentLight, hdr.contentLight);
        // ffprobe turns the other way round and states the angle of an unmirrored matrix
        if (!mirrored)
          assert.equal(
            (Number(await ask(path, '-select_streams', 'v', '-show_entries', 'stream_side_data=rotation')) +
              360 +
              rotation) %
              360,
            0,
          );
      });
    check(90, false, 'r90.mov', 'prores');
    check(180, false, 'r180.mp4', 'h264');
    check(270, false, 'r270.mp4', 'hevc');
    check(90, true, 'm90.mov', 'prores');
    check(0, true, 'm0.mov', 'prores');
  });

  it('names the pictures of a sequence, whatever the folder is called', async () => {
    const input = await make('seq.mkv', ...picture('25', 0.2), '-c:v', 'ffv1', '-pix_fmt', 'gbrp10le');
    const { path } = await convert(input, 'shot%03d 100%.png', { fps: '50' });
    assert.equal(path, join(folder, 'shot%03d 100%'));
    assert.deepEqual(
      readdirSync(path).sort(),
      Array.from({ length: 10 }, (_, i) => `shot%03d 100%.${String(i + 1).padStart(6, '0')}.png`),
    );
  });

  it('checks the pictures of a sequence in a folder named like a pattern', async () => {
    mkdirSync(join(folder, 'take%03d'), { recursive: true });
    const input = await make('stills.mp4', ...picture('25', 0.1), '-c:v', 'libx264');
    for (const extension of ['png', 'tif', 'exr']) {
      const { ffmpeg } = await npmTools();
      if (!ffmpeg.encoders.has(extension.replace(/^tif$/, 'tiff'))) {
        console.log(`      without ${extension}: this ffmpeg writes none`);
        continue;
      }
      const { checks } = await convert(input, `take%03d/shot.${extension}`, { fps: '25' });
      assert.match(found(checks, 'pictures') ?? '', /^64x48 \w+$/);
    }
  });

  it('keeps lossless pictures lossless', async () => {
    const input = await make('exact.mkv', ...picture('25', 0.2), '-c:v', 'ffv1', '-pix_fmt', 'yuv422p10le');
    const { path, tools } = await convert(input, 'exact-out.mkv', { fps: '25' });
    const md5 = (file: string) =>
      execFileSync(
        tools.ffmpeg.path,
        ['-v', 'error', '-nostdin', '-i', `file:${file}`, '-f', 'rawvideo', '-f', 'md5', '-'],
        { encoding: 'utf8' },
      );
    assert.equal(md5(path), md5(input));
  });

  describe('verify refuses', () => {
    const check = (
      what: string,
      change: (expectation: Parameters<typeof verify>[2]) => Parameters<typeof verify>[2],
      named: RegExp,
    ) =>
      it(what, async () => {
        const input = await make('right.mp4', ...picture('25', 0.4), ...tone(48000, 0.4), '-c:v', 'libx264');
        const { tools, path, expectation } = await convert(input, 'right-out.mov', { fps: '50' });
        await assert.rejects(verify(tools, path, change(expectation)), (error) => {
          assert.ok(error instanceof CompanionError && error.code === 'VERIFY_FAILED' && error.exitCode === 6);
          assert.match(error.message, named);
          return true;
        });
      });
    check('a frame too few', (e) => ({ ...e, frames: e.frames + 1 }), /frames is 20 instead of 21/);
    check('another rate', (e) => ({ ...e, rate: new Rational(60) }), /rate is 50 instead of 60/);
    check('less depth', (e) => ({ ...e, picture: { ...e.picture, depth: 12 } }), /bit depth is 10 instead of 12/);
    check('lost sound', (e) => ({ ...e, audio: [...e.audio, ...e.audio] }), /audio streams is 1 instead of 2/);
    check('a picture that comes late', (e) => ({ ...e, start: new Rational(1, 100) }), /picture start/);
    check('a lost turn', (e) => ({ ...e, rotation: 90 }), /rotation is 0 instead of 90/);
    check(
      'other sound',
      (e) => ({
        ...e,
        sourcePath: join(folder, 'sound.mov'),
        audio: e.audio.map((a) => ({ ...a, source: { ...a.source, index: 0, codec: 'other' } })),
      }),
      /audio 1 packets/,
    );
  });

  it('leaves nothing behind when the encoder cannot work', async () => {
    const input = await make('small.mp4', ...picture('25', 0.2), '-c:v', 'libx264');
    await assert.rejects(
      convert(input, 'small.mov', { fps: '50', codec: 'dnxhr' }),
      (error) => error instanceof CompanionError && error.code === 'DELIVERY_UNFIT',
    );
    assert.ok(!existsSync(join(folder, 'small.mov')) && !existsSync(join(folder, 'small.mov.partial')));
  });
});
