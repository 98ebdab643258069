// The frame law of keyframes: how many frames there are, which of them show a still itself, and how far between two stills the others are.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompanionError } from '../../../../companion/api/errors.ts';
import { Rational } from '../../../../companion/media/rational.ts';
import {
  firstLabel,
  frameCount,
  framesBetween,
  keysOf,
  moments,
  timesOf,
} from '../../../../companion/operations/keyframes/schedule.ts';

const refused = (work: () => unknown, message: RegExp): void => {
  assert.throws(
    work,
    (error) => error instanceof CompanionError && error.code === 'PARAM_INVALID' && message.test(error.message),
  );
};
const film = new Rational(24);
const ntsc = new Rational(30000, 1001);

describe('timesOf', () => {
  const check = (text: string, rate: Rational, expected: number[]) =>
    it(`${text} at ${rate}`, () => assert.deepEqual(timesOf(text, rate, expected.length), expected));
  check('0,24,60', film, [0, 24, 60]);
  check(' 10 , 34', film, [0, 24]);
  check('0s,1.5s,4s', film, [0, 36, 96]);
  check('0,0.5', film, [0, 12]);
  check('0s,1s,2s', ntsc, [0, 30, 60]);
  check('0s,10s,100s', ntsc, [0, 300, 2997]);
  check('01:00:00:00,01:00:01:12', film, [0, 36]);
  check('00:00:59;29,00:01:00;02', ntsc, [0, 1]);
  check('0,1s,00:00:02:00', film, [0, 24, 48]);

  const wrong = (text: string, stills: number, message: RegExp) =>
    it(`refuses ${text}`, () => refused(() => timesOf(text, film, stills), message));
  wrong('0,24', 3, /times must be 3 points in time, one for each still \(and there are 2\)/);
  wrong('0,24,60,80', 3, /and there are 4/);
  wrong('0,60,24', 3, /number 3 is not after number 2/);
  wrong('0,0', 2, /number 2 is not after number 1/);
  wrong('0s,0.01s', 2, /rise by a frame at least/);
  wrong('0,b', 2, /points such as 0,24,60/);
  wrong('', 2, /points such as/);
  wrong('0,-5', 2, /points such as/);
  wrong('0,', 2, /points such as/);
  wrong('00:00:00:00,00:00:00:24', 2, /frames below 24/);

  it('takes the first timecode for a label, and nothing else', () => {
    assert.equal(firstLabel('01:00:00:00,01:00:01:12'), '01:00:00:00');
    assert.equal(firstLabel('0,24'), null);
  });
});

describe('keysOf and moments', () => {
  /** One letter for each still; digits are tenths of the way, made. */
  const drawn = (times: readonly number[], holds: readonly number[]): string =>
    [...moments(keysOf(times, holds))]
      .map((moment) => ('key' in moment ? 'ABCDEF'[moment.key] : String(Math.floor(moment.phase.toNumber() * 10))))
      .join('');
  const check = (times: number[], holds: number[], expected: string) =>
    it(`${times} held ${holds}`, () => assert.equal(drawn(times, holds), expected));
  check([0, 4, 8], [0, 0, 0], 'A257B257C');
  check([0, 4, 8], [1, 1, 1], 'AA36BB5CC');
  check([0, 1, 2], [0, 0, 0], 'ABC');
  check([0, 5], [0, 0], 'A2468B');
  check([0, 5], [2, 0], 'AAA36B');
  check([0, 5], [0, 2], 'A36BBB');
  check([0, 5], [4, 0], 'AAAAAB');
  check([0, 5], [2, 2], 'AAABBB');
  check([0, 2, 10], [0, 3, 0], 'A5BBBB2468C');

  const wrong = (times: number[], holds: number[], message: RegExp) =>
    it(`refuses ${times} held ${holds}`, () => refused(() => keysOf(times, holds), message));
  wrong(
    [0, 5],
    [5, 0],
    /keyframe 1 has left before keyframe 2 stands \(they are 5 frames apart, .* early\), but was "5,0"/,
  );
  wrong([0, 5], [3, 2], /but was "3,2"/);
  wrong([0, 8, 12], [4, 4, 4], /keyframe 2 .* keyframe 3 .* 4 frames apart.* but was 4/);
  wrong([0, 4, 8], [4, 0, 0], /keyframe 1 .* keyframe 2/);

  it('holds for any times and holds', () => {
    const span = fc.record({ length: fc.integer({ min: 1, max: 60 }), hold: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 8 }), fc.nat(100), (spans, lastHold) => {
        let end = 0;
        const times = [0, ...spans.map(({ length }) => (end += length))];
        const holds = spans.map(({ length, hold }) => hold % length);
        holds.push(lastHold % (spans.at(-1)!.length - holds.at(-1)!));
        const keys = keysOf(times, holds);
        const all = [...moments(keys)];
        // last − first + 1 frames
        assert.equal(all.length, times.at(-1)! + 1);
        assert.equal(frameCount(keys), all.length);
        // each still is shown at its time, and as long as it is held
        for (const [key, time] of times.entries()) {
          assert.deepEqual(all[time], { key });
          assert.equal(all.filter((moment) => 'key' in moment && moment.key === key).length, holds[key]! + 1);
        }
        for (let i = 0; i < spans.length; i++) {
          const between = all.filter((moment) => 'span' in moment && moment.span === i);
          assert.equal(between.length, framesBetween(keys, i));
        }
        // in order, in even steps
        const places = all.map((moment) =>
          'key' in moment ? new Rational(moment.key) : moment.phase.add(new Rational(moment.span)),
        );
        for (let i = 1; i < places.length; i++) assert.ok(places[i]!.compare(places[i - 1]!) >= 0);
        for (let i = 2; i < all.length; i++) {
          const three = [all[i - 2]!, all[i - 1]!, all[i]!];
          if (three.every((moment) => 'span' in moment))
            assert.ok(places[i]!.sub(places[i - 1]!).equals(places[i - 1]!.sub(places[i - 2]!)));
        }
      }),
    );
  });
});
