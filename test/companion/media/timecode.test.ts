// SMPTE timecode: labels, drop frame, and carrying a start to another rate.
import assert from 'node:assert/strict';
import { Rational } from '../../../companion/media/rational.ts';
import { advanceTimecode, carryTimecode, formatTimecode, parseTimecode } from '../../../companion/media/timecode.ts';

const rate = (text: string) => Rational.parse(text);

describe('timecode', () => {
  describe('parse and format', () => {
    // Frame numbers from SMPTE ST 12-1: 1800 frames a minute, less 2 in each minute that is not a tenth (107 892 an hour); doubled at 59.94.
    const check = (text: string, at: string, frames: number) =>
      it(`${text} at ${at} is frame ${frames}`, () => {
        const parsed = parseTimecode(text, rate(at));
        assert.equal(parsed.frames, frames);
        assert.equal(formatTimecode(frames, rate(at), parsed.dropFrame), text);
      });
    check('00:00:00:00', '24', 0);
    check('01:00:00:00', '24', 86400);
    check('01:00:00:00', '23.976', 86400);
    check('00:00:59;29', '29.97', 1799);
    check('00:01:00;02', '29.97', 1800);
    check('00:10:00;00', '29.97', 17982);
    check('01:00:00;00', '29.97', 107892);
    check('00:01:00;04', '59.94', 3600);
    check('01:00:00;00', '59.94', 215784);
    check('01:00:00:00', '29.97', 108000);
  });

  describe('refusals', () => {
    const check = (text: string, at: string) =>
      it(`${text} at ${at}`, () => assert.throws(() => parseTimecode(text, rate(at)), /timecode/));
    check('00:01:00;00', '29.97');
    check('00:01:00;03', '59.94');
    check('00:00:00:24', '24');
    check('00:00:00;00', '24');
    check('1:2:3', '24');
  });

  describe('carried to another rate', () => {
    const check = (text: string, from: string, to: string, expected: string) =>
      it(`${text}: ${from} to ${to}`, () => {
        const carried = carryTimecode({ text, dropFrame: text.includes(';') }, rate(from), rate(to));
        assert.deepEqual(carried, { text: expected, dropFrame: expected.includes(';') });
      });
    check('01:00:00:00', '24', '60', '01:00:00:00');
    check('01:00:00:12', '24', '60', '01:00:00:30');
    check('10:11:12;15', '29.97', '59.94', '10:11:12;30');
    check('00:01:00;02', '29.97', '59.94', '00:01:00;04');
    check('10:11:12;15', '29.97', '60', '10:11:12:30');
    check('23:59:59:23', '23.976', '59.94', '23:59:59:57');
  });

  it('advances by frames', () => {
    assert.equal(advanceTimecode({ text: '00:00:59;29', dropFrame: true }, rate('29.97'), 1).text, '00:01:00;02');
    assert.equal(advanceTimecode({ text: '23:59:59:23', dropFrame: false }, rate('24'), 1).text, '00:00:00:00');
  });
});
