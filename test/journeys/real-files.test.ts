// Clips as cameras and editors write them, through the real command and the real engine; what comes out is held against ffprobe and frame checksums.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InterpolateRecord } from '../../companion/operations/interpolate/make.ts';
import { type Ended, travel } from '../support/journey.ts';
import { ffmpeg, ffprobe, findTools, type MediaTools, readClip, scratchFolder } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { standAside } from '../support/stand-aside.ts';
import { type Facts, factsOf, frameHashes, lawfulCount, pictureTimes, soundHashes } from '../support/witness.ts';

const inbetween = (args: readonly string[]): Promise<Ended> => travel(args, { real: true });

type Fraction = readonly [number, number];

/** The output law in whole numbers: frames of `n` at rate `from` shown at rate `to`. */
const counted = (n: number, from: Fraction, to: Fraction): number =>
  Math.ceil((n * from[1] * to[0]) / (from[0] * to[1]));

/** Pairs [output frame, source frame] that show one instant: i · from / to is whole. */
function wholePhases(n: number, from: Fraction, to: Fraction): [number, number][] {
  const [step, grid] = [from[0] * to[1], from[1] * to[0]];
  return Array.from({ length: counted(n, from, to) }, (_, i): [number, number] => [i, (i * step) / grid]).filter(
    ([, source]) => Number.isInteger(source) && source < n,
  );
}

