// Verification of chapters, words and stills, and how it tells of itself: with ffmpeg as npm brings it and as the system has it.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import type { Expectation } from '../../../companion/media/expectation.ts';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import { probe } from '../../../companion/media/probe.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { verify } from '../../../companion/media/verify.ts';
import { ffmpeg } from '../../support/media.ts';
import { standAside } from '../../support/stand-aside.ts';
import { folder, make, npmTools, picture, tone } from './footage.ts';
import { convert, inOnePart, type Journey } from './journey.ts';

type Chapters = readonly (readonly [startMs: number, endMs: number, title?: string])[];

/** A file of ffmpeg's own with a title and chapters. */
function words(name: string, chapters: Chapters): string {
  const parts = chapters.map(
    ([start, end, title]) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\n${title ? `title=${title}\n` : ''}`,
  );
  writeFileSync(join(folder, name), `;FFMETADATA1\ntitle=Tänze\n${parts.join('')}`);
  return join(folder, name);
}

const three: Chapters = [
  [0, 500, 'a'],
  [500, 1200, 'b'],
  [1200, 2000, 'c'],
];

/** Two seconds with sound, a title and chapters. `more`: further inputs. */
async function clip(
  name: string,
  chapters: Chapters,
  container: 'mkv' | 'mov' = 'mkv',
  more: string[] = [],
): Promise<string> {
  const inputs = [...picture('25', 2), ...tone(48000, 2), '-i', words(`${name}.txt`, chapters), ...more];
  const maps = ['-map', '0', '-map', '1', ...(more.length > 0 ? ['-map', '3'] : []), '-map_metadata', '2'];
  return make(`${name}.${container}`, ...inputs, ...maps, '-c:v', 'mpeg4', '-c:a', 'pcm_s16le');
}

/** `all`: every way; else one for each kind of container and stills. */
function suite(whose: string, bring: () => Promise<MediaTools>, { all }: { readonly all: boolean }): void {
  describe(`verifying with ffmpeg ${whose}`, function () {
    this.slow(4000);
    let tools: MediaTools;
    before(async () => {
      tools = await bring();
    });
    const convertWhole = (input: string, output: string, journey: Omit<Journey, 'tools' | 'every'>) =>
      convert(input, output, { ...journey, every: inOnePart, tools });

    const refused = (path: string, expectation: Expectation, named: RegExp) =>
      assert.rejects(verify(tools, path, expectation), (error) => {
        assert.ok(error instanceof CompanionError && error.code === 'VERIFY_FAILED', String(error));
        assert.match(error.message, named);
        return true;
      });

    describe('chapters are carried', () => {
      const check = (
        what: string,
        chapters: Chapters,
        [container, output]: ['mkv' | 'mov', 'mkv' | 'mov' | 'mp4'],
        part: Pick<Journey, 'from' | 'count'>,
        expected: string,
      ) =>
        it(`${what}: ${container} to ${output}`, async () => {
          const input = await clip('words', chapters, container);
          const { path } = await convertWhole(input, `words-out.${output}`, { fps: '60', codec: 'h264', ...part });
          const after = await probe(tools, path);
          const found = after.chapters.map(
            ({ start, end, title }) => `${start.toFixed(2)}-${end.toFixed(2)} ${title || '-'}`,
          );
          assert.equal(found.join(', '), expected);
          const length = new Rational(part.count ?? 50, 25);
          assert.ok(after.duration!.sub(length).abs().compare(new Rational(1, 30)) < 0, `${after.duration}`);
        });
      const every = '0.00-0.50 a, 0.50-1.20 b, 1.20-2.00 c';
      check('all', three, ['mkv', 'mkv'], {}, every);
      check('all', three, ['mov', 'mp4'], {}, every);
      // frames 10 to 34 are 0.4 s to 1.4 s
      const part = { from: 10, count: 25 };
      check('of a range', three, ['mov', 'mov'], part, '0.00-0.10 a, 0.10-0.80 b, 0.80-1.00 c');
      if (all) {
        check('all', three, ['mkv', 'mov'], {}, every);
        check('all', three, ['mov', 'mkv'], {}, every);
        check('of a range', three, ['mov', 'mkv'], part, '0.00-0.10 a, 0.10-0.80 b, 0.80-1.00 c');
        check('of a range before the last', three, ['mov', 'mov'], { from: 0, count: 10 }, '0.00-0.40 a');
      }
      const late: Chapters = [
        [400, 700, 'a'],
        [1000, 2000, 'b'],
      ];
      check('with gaps', late, ['mkv', 'mkv'], {}, '0.40-0.70 a, 1.00-2.00 b');
      check('with gaps that a movie fills', late, ['mkv', 'mov'], {}, '0.00-1.00 a, 1.00-2.00 b');
      const plain: Chapters = [
        [0, 1000],
        [1000, 2000],
      ];
      check('without titles', plain, ['mov', 'mkv'], {}, '0.00-1.00 -, 1.00-2.00 -');
      check('without titles', plain, ['mkv', 'mov'], {}, '0.00-1.00 -, 1.00-2.00 -');
    });

    it('says that a movie does not hold chapters of which some have titles', async () => {
      const input = await clip('some', [
        [0, 500, 'a'],
        [500, 2000],
      ]);
      const { notes, expectation } = await convertWhole(input, 'some-out.mov', { fps: '25' });
      assert.match(notes.join('\n'), /^Not carried: chapters \(a \.mov holds them only where all have titles/m);
      assert.deepEqual(expectation.chapters, []);
    });

    describe('refuses a file', () => {
      const finished = new Map<string, ReturnType<typeof convert>>();
      const finish = async (container: string) => {
        writeFileSync(join(folder, 'line.srt'), '1\n00:00:00,200 --> 00:00:01,000\nHello\n');
        const input = await clip('whole', three, 'mkv', ['-i', 'line.srt']);
        return convertWhole(input, `whole-out.${container}`, { fps: '25' });
      };
      /** The finished output, copied without something. */
      const check = (what: string, container: 'mkv' | 'mov', chapters: Chapters, maps: string[], named: RegExp) =>
        it(`${what} (${container})`, async () => {
          if (!finished.has(container)) finished.set(container, finish(container));
          const { path, expectation } = await finished.get(container)!;
          const lacking = join(folder, `lacking.${container}`);
          const inputs = ['-i', path, '-i', words('lacking.txt', chapters)];
          await ffmpeg(tools, [...inputs, ...maps, '-map_chapters', '1', '-c', 'copy', lacking]);
          await refused(lacking, expectation, named);
        });
      const streams = ['-map', '0:v', '-map', '0:a', '-map', '0:s'];
      const two = three.slice(0, 2);
      check('that lost a chapter', 'mkv', two, streams, /: chapters is 2 instead of 3\. It was not kept/);
      check('that lost a chapter', 'mov', two, streams, /: chapters is 2 instead of 3\. It was not kept/);
      const moved = three.with(2, [1300, 2000, 'c']);
      check('with a moved chapter', 'mov', moved, streams, /chapter 3 is from 1\.300000 s to .* instead of from 1\.2/);
      const ended = three.with(2, [1200, 1900, 'c']);
      check('with a chapter cut short', 'mkv', ended, streams, /chapter 3 is from 1\.200000 s to 1\.900000 s instead/);
      check('that lost its words', 'mkv', three, streams.slice(0, 4), /: subtitle streams is 0 instead of 1\./);
      const untitled = [...streams, '-map_metadata', '-1'];
      check('that lost its title', 'mkv', three, untitled, /: title is not stated instead of Tänze\./);
    });

    describe('looks at every picture of a sequence', () => {
      const frames = 10;
      const still = (extension: string, number: number) =>
        `${extension}.${String(number).padStart(6, '0')}.${extension}`;

      const finished = new Map<string, ReturnType<typeof convert>>();
      const finish = async (extension: string) => {
        const input = await make('stills-in.mkv', ...picture('25', 0.4), '-c:v', 'ffv1', '-pix_fmt', 'gbrp');
        return convertWhole(input, `${extension}.${extension}`, { fps: '25' });
      };
      /** A copy that a case may spoil. */
      async function stills(extension: string) {
        if (!finished.has(extension)) finished.set(extension, finish(extension));
        const { path: whole, expectation } = await finished.get(extension)!;
        assert.equal(expectation.frames, frames);
        const path = mkdtempSync(join(folder, 'spoilt-'));
        cpSync(whole, path, { recursive: true });
        return { path, expectation, file: (number: number) => join(path, still(extension, number)) };
      }

      const check = (
        what: string,
        extensions: readonly string[],
        spoil: (file: (number: number) => string) => unknown,
        named: RegExp,
      ) => {
        for (const extension of extensions)
          it(`${what} (${extension})`, async function () {
            if (!tools.ffmpeg.encoders.has(extension.replace(/^tif$/, 'tiff')))
              standAside(this, `without ${extension}: this ffmpeg writes none`);
            const { path, expectation, file } = await stills(extension);
            await spoil(file);
            await refused(path, expectation, named);
          });
      };
      const each = all ? ['png', 'tif', 'exr'] : ['exr']; // which the ffmpeg of npm does not write
      const shorten = (file: string, by: (bytes: number) => number) =>
        truncateSync(file, readFileSync(file).length - by(readFileSync(file).length));
      check('one is missing', each, (file) => rmSync(file(5)), /missing picture is 5 instead of none/);
      check('one is empty', each, (file) => truncateSync(file(5)), /picture cut short is 5 instead of none/);
      check(
        'one is cut in half',
        each,
        (file) => shorten(file(5), (bytes) => bytes >> 1),
        /picture cut short is 5 instead of none/,
      );
      check(
        'some lack their last byte',
        each,
        (file) => [4, 5, 9].map((number) => shorten(file(number), () => 1)),
        /picture cut short is 4-5, 9 instead of none/,
      );
      check(
        'one does not decode',
        each,
        (file) => writeFileSync(file(5), readFileSync(file(5)).fill(255, 0, 4)),
        /unreadable picture is 5 instead of none/,
      );
      check(
        'the first does not decode',
        ['png', 'tif'],
        (file) => writeFileSync(file(1), readFileSync(file(1)).fill(255, 0, 4)),
        /unreadable picture is 1 instead of none/,
      );
      const other = (size: string, format: string) => async (file: (number: number) => string) =>
        copyFileSync(
          await make('other.png', ...picture('25', 0.04, size), '-frames:v', '1', '-pix_fmt', format),
          file(5),
        );
      check(
        'one has another size',
        ['png'],
        other('80x60', 'rgb24'),
        /pictures is 64x48 rgb24 and 80x60 rgb24 instead/,
      );
      check(
        'one has another depth',
        ['png'],
        other('64x48', 'rgb48be'),
        /pictures is 64x48 rgb24 and 64x48 rgb48be instead/,
      );
      check('one too many', ['png'], (file) => copyFileSync(file(1), file(11)), /: files is 11 instead of 10\./);
    });

    describe('tells how far it is, and stops when asked', () => {
      const outputs = ['progress.mov', 'progress.mkv', 'progress.png'];
      for (const output of outputs) {
        let made: ReturnType<typeof convert>;
        before(async () => {
          made = convertWhole(await clip('progress-in', three), output, { fps: '60', from: 0, count: 50 });
          await made;
        });
        it(`counts ${output} to its end`, async () => {
          const { path, expectation } = await made;
          const counts: number[] = [];
          await verify(tools, path, expectation, { progress: (frames) => counts.push(frames) });
          assert.deepEqual(
            counts,
            counts.toSorted((a, b) => a - b),
          );
          assert.equal(counts.at(-1), 120);
          if (output.endsWith('png')) assert.equal(counts.length, 120);
        });
        it(`ends in the middle of ${output}`, async () => {
          const { path, expectation } = await made;
          const abort = new AbortController();
          const verifying = verify(tools, path, expectation, {
            signal: abort.signal,
            progress: () => abort.abort(),
          });
          await assert.rejects(verifying, { name: 'AbortError' });
        });
      }
    });
  });
}

suite('of npm', npmTools, { all: true });
suite('of the system, where it has one', findTools, { all: false });
