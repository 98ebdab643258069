// Sound and words of a part of a clip: cut to it, in step with the picture, whatever the container they come from and go to.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import { probe } from '../../../companion/media/probe.ts';
import { durationOf } from '../../../companion/media/timing.ts';
import { verify } from '../../../companion/media/verify.ts';
import { ffmpeg } from '../../support/media.ts';
import { folder, make, npmTools, picture } from './footage.ts';
import { convert, inOnePart, type Journey } from './journey.ts';

const rate = 48000;
/** A tone that rises and wavers: no part of it is like another. */
const wavering = (seconds: number): string[] => [
  ...['-f', 'lavfi', '-i', `aevalsrc=sin(600*t*t)/4+sin(2*PI*(300+70*sin(9*t))*t)/4:s=${rate}:d=${seconds}`],
];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-bf', '2'];

/** The first sound stream from its first sample to its last, and when it starts on the file's own clock. */
function listen({ ffmpeg }: MediaTools, path: string): { start: number; samples: Int16Array } {
  const decode = (format: string) =>
    execFileSync(
      ffmpeg.path,
      ['-v', 'fatal', '-nostdin', '-copyts', '-i', `file:${path}`, '-map', '0:a:0', '-f', format, '-'],
      { maxBuffer: 1 << 28 },
    );
  const bytes = decode('s16le');
  const stamp = /^0,\s*-?\d+,\s*(-?\d+)/m.exec(decode('framecrc').toString())?.[1];
  return { start: Number(stamp) / rate, samples: new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1) };
}

/** By how many samples `part` comes later in `whole` than `guess`: the shift that leaves the least difference. */
function shiftOf(part: Int16Array, whole: Int16Array, guess: number): number {
  let [shift, least] = [0, Number.POSITIVE_INFINITY];
  const [first, last] = [2000, Math.min(part.length - 2000, 14000)]; // codecs are unsure of their first and last packets
  for (let candidate = -3000; candidate <= 3000; candidate++) {
    let sum = 0;
    for (let i = first; i < last && sum < least; i += 11)
      sum += Math.abs(part[i]! - (whole[guess + candidate + i] ?? 0));
    if (sum < least) [shift, least] = [candidate, sum];
  }
  assert.ok(least / ((last - first) / 11) < 1600, 'the same tone as the source'); // of 16384: AAC and Opus change it
  return shift;
}

const made = new Map<string, Promise<string>>();
/** Makes a clip unless it was made before. */
function once(name: string, ...args: string[]): Promise<string> {
  const path = made.get(name) ?? make(name, ...args);
  made.set(name, path);
  return path;
}

