// Parts joined packet by packet against one part: the same pictures at the same ticks, and for codecs without references the same file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Output } from '../../../companion/media/encode.ts';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import { partList } from '../../../companion/media/join.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { mayJoin } from '../../../companion/media/segment.ts';
import { standAside } from '../../support/stand-aside.ts';
import { make, npmTools, picture, tone } from './footage.ts';
import { convert, inOnePart, type Journey } from './journey.ts';

/** As much of an output as the joining of its parts looks at. */
const output = (rate: Rational, frames: number, container = 'mov', codec = 'prores') =>
  ({ rate, frames, delivery: { container, codec } }) as Output;

describe('the list of parts', () => {
  const rates = [
    ...['24000/1001', '25', '30000/1001', '48', '60000/1001', '60', '120000/1001', '1000', '12345/678'],
    ...['250000/4167', '7/3'],
  ];
  /** Instants at which parts begin, as ffmpeg adds them up. */
  const startsOf = (list: string): bigint[] => {
    let at = 0n;
    return [...list.matchAll(/^duration (\d+)\.(\d{6})$/gm)].map(([, whole, micros]) => {
      const start = at;
      at += BigInt(whole!) * 1_000_000n + BigInt(micros!);
      return start;
    });
  };
  it('no part of a movie begins half a tick or more off its place, however many come before', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...rates),
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 400 }),
        (text, lengths) => {
          const rate = Rational.parse(text, { as: 'number' });
          const firsts = [0];
          for (const length of lengths) firsts.push(firsts.at(-1)! + length);
          const whole = output(rate, firsts.at(-1)! + 12);
          assert.ok(mayJoin(whole));
          const starts = startsOf(
            partList(
              whole,
              firsts.map((first) => ({ name: `${first}.mov`, first })),
            ),
          );
          const clock = rate.num * BigInt(Math.ceil(10000 / Number(rate.num)));
          for (const [i, first] of firsts.entries()) {
            const ticks = (clock * rate.den * BigInt(first)) / rate.num;
            assert.equal(new Rational(starts[i]! * clock, 1_000_000n).round(), ticks);
          }
        },
      ),
    ));
  it('parts in Matroska stay at their milliseconds', () => {
    const parts = [0, 100, 201].map((first) => ({ name: `${first}.mkv`, first }));
    const list = partList(output(new Rational(60000, 1001), 301, 'mkv', 'ffv1'), parts);
    // 100 frames end at 1668.33 ms, 201 at 3353.35, 301 at 5021.68
    assert.deepEqual(list.match(/^duration .*$/gm), ['duration 1.668000', 'duration 1.685000', 'duration 1.669000']);
  });
  const check = (what: string, rate: string, container: string, codec: string, may: boolean) =>
    it(`${what} ${may ? 'may be joined' : 'stays in one part'}`, () =>
      assert.equal(mayJoin(output(Rational.parse(rate, { as: 'number' }), 100, container, codec)), may));
  check('a clock of 4 µs', '250000/4167', 'mov', 'prores', true);
  check('a finer clock', '250001/4167', 'mov', 'prores', false);
  check('the same in Matroska', '250001/4167', 'mkv', 'prores', true);
  check('H.264 for Matroska', '250001/4167', 'mkv', 'h264', false);
  check('stills', '250001/4167', 'sequence', 'png', true);
});

/** `all`: every way; else one for each kind of codec and container. */
function suite(whose: string, bring: () => Promise<MediaTools | null>, { all }: { readonly all: boolean }): void {
  describe(`joining with ffmpeg ${whose}`, function () {
    this.slow(4000);
    let tools: MediaTools;
    before(async function () {
      const found = await bring();
      if (!found) return standAside(this, 'there is none');
      tools = found;
    });
    const source = (size: string) =>
      make(
        ...['joined.mov', ...picture('24000/1001', 1, size), ...tone(48000, 1), '-c:v', 'mpeg4', '-q:v', '2'],
        ...['-vf', 'setsar=16/15', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'],
        ...['-c:a', 'pcm_s16le', '-metadata', 'title=a title', '-metadata:s:v:0', 'language=deu'],
        ...['-timecode', '01:00:00:00'],
      );
    const both = async (name: string, journey: Omit<Journey, 'every' | 'tools'>) => {
      const input = await source(journey.codec === 'dnxhr' ? '256x120' : '64x64'); // DNxHR and AV1 take no less
      const parts = await convert(input, `parts-${name}`, { ...journey, tools });
      const one = await convert(input, `one-${name}`, { ...journey, every: inOnePart, tools });
      return [parts.path, one.path] as const;
    };
    const same = (name: string, journey: Omit<Journey, 'every' | 'tools'>) =>
      it(`${journey.codec} at ${journey.fps} in ${name}: the same file`, async () => {
        const [parts, one] = await both(name, journey);
        assert.ok(readFileSync(parts).equals(readFileSync(one)));
      });
    same('p.mov', { fps: '60', codec: 'prores' });
    same('d.mkv', { fps: '60', codec: 'dnxhr' });
    same('g.mkv', { fps: '60000/1001', codec: 'ffv1', from: 5, count: 15 });
    if (all) {
      same('q.mov', { fps: '60000/1001', codec: 'prores', quality: 'best' });
      same('p.mkv', { fps: '60', codec: 'prores' });
      same('d.mov', { fps: '59.94', codec: 'dnxhr' });
      same('f.mkv', { fps: '60', codec: 'ffv1' });
    }

    /** Presentation ticks of all pictures, and what the stream says of itself. */
    const told = (file: string): string[] =>
      [
        ['-show_entries', 'packet=pts', '-select_streams', 'v:0'],
        [
          '-show_entries',
          'stream=time_base,r_frame_rate,nb_frames,color_space,color_range,sample_aspect_ratio,duration',
        ],
        ['-show_entries', 'stream_tags:format_tags=title,timecode'],
      ].map((what) =>
        execFileSync(tools.ffprobe.path, ['-v', 'error', ...what, '-of', 'csv=p=0', `file:${file}`], {
          encoding: 'utf8',
        })
          .trim()
          .split('\n')
          .sort((a, b) => Number(a) - Number(b))
          .join('\n'),
      );
    const alike = (name: string, journey: Omit<Journey, 'every' | 'tools'>) =>
      it(`${journey.codec} at ${journey.fps} in ${name}: the same ticks and tags`, async () => {
        const [parts, one] = await both(name, journey);
        assert.deepEqual(told(parts), told(one));
      });
    alike('h.mp4', { fps: '60', codec: 'h264' });
    alike('h.mkv', { fps: '50', codec: 'h264' });
    alike('e.mp4', { fps: '59.94', codec: 'hevc' });
    alike('a.mp4', { fps: '48', codec: 'av1', quality: 'draft', from: 0, count: 13 });
    if (all) {
      alike('i.mov', { fps: '60000/1001', codec: 'h264', quality: 'lossless' });
      alike('e.mkv', { fps: '50', codec: 'hevc' });
    }
  });
}

suite('of npm', npmTools, { all: true });
suite(
  'of the system, where it has one',
  async () => {
    const found = await findTools();
    return found.ffmpeg.path === (await npmTools()).ffmpeg.path ? null : found;
  },
  { all: false },
);