describe('journeys: real files', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let tools: MediaTools;
  const at = (name: string): string => path.join(folder.path, name);

  before(async () => {
    folder = scratchFolder('real');
    tools = await findTools({ env: {} }); // those of npm make and look at files: they start in a tenth of the time
  });
  after(() => folder[Symbol.dispose]());

  const picture = (rate: string, frames: number, more = ''): string[] => [
    ...['-f', 'lavfi', '-i', `testsrc2=s=128x72:r=${rate},trim=end_frame=${frames},setpts=PTS-STARTPTS${more}`],
  ];
  const sound = (sampleRate: number, seconds: number, layout: string): string[] => {
    const tones = { mono: 'sin(880*t)', '5.1': 'sin(880*t)|sin(660*t)|sin(550*t)|0|sin(440*t)|sin(330*t)' }[layout];
    return ['-f', 'lavfi', '-i', `aevalsrc=${tones}:s=${sampleRate}:d=${seconds}:c=${layout}`];
  };
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p'];
  const lossless = ['--codec', 'h264', '--quality', 'lossless'];

  async function make(name: string, ...args: string[]): Promise<string> {
    await ffmpeg(tools, [...args, at(name)]);
    return at(name);
  }

  /** Runs the command on one clip; gives its record, having held count, copied sound and the offset of picture and sound against ffprobe. */
  async function check(
    input: string,
    output: string,
    args: readonly string[],
    expected: Partial<Facts>,
    { soundCopied = true } = {},
  ): Promise<InterpolateRecord & { notes: string[] }> {
    const { code, stdout, stderr } = await inbetween(['interpolate', input, '-o', at(output), '--json', ...args]);
    assert.equal(code, 0, stderr);
    const [job] = (JSON.parse(stdout) as { jobs: { record: InterpolateRecord; notes: string[] }[] }).jobs;
    const found = await factsOf(tools, at(output));
    const picked = Object.fromEntries(Object.keys(expected).map((name) => [name, found[name as keyof Facts]]));
    assert.deepEqual(picked, expected);
    const source = await factsOf(tools, input);
    if (soundCopied) {
      assert.deepEqual(found.sound, source.sound, 'sound streams');
      const [before_, after_] = [
        await soundHashes(tools, input, source.sound.length),
        await soundHashes(tools, at(output), found.sound.length),
      ];
      assert.deepEqual(after_, before_, 'sound packets');
      if (source.pictureAfterSound !== null && !output.endsWith('.mkv'))
        assert.ok(Math.abs(found.pictureAfterSound! - source.pictureAfterSound) < 1e-3, 'offset of picture and sound');
    }
    assert.ok(!readdirSync(folder.path).some((name) => name.includes('.partial')), 'nothing unfinished');
    return { ...job!.record, notes: job!.notes };
  }

  /** Output frames of whole phase are the source's, bit for bit; `exactly` of them are expected. */
  async function checkKept(input: string, output: string, n: number, from: Fraction, to: Fraction): Promise<void> {
    const [before_, after_] = [await frameHashes(tools, input), await frameHashes(tools, at(output))];
    assert.equal(before_.length, n);
    const whole = wholePhases(n, from, to);
    assert.deepEqual(
      whole.map(([out]) => after_[out]),
      whole.map(([, source]) => before_[source]),
    );
    assert.ok(new Set(after_).size > n, 'frames were made');
  }

  describe('rates', () => {
    withNpmTools();
    const rate = (name: string, n: number, from: Fraction, to: Fraction, given: string) =>
      it(name, async () => {
        const seconds = (n * from[1]) / from[0];
        const input = await make(
          `${name}.mov`,
          ...picture(from.join('/'), n),
          ...sound(48000, seconds, 'mono'),
          ...h264,
          '-c:a',
          'pcm_s16le',
        );
        await check(input, `${name}.out.mov`, ['--fps', given, ...lossless], {
          frames: counted(n, from, to),
          rate: to.join('/'),
          size: '128x72',
          pixelFormat: 'yuv420p',
        });
        await checkKept(input, `${name}.out.mov`, n, from, to);
      });
    rate('23.976 to 60', 30, [24000, 1001], [60, 1], '60');
    rate('23.976 to 59.94', 30, [24000, 1001], [60000, 1001], '59.94');
    rate('24 to 59.94', 30, [24, 1], [60000, 1001], '59.94');
    rate('25 to 50', 20, [25, 1], [50, 1], '50');
    rate('29.97 to 60', 20, [30000, 1001], [60, 1], '60');
    rate('30 to 60', 20, [30, 1], [60, 1], '60');
    rate('25 to 60000 over 1001', 20, [25, 1], [60000, 1001], '60000/1001');
  });

  describe('depth, layout and colour', () => {
    const hlg = ['-color_primaries', 'bt2020', '-color_trc', 'arib-std-b67', '-colorspace', 'bt2020nc'];
    const hlgFrames =
      ',format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv';

    it('10-bit HLG becomes 10-bit HLG', async () => {
      const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1'];
      const input = await make('hlg.mov', ...picture('25', 12, hlgFrames), ...x265, ...hlg, '-color_range', 'tv');
      assert.equal((await factsOf(tools, input)).colour, 'bt2020/arib-std-b67/bt2020nc/tv', 'the fixture');
      const expected = { frames: 24, rate: '50/1', colour: 'bt2020/arib-std-b67/bt2020nc/tv' };
      await check(input, 'hlg.prores.mov', ['--fps', '50'], { ...expected, pixelFormat: 'yuv422p10le' });
      await check(input, 'hlg.hevc.mp4', ['--fps', '50', '--codec', 'hevc'], {
        ...expected,
        codec: 'hevc',
        pixelFormat: 'yuv420p10le',
      });
      await check(input, 'hlg.ffv1.mkv', ['--fps', '50'], { ...expected, codec: 'ffv1', pixelFormat: 'yuv420p10le' });
      await checkKept(input, 'hlg.ffv1.mkv', 12, [25, 1], [50, 1]);
    });

    it('ProRes 4:2:2 stays 4:2:2 in ten bits', async () => {
      const input = await make('hq.mov', ...picture('24', 12), '-c:v', 'prores_ks', '-profile:v', '3');
      const expected = { frames: 30, pixelFormat: 'yuv422p10le' };
      await check(input, 'hq.out.mov', [], { ...expected, codec: 'prores' });
      await check(input, 'hq.out.mkv', [], { ...expected, codec: 'ffv1' });
      await checkKept(input, 'hq.out.mkv', 12, [24, 1], [60, 1]);
    });

    it('8-bit 4:2:0 in FFV1', async () => {
      const input = await make('eight.mkv', ...picture('24', 12), '-c:v', 'ffv1', '-pix_fmt', 'yuv420p');
      await check(input, 'eight.out.mkv', [], { frames: 30, codec: 'ffv1', pixelFormat: 'yuv420p' });
      await checkKept(input, 'eight.out.mkv', 12, [24, 1], [60, 1]);
    });

    it('4444 keeps its alpha', async () => {
      // a square that is opaque and wanders over transparent ground
      const alpha =
        ",format=yuva444p10le,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(abs(X-30-2*N),20),1023,0)'";
      const input = await make('alpha.mov', ...picture('25', 10, alpha), '-c:v', 'prores_ks', '-profile:v', '4444');
      await check(input, 'alpha.out.mov', ['--fps', '50'], { frames: 20, codec: 'prores' });
      const alphaOf = async (file: string): Promise<Buffer> =>
        ffmpeg(tools, ['-i', file, '-vf', 'alphaextract,format=gray', '-vsync', '0', '-f', 'rawvideo', 'pipe:1']);
      const [before_, after_] = [await alphaOf(input), await alphaOf(at('alpha.out.mov'))];
      const size = 128 * 72;
      assert.equal(after_.length, 20 * size);
      for (let frame = 0; frame < 10; frame++)
        assert.ok(
          before_
            .subarray(frame * size, (frame + 1) * size)
            .equals(after_.subarray(2 * frame * size, (2 * frame + 1) * size)),
          `alpha of frame ${frame}`,
        );
      // half way the square stands half way: columns 13…51 at frame 1, 15…53 at frame 2
      const row = (bytes: Buffer, frame: number): Buffer =>
        bytes.subarray((frame * 72 + 36) * 128, (frame * 72 + 37) * 128);
      const [clear, opaque] = [row(before_, 1)[5]!, row(before_, 1)[30]!];
      assert.ok(opaque - clear > 200, 'the fixture');
      assert.deepEqual(
        [5, 30, 60].map((column) => row(after_, 3)[column]),
        [clear, opaque, clear],
      );
    });

    it('pixels that are not square', async () => {
      const input = await make('anamorphic.mp4', ...picture('25', 10, ',setsar=16/11'), ...h264);
      await check(input, 'anamorphic.out.mov', ['--fps', '50'], { frames: 20, sampleAspect: '16:11' });
      await check(input, 'anamorphic.out.mkv', ['--fps', '50'], { frames: 20, sampleAspect: '16:11' });
    });

    it('odd sizes', async () => {
      const input = await make(
        'odd.mkv',
        ...picture('25', 10, ',crop=51:37:0:0:exact=1'),
        '-c:v',
        'ffv1',
        '-pix_fmt',
        'yuv420p',
      );
      await check(input, 'odd.out.mkv', ['--fps', '50'], { frames: 20, size: '51x37' });
      await checkKept(input, 'odd.out.mkv', 10, [25, 1], [50, 1]);
      await check(input, 'odd.out.mov', ['--fps', '50'], { frames: 20, size: '51x37', codec: 'prores' });
      for (const codec of ['h264', 'hevc']) {
        const { code, stderr } = await inbetween(['interpolate', input, '-o', at('odd.mp4'), '--codec', codec]);
        assert.equal(code, 2);
        assert.match(stderr, /takes pictures with even sides, and this one is 51x37\. Choose prores or ffv1/);
      }
    });

    it('a turned phone clip stays turned', async () => {
      const input = await make('turned.mp4', ...picture('30', 10), ...h264);
      const bytes = readFileSync(input);
      const matrix = bytes.indexOf('tkhd') + 4 + 40; // version 0: flags, times, id, duration, reserved, layer, volume
      for (const [i, value] of [0, 0x10000, 0, -0x10000, 0, 0, 72 << 16, 0, 0x40000000].entries())
        bytes.writeInt32BE(value, matrix + 4 * i);
      writeFileSync(input, bytes);
      assert.equal((await factsOf(tools, input)).rotation, 90, 'the fixture');
      await check(input, 'turned.out.mov', [], { frames: 20, rotation: 90, size: '128x72' });
      await check(input, 'turned.out.mp4', [], { frames: 20, rotation: 90, size: '128x72', codec: 'h264' });
    });
  });

  describe('time', () => {
    withNpmTools();
    it('start timecode', async () => {
      const input = await make('tc.mov', ...picture('24', 12), ...h264, '-timecode', '01:00:00:12');
      await check(input, 'tc.out.mov', [], { frames: 30, timecode: '01:00:00:30' }); // 12 / 24 s are 30 / 60 s
    });
    it('start timecode, drop frame', async () => {
      const input = await make('df.mov', ...picture('30000/1001', 10), ...h264, '-timecode', '00:59:58;10');
      await check(input, 'df.out.mov', ['--fps', '59.94'], { frames: 20, timecode: '00:59:58;20' });
    });
    it('a range starts at its own timecode', async () => {
      const input = await make('tcr.mov', ...picture('24', 24), ...h264, '-timecode', '01:00:00:00');
      await check(input, 'tcr.out.mov', ['--range', '01:00:00:06-01:00:00:18'], {
        frames: 30,
        timecode: '01:00:00:15',
      });
    });

    it('an edit list: what it hides is not shown', async () => {
      const whole = await make(
        'whole.mp4',
        ...picture('24', 36),
        ...sound(48000, 1.5, 'mono'),
        ...h264,
        '-g',
        '12',
        '-c:a',
        'aac',
      );
      const input = await make('edited.mp4', '-ss', '0.7', '-i', whole, '-c', 'copy');
      const source = await factsOf(tools, input);
      assert.ok(source.frames < 24, 'the fixture hides frames');
      await check(input, 'edited.out.mov', lossless, { frames: counted(source.frames, [24, 1], [60, 1]) });
      await checkKept(input, 'edited.out.mov', source.frames, [24, 1], [60, 1]);
    });

    it('a phone clip of variable rate: each instant is made of its true neighbours', async () => {
      // grey that rises 120 codes a second, whatever the stamps: 30 fps with up to ±11 ms of jitter and two long frames
      const jitter = "setpts='(N+0.33*sin(N*2.1)+if(gte(N,9),2,0)+if(gte(N,14),1,0))/30/TB'";
      const ramp = "geq=lum='16+120*T':cb=128:cr=128";
      const input = await make(
        'phone.mp4',
        ...['-f', 'lavfi', '-i', `color=s=128x72:r=30:d=0.8,settb=1/90000,${jitter},${ramp}`],
        ...sound(44100, 0.9, 'mono'),
        ...[...h264, '-qp', '4', '-c:a', 'aac', '-video_track_timescale', '90000', '-vsync', '0'],
      );
      const { times } = await pictureTimes(tools, input);
      const steps = times.slice(1).map((time, i) => time - times[i]!);
      assert.ok(Math.max(...steps) > 1.5 * Math.min(...steps), 'the fixture varies');
      const frames = await lawfulCount(tools, input, 60);
      await check(input, 'phone.out.mov', ['--fps', '60'], { frames, rate: '60/1' });
      const shown = await readClip(tools, at('phone.out.mov'));
      assert.equal(shown.frames.length, frames);
      for (const [i, bytes] of shown.frames.entries()) {
        const grey =
          Buffer.from(bytes.buffer, bytes.byteOffset).readUInt16LE(2 * (36 * 128 + 64)) / 2 ** (shown.depth - 8);
        const wanted = 16 + 120 * Math.min(times[0]! + i / 60, times.at(-1)!); // held after the last stamp
        assert.ok(Math.abs(grey - wanted) < 2, `frame ${i} is ${grey} instead of ${wanted}`); // source codes are whole, and coded at a quantizer of 4
      }
    });

    it('twice the rate, and slow motion', async () => {
      const input = await make('speed.mov', ...picture('24', 12), ...sound(48000, 0.5, 'mono'), ...h264, '-c:a', 'aac');
      await check(input, 'speed.x2.mov', ['--factor', '2'], { frames: 24, rate: '48/1' });
      const slow = await check(
        input,
        'speed.slow.mov',
        ['--slow', '0.4'],
        { frames: 30, rate: '24/1', sound: [] },
        { soundCopied: false },
      );
      assert.ok(
        slow.notes.some((note) => /audio stream 1 \(it would not fit the new speed\)/.test(note)),
        slow.notes.join(),
      );
    });

    it('a range takes its own sound', async () => {
      const input = await make(
        'range.mov',
        ...picture('25', 25),
        ...sound(48000, 1, 'mono'),
        ...h264,
        '-c:a',
        'pcm_s16le',
      );
      await check(
        input,
        'range.out.mov',
        ['--fps', '50', '--range', '5-15', ...lossless],
        { frames: 20, sound: ['pcm_s16le 48000 1'] },
        { soundCopied: false },
      );
      const raw = async (file: string): Promise<Buffer> =>
        ffmpeg(tools, ['-i', file, '-map', '0:a', '-f', 's16le', 'pipe:1']);
      const [before_, after_] = [await raw(input), await raw(at('range.out.mov'))];
      assert.ok(after_.equals(before_.subarray(0.2 * 96000, 0.6 * 96000)), 'samples 0.2 s to 0.6 s');
      const [pictures, kept] = [await frameHashes(tools, input), await frameHashes(tools, at('range.out.mov'))];
      assert.deepEqual(
        kept.filter((_, i) => i % 2 === 0),
        pictures.slice(5, 15),
      );
    });
  });

  describe('sound, words and chapters', () => {
    const carries = (name: string, output: string, codec: string[], rate: number, layout: string, offset = 0) =>
      it(name, async () => {
        const input = await make(
          `${name}.${output}`,
          ...picture('25', 20),
          ...['-itsoffset', String(offset)],
          ...sound(rate, 0.8, layout),
          ...[...h264, ...codec],
        );
        const found = await check(input, `${name}.out.${output}`, ['--fps', '50', '--codec', 'h264'], {
          frames: await lawfulCount(tools, input, 50),
        });
        assert.ok(!found.notes.some((note) => note.includes('coded anew')), found.notes.join());
      });
    const pcm = ['-c:a', 'pcm_s16le'];
    const aac = ['-c:a', 'aac', '-b:a', '192k'];
    carries('mono 44.1 PCM', 'mov', pcm, 44100, 'mono');
    carries('mono 48 AAC', 'mp4', aac, 48000, 'mono');
    carries('5.1 44.1 AAC', 'mp4', aac, 44100, '5.1');
    carries('5.1 48 PCM', 'mov', ['-c:a', 'pcm_s24le'], 48000, '5.1');
    carries('AC-3 5.1', 'mkv', ['-c:a', 'ac3'], 48000, '5.1');
    carries('sound a fifth of a second late', 'mov', pcm, 48000, 'mono', 0.2);
    carries('sound before the picture', 'mov', aac, 48000, 'mono', -0.1);

    it('subtitles and chapters', async () => {
      writeFileSync(at('words.srt'), '1\n00:00:00,100 --> 00:00:00,500\nHello\n');
      writeFileSync(
        at('chapters.txt'),
        ';FFMETADATA1\ntitle=A film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=400\nEND=800\ntitle=Two\n',
      );
      const input = await make(
        'words.mkv',
        ...picture('25', 20),
        ...sound(48000, 0.8, 'mono'),
        ...[
          '-i',
          at('words.srt'),
          '-i',
          at('chapters.txt'),
          '-map',
          '0',
          '-map',
          '1',
          '-map',
          '2',
          '-map_metadata',
          '3',
        ],
        ...[...h264, '-c:a', 'aac', '-c:s', 'srt'],
      );
      const chapters = ['0.000-0.400 One', '0.400-0.800 Two'];
      assert.deepEqual((await factsOf(tools, input)).chapters, chapters, 'the fixture');
      const frames = await lawfulCount(tools, input, 50);
      await check(input, 'words.out.mkv', ['--fps', '50'], { frames, subtitles: ['subrip'], chapters });
      await check(input, 'words.out.mov', ['--fps', '50'], { frames, subtitles: ['mov_text'], chapters });
      const words = async (file: string): Promise<string> =>
        (await ffmpeg(tools, ['-i', file, '-map', '0:s', '-f', 'srt', 'pipe:1'])).toString().replace(/<[^>]+>/g, ''); // a font that a decoder adds
      assert.match(await words(input), /Hello/);
      for (const output of ['words.out.mkv', 'words.out.mov'])
        assert.equal(await words(at(output)), await words(input));
    });
  });

  describe('pictures that repeat or are fields', () => {
    withNpmTools();
    it('interlaced clips, when asked', async () => {
      const fields = ['-c:v', 'mpeg4', '-flags', '+ildct+ilme', '-top', '1', '-q:v', '2'];
      const input = await make(
        'fields.mov',
        ...picture('50', 40, ',interlace=scan=tff:lowpass=off,setfield=tff'),
        ...fields,
      );
      const { code, stderr } = await inbetween(['interpolate', input]);
      assert.equal(code, 2);
      assert.match(stderr, /is interlaced \(top field first\).*--deinterlace auto/s);
      await check(input, 'fields.out.mov', ['--fps', '50', '--deinterlace', 'auto'], { frames: 40, rate: '50/1' });
      const { field_order } = await ffprobeStream(at('fields.out.mov'));
      assert.ok(field_order === 'progressive' || field_order === undefined, field_order);
    });

    const cadence = (name: string, chain: string, rate: string, n: number, removed: number) =>
      it(name, async () => {
        const noise = 'noise=alls=20:allf=t:all_seed=1';
        const input = await make(
          `${name}.mkv`,
          ...picture('24', 24, `,${noise},${chain}`),
          '-frames:v',
          String(n),
          '-c:v',
          'ffv1',
          '-pix_fmt',
          'yuv420p',
        );
        const { dedup } = await check(input, `${name}.out.mov`, ['--dedup', '--fps', '60'], {
          frames: counted(n, rate.split('/').map(Number) as unknown as Fraction, [60, 1]),
        });
        assert.equal(dedup?.removed, removed);
      });
    cadence('animation on twos', 'fps=48', '48/1', 48, 24);
    cadence('one repeat in five', 'fps=30', '30/1', 30, 6);

    it('the shared cadence clip', async function () {
      const clip = fileURLToPath(new URL('../../../shared/footage/damage/cadence_cup/', import.meta.url));
      if (!existsSync(clip)) standAside(this, '../shared/footage/damage/cadence_cup is not here');
      const truth = JSON.parse(readFileSync(path.join(clip, 'truth.json'), 'utf8')) as { frame_map: number[] };
      const repeats = truth.frame_map.filter((frame, i) => i > 0 && frame === truth.frame_map[i - 1]).length;
      const { dedup } = await check(
        path.join(clip, 'damaged.mp4'),
        'cadence.mov',
        ['--dedup', '--fps', '60', '--effort', 'fast'],
        {
          frames: counted(truth.frame_map.length, [27, 1], [60, 1]),
        },
      );
      assert.equal(dedup?.removed, repeats);
    });
  });

  async function ffprobeStream(file: string): Promise<Record<string, string | undefined>> {
    const { streams } = await ffprobe(tools, file, '-select_streams', 'v:0', '-show_streams');
    return (streams as Record<string, string>[])[0]!;
  }

  it('stills are the frames of the clip', async () => {
    const input = await make(
      'stills.mkv',
      ...picture('25', 6, ',format=rgb24,format=gbrp'),
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'bgr0',
    );
    const { code, stderr } = await inbetween([
      'interpolate',
      input,
      '--fps',
      '50',
      '--codec',
      'png',
      '-o',
      at('stills'),
    ]);
    assert.equal(code, 0, stderr);
    const names = readdirSync(at('stills')).sort();
    assert.equal(names.length, 12);
    const source = await frameHashes(tools, input, 'rgb24');
    for (const [i, hash] of source.entries())
      assert.deepEqual(await frameHashes(tools, path.join(at('stills'), names[2 * i]!), 'rgb24'), [hash]);
  });

  it('several clips, one of them unusable: the others are made, and the exit code says so', async () => {
    const good = [
      await make('good1.mp4', ...picture('25', 6), ...h264),
      await make('good2.mp4', ...picture('30', 6), ...h264),
    ];
    writeFileSync(at('bad.mp4'), 'not a film');
    const { code, stdout, stderr } = await inbetween(['interpolate', good[0]!, at('bad.mp4'), good[1]!]);
    assert.equal(code, 3, stderr);
    assert.equal(stdout, `${at('good1.60fps.mov')}\n${at('good2.60fps.mov')}\n`);
    assert.match(stderr, /bad\.mp4 is not a media file.*2 of 3 done/s);
    assert.ok(!existsSync(at('bad.60fps.mov')));
  });
}).timeout(120_000);