/** `all`: every codec in every container; else each codec once. */
function suite(whose: string, bring: () => Promise<MediaTools>, { all }: { readonly all: boolean }): void {
  describe(`a range with ffmpeg ${whose}`, function () {
    this.slow(6000);
    let tools: MediaTools;
    before(async () => {
      tools = await bring();
    });
    const convertWhole = (input: string, output: string, journey: Omit<Journey, 'tools' | 'every'>) =>
      convert(input, output, { ...journey, every: inOnePart, tools });

    describe('sound stays in step', () => {
      const seconds = 8; // longer than the encoder reads ahead of a range
      const ranges = {
        whole: [0, seconds * 25],
        start: [0, 20],
        early: [33, 20],
        middle: [163, 20],
        end: [175, 25],
      } as const;

      const check = (
        [container, codec, delay]: readonly [container: string, codec: string, delay: number],
        output: string,
        ...names: (keyof typeof ranges)[]
      ) => {
        for (const name of names)
          it(`${codec} of .${container} ${delay} s late into .${output}: the ${name}`, async () => {
            const input = await clip(`${codec}${delay}.${container}`, codec, delay);
            const [from, count] = ranges[name];
            const journey = { fps: '50', codec: 'h264', from, count } as const;
            const { path, description, notes, expectation, shown } = await convertWhole(
              input,
              `sound.${output}`,
              journey,
            );
            const begin = shown.start.add(description.origin).toNumber();
            const lasts = durationOf(shown).toNumber();
            const source = listen(tools, input);
            const after = await probe(tools, path);
            const length = after.duration!.toNumber();
            if (name !== 'whole') assert.ok(Math.abs(length - lasts) < 1 / 50, `${length} s long`);
            if (source.start > begin + lasts) {
              assert.match(notes.join('\n'), /^Not carried: audio stream 1 \(the range has none of it\)\.$/m);
              return assert.equal(after.audio.length, 0);
            }
            const whole = name === 'whole';
            const reason = whole ? '.* does not hold|copied, Opus' : 'it is cut to the range';
            assert.match(notes.join('\n'), new RegExp(`^Audio stream 1 is coded anew as \\w+: (${reason})`, 'm'));
            const heard = listen(tools, path);
            const pictured = after.video[0]!.start!.add(after.origin).toNumber();
            const guess = Math.round((begin - source.start + heard.start - pictured) * rate);
            assert.ok(Math.abs(shiftOf(heard.samples, source.samples, guess)) <= rate / 1000, 'within a millisecond');
            const end = source.start + source.samples.length / rate;
            const first = whole ? source.start : Math.max(begin, source.start);
            const last = whole ? end : Math.min(begin + lasts, end);
            const slack = expectation.audio[0]!.codec === 'aac' ? 2048 : rate / 1000; // AAC: silence before it, and whole packets
            const off = heard.samples.length - (last - first) * rate;
            assert.ok(Math.abs(off) <= slack, `${off} samples too many`);
          });
      };
      const clip = (name: string, codec: string, delay: number) =>
        once(
          name,
          ...picture('25', seconds),
          ...[
            '-itsoffset',
            String(delay),
            ...wavering(seconds),
            ...(name.endsWith('.wmv') ? ['-c:v', 'wmv2'] : h264),
            '-c:a',
            codec,
            '-ac',
            '1',
          ],
        );
      check(['mkv', 'aac', 0], 'mov', 'middle');
      check(['mkv', 'aac', 0], 'mkv', 'end');
      check(['mkv', 'flac', 0], 'mov', 'middle');
      check(['mkv', 'libopus', 0], 'mp4', 'whole');
      check(['mkv', 'libopus', 0.3], 'mov', 'whole');
      check(['mkv', 'libopus', -0.2], 'mkv', 'whole');
      check(['ts', 'mp2', 0.3], 'mov', 'whole');
      check(['mkv', 'pcm_s16le', 0], 'mov', 'end');
      check(['mkv', 'aac', 0.3], 'mkv', 'start');
      check(['mov', 'aac', 0.015], 'mp4', 'start');
      check(['mov', 'aac', 1.5], 'mkv', 'start');
      check(['mov', 'aac', 1.5], 'mp4', 'early');
      check(['ts', 'aac', 0.3], 'mov', 'start');
      check(['wmv', 'wmav2', 0], 'mov', 'whole');
      check(['mkv', 'libvorbis', 0], 'mov', 'whole');
      if (!all) return;
      check(['mkv', 'aac', 0], 'mov', 'start', 'end');
      check(['mkv', 'aac', 0], 'mkv', 'start', 'middle');
      check(['mkv', 'aac', 0], 'mp4', 'middle');
      check(['mkv', 'flac', 0], 'mkv', 'end');
      check(['mkv', 'libopus', 0], 'mov', 'whole', 'start', 'middle');
      check(['ts', 'mp2', 0], 'mov', 'whole');
      check(['ts', 'mp2', -0.2], 'mov', 'whole');
      check(['mkv', 'libopus', 0], 'mkv', 'whole', 'end');
      check(['mkv', 'pcm_s16le', 0], 'mkv', 'middle');
      check(['mp4', 'aac', 0], 'mov', 'middle');
      check(['mov', 'pcm_s16le', 0], 'mp4', 'middle');
      check(['mkv', 'aac', 0.3], 'mkv', 'middle');
      check(['mkv', 'aac', 0.3], 'mp4', 'start');
      check(['mkv', 'libopus', -0.2], 'mkv', 'end');
      check(['mp4', 'aac', -0.2], 'mov', 'start');
      check(['mov', 'aac', 1.5], 'mov', 'start');
      check(['ts', 'aac', 0.3], 'mov', 'middle');
    });

    it('sound that is over before the range begins stays behind', async () => {
      const input = await make('over.mkv', ...picture('25', 3), ...wavering(1.2), ...h264, '-c:a', 'aac', '-ac', '1');
      const { notes } = await convertWhole(input, 'over-out.mov', { fps: '25', from: 50 });
      assert.match(notes.join('\n'), /^Not carried: audio stream 1 \(the range has none of it\)\.$/m);
    });

    describe('words are cut to it', () => {
      /** What a file's subtitle stream shows: when, and what, in SubRip's own way of writing. */
      const read = async (path: string, stream = 0): Promise<string> =>
        (await ffmpeg(tools, ['-i', path, '-map', `0:s:${stream}`, '-f', 'srt', 'pipe:1']))
          .toString()
          .replace(/<[^>]+>/g, '') // a font that a decoder adds
          .replace(/^\d+\n/gm, '')
          .trim()
          .replace(/\n+/g, '\n');
      const cue = (from: number, to: number, what: string): string =>
        `${[from, to].map((ms) => new Date(ms).toISOString().slice(11, 23).replace('.', ',')).join(' --> ')}\n${what}\n`;
      const written = (...cues: string[]): string => cues.map((each, index) => `${index + 1}\n${each}\n`).join('');
      writeFileSync(
        join(folder, 'cues.srt'),
        written(
          cue(100, 300, 'gone'),
          cue(500, 1000, 'shows already'),
          cue(1100, 1200, 'within'),
          cue(1400, 2500, 'runs past'),
          cue(2600, 2900, 'not yet'),
        ),
      );
      // frames 20 to 40 are 0.8 s to 1.6 s
      const expected = (cue(0, 200, 'shows already') + cue(300, 400, 'within') + cue(600, 800, 'runs past')).trim();

      const check = (container: string, coded: string, output: string, sound: string[]) =>
        it(`${coded} of .${container} into .${output}${sound.length > 0 ? ' beside sound' : ''}`, async () => {
          const input = await make(
            `cues.${container}`,
            ...['-i', 'cues.srt', ...picture('25', 3), ...sound, '-map', '1', '-map', '0'],
            ...[...(sound.length > 0 ? ['-map', '2', '-c:a', 'aac'] : []), ...h264, '-c:s', coded],
            ...['-metadata:s:s:0', 'language=fra'],
          );
          const journey = { fps: '50', codec: 'h264', from: 20, count: 20 } as const;
          const { path, description } = await convertWhole(input, `cues-out.${output}`, journey);
          const after = await probe(tools, path);
          const late = description.video[0]!.start!.toNumber() * 1000;
          const length = after.duration!.toNumber();
          assert.ok(Math.abs(length - 0.8) < 0.021, `${length} s long`);
          assert.equal(after.video[0]!.start!.sign, 0);
          assert.equal(after.subtitles[0]!.language, 'fra');
          const times = (text: string) =>
            [...text.matchAll(/:(\d\d),(\d+)/g)].map(([, seconds, ms]) => Number(seconds) * 1000 + Number(ms));
          const found = await read(path);
          assert.deepEqual(found.replace(/^.*-->.*$/gm, ''), expected.replace(/^.*-->.*$/gm, ''));
          const off = times(found).map((time, index) => Math.abs(time - times(expected)[index]!));
          assert.ok(Math.max(...off) <= 11 + late, found); // ASS counts hundredths
        });
      check('mkv', 'srt', 'mkv', wavering(3));
      check('mkv', 'ass', 'mov', []);
      check('mov', 'mov_text', 'mp4', wavering(3));
      if (all) {
        for (const output of ['mkv', 'mov', 'mp4']) check('mkv', 'srt', output, []);
        for (const output of ['mov', 'mp4']) check('mkv', 'srt', output, wavering(3));
        for (const output of ['mkv', 'mp4']) check('mkv', 'ass', output, []);
        for (const output of ['mkv', 'mov']) check('mov', 'mov_text', output, wavering(3));
      }

      it('a word of two letters is one', async () => {
        writeFileSync(join(folder, 'no.srt'), written(cue(500, 1000, 'No'), cue(900, 1200, 'so')));
        const inputs = ['-i', 'no.srt', ...picture('25', 3), '-map', '1', '-map', '0'];
        const input = await make('no.mkv', ...inputs, ...h264, '-c:s', 'srt');
        for (const output of ['no-out.mkv', 'no-out.mov']) {
          const { path } = await convertWhole(input, output, { fps: '25', codec: 'h264', from: 20, count: 20 });
          assert.match(await read(path), /No\n.*\nso$/);
        }
      });

      it('a stream that shows nothing there stays behind', async () => {
        writeFileSync(join(folder, 'late.srt'), written(cue(2600, 2900, 'not yet')));
        const inputs = ['-i', 'late.srt', '-i', 'cues.srt', ...picture('25', 3)];
        const input = await make('late.mkv', ...inputs, '-map', '2', '-map', '0', '-map', '1', ...h264, '-c:s', 'srt');
        for (const output of ['late-out.mkv', 'late-out.mov']) {
          const { path, notes } = await convertWhole(input, output, { fps: '25', codec: 'h264', from: 20, count: 20 });
          assert.match(notes.join('\n'), /^Not carried: subtitle stream 1 \(the range has none of it\)\.$/m);
          assert.equal((await probe(tools, path)).subtitles.length, 1);
          assert.match(await read(path), /shows already/);
        }
      });
    });

    describe('refuses a file', () => {
      const check = (what: string, output: string, change: string[], named: RegExp) =>
        it(`${what} (${output})`, async () => {
          const input = await once(
            'both.mkv',
            ...['-i', 'cues.srt', ...picture('25', 3), ...wavering(3), '-map', '1', '-map', '2', '-map', '0'],
            ...[...h264, '-c:a', 'flac', '-c:s', 'srt'],
          );
          const journey = { fps: '25', codec: 'h264', from: 20, count: 20 } as const;
          const { path, expectation } = await convertWhole(input, `both-out.${output}`, journey);
          const spoilt = join(folder, `spoilt.${output}`);
          await ffmpeg(tools, ['-i', path, ...change.flatMap((arg) => (arg === '-i' ? ['-i', path] : [arg])), spoilt]);
          await assert.rejects(verify(tools, spoilt, expectation), named);
        });
      const late = (seconds: string, ...maps: string[]) => [
        ...['-itsoffset', seconds, '-i', ...maps.flatMap((map) => ['-map', map]), '-c', 'copy'],
      ];
      check('whose sound is late', 'mov', late('0.005', '0:v', '1:a', '0:s'), /audio 1 start is 0\.005/);
      check('whose words are late', 'mov', late('0.05', '0:v', '0:a', '1:s'), /subtitle 1 times is (50|0) to/);
      check('whose words are late', 'mkv', late('0.05', '0:v', '0:a', '1:s'), /subtitle 1 times is 50 to 250 ms/);
      const words = ['-i', 'cues.srt', '-map', '0:v', '-map', '0:a', '-map', '1', '-c', 'copy'];
      it('whose words were not cut', async () => {
        const journey = { fps: '25', codec: 'h264', from: 20, count: 20 } as const;
        const { path, expectation } = await convertWhole(await made.get('both.mkv')!, 'uncut-out.mkv', journey);
        const spoilt = join(folder, 'uncut.mkv');
        await ffmpeg(tools, ['-i', path, ...words.with(1, join(folder, 'cues.srt')), spoilt]);
        await assert.rejects(verify(tools, spoilt, expectation), /subtitle 1 cues is 5 instead of 3/);
      });
    });
  });
}

suite('of npm', npmTools, { all: true });
suite('of the system, where it has one', findTools, { all: false });
