// The output law on generated clips and on the published sample positions.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Conversion, frameCount, positions } from '../../../companion/media/law.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { durationOf, sliceTiming, type Timing } from '../../../companion/media/timing.ts';
import { standAside } from '../../support/stand-aside.ts';

const rate = (text: string) => Rational.parse(text);
const constant = (text: string, frames: number): Timing => ({
  kind: 'constant',
  rate: rate(text),
  frames,
  start: Rational.ZERO,
});
const variable = (ticks: number[], end: number): Timing => ({
  kind: 'variable',
  ticks: BigInt64Array.from(ticks, BigInt),
  timeBase: new Rational(1, 1000),
  frames: ticks.length,
  endTick: BigInt(end),
  start: Rational.ZERO,
});
const to = (text: string, speed = '1'): Conversion => ({ rate: rate(text), speed: Rational.parse(speed) });

describe('the output law', () => {
  describe('frameCount', () => {
    const check = (source: string, frames: number, target: string, speed: string, expected: number) =>
      it(`${frames} frames at ${source} to ${target}, speed ${speed}: ${expected}`, () =>
        assert.equal(frameCount(constant(source, frames), to(target, speed)), expected));
    check('24', 24, '60', '1', 60);
    check('24000/1001', 2, '60', '1', 6); // ⌈2 · 1001/400⌉ = ⌈5.005⌉
    check('24000/1001', 400, '60', '1', 1001);
    check('25', 1, '50', '1', 2);
    check('30', 30, '24', '1', 24);
    check('24', 24, '24', '0.4', 60);
    check('60', 60, '60', '2', 30);
    check('29.97', 30, '60', '1', 61); // 30 · 1001/500 = 60.06
  });

  describe('positions of stamps', () => {
    const check = (ticks: number[], end: number, conversion: Conversion, expected: string) =>
      it(`${ticks} … ${end}`, () =>
        assert.equal(
          [...positions(variable(ticks, end), conversion)].map((p) => `${p.index}+${p.phase}`).join(' '),
          expected,
        ));
    check([0, 100, 150], 200, to('20'), '0+0 0+1/2 1+0 2+0');
    check([0, 40], 100, to('50'), '0+0 0+1/2 1+0 1+0 1+0');
    check([0, 100, 400], 500, to('10'), '0+0 1+0 1+1/3 1+2/3 2+0');
  });

  const rates = fc.oneof(
    fc
      .constantFrom('24000/1001', '24', '25', '30000/1001', '30', '48', '50', '60000/1001', '60', '120', '25/2', '15')
      .map(rate),
    fc
      .tuple(fc.integer({ min: 1, max: 240_000 }), fc.integer({ min: 1, max: 2002 }))
      .map(([n, d]) => new Rational(n, d)),
  );
  const speeds = fc.oneof(
    fc.constant(Rational.ONE),
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })).map(([n, d]) => new Rational(n, d)),
  );

  it('holds for 600 generated clips of constant rate', () => {
    let cases = 0;
    fc.assert(
      fc.property(rates, rates, fc.integer({ min: 1, max: 60 }), speeds, (source, target, frames, speed) => {
        const step = source.mul(speed).div(target);
        fc.pre(new Rational(frames).div(step).compare(new Rational(20_000)) < 0);
        cases++;
        const clip: Timing = { kind: 'constant', rate: source, frames, start: Rational.ZERO };
        const conversion = { rate: target, speed };
        const count = frameCount(clip, conversion);
        const shown = [...positions(clip, conversion)];
        assert.equal(shown.length, count);
        // never shorter than the source, at most one output frame longer
        const excess = new Rational(count).div(target).sub(durationOf(clip).div(speed));
        assert.ok(excess.sign >= 0 && excess.compare(Rational.ONE.div(target)) < 0);
        assert.deepEqual([shown[0]!.index, shown[0]!.phase.sign], [0, 0]);
        if (step.compare(Rational.ONE) <= 0) assert.equal(shown.at(-1)!.index, frames - 1);
        const period = Number(step.den);
        let before = new Rational(-1);
        for (const [i, { index, phase }] of shown.entries()) {
          const at = new Rational(index).add(phase);
          const ideal = step.mul(new Rational(i));
          assert.ok(at.equals(ideal) || (at.equals(new Rational(frames - 1)) && ideal.compare(at) > 0));
          assert.ok(at.compare(before) >= 0 && phase.sign >= 0 && phase.compare(Rational.ONE) < 0);
          if (i % period === 0) assert.equal(phase.sign, 0);
          else if (ideal.compare(new Rational(frames - 1)) < 0) assert.notEqual(phase.sign, 0);
          before = at;
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(cases >= 500);
  });

  it('holds for 200 generated clips of variable rate', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(steps, rates, speeds, (lengths, target, speed) => {
        const ends = lengths.map(
          (
            (sum) => (length: number) =>
              (sum += length)
          )(0),
        );
        const clip = variable([0, ...ends.slice(0, -1)], ends.at(-1)!);
        fc.pre(durationOf(clip).mul(target).div(speed).compare(new Rational(5000)) < 0);
        const conversion = { rate: target, speed };
        const shown = [...positions(clip, conversion)];
        assert.equal(shown.length, frameCount(clip, conversion));
        for (const [i, { index, phase }] of shown.entries()) {
          const instant = new Rational(i).mul(speed).div(target).mul(new Rational(1000));
          const stamp = new Rational(index === 0 ? 0 : ends[index - 1]!);
          if (index === lengths.length - 1) assert.ok(phase.sign === 0 && instant.compare(stamp) >= 0);
          else assert.ok(stamp.add(phase.mul(new Rational(lengths[index]!))).equals(instant));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('drifts by nothing over two hours from 23.976 to 60', () => {
    const frames = (7200 * 24000) / 1000; // 2 h of media time at 24000/1001 is 172 627.4 frames; take whole periods of 400
    const clip = constant('24000/1001', frames - (frames % 400));
    const conversion = to('60');
    const count = frameCount(clip, conversion);
    assert.equal(count, ((frames - (frames % 400)) / 400) * 1001);
    const { index, phase } = [...positions(clip, conversion)].at(-1001)!;
    assert.deepEqual([index, phase.sign], [frames - (frames % 400) - 400, 0]);
  });

  it('refuses a rate or a speed of 0', () => {
    assert.throws(() => frameCount(constant('24', 2), { rate: Rational.ZERO, speed: Rational.ONE }), /fps/);
    assert.throws(() => frameCount(constant('24', 2), { rate: Rational.ONE, speed: Rational.ZERO }), /speed/);
  });

  it('slices stamps', () => {
    const cut = sliceTiming(variable([0, 100, 150, 400], 500), 1, 2);
    assert.ok(cut.kind === 'variable');
    assert.deepEqual([[...cut.ticks], cut.endTick, cut.start.toString()], [[0n, 50n], 300n, '1/10']);
  });

  it('agrees with the published sample positions', function () {
    const file = new URL('../../../../shared/otio/vectors/gapfill/sample_positions.json', import.meta.url);
    if (!existsSync(file)) standAside(this, 'the vectors of ../shared are not here');
    type Case = {
      in: {
        track_rate: [number, number];
        source_rate: [number, number];
        speed: [number, number];
        source_start_frame: number;
        frames: number;
      };
      out: { positions: [number, number, number][]; period: number };
    };
    let checked = 0;
    for (const { in: given, out } of (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases) {
      if (given.speed[0] < 0) continue; // playing backwards is not this law's
      const conversion = { rate: new Rational(...given.track_rate), speed: new Rational(...given.speed) };
      const clip: Timing = {
        kind: 'constant',
        rate: new Rational(...given.source_rate),
        frames: 4000,
        start: Rational.ZERO,
      };
      const shown = [...positions(clip, conversion)];
      for (const [i, num, den] of out.positions) {
        const { index, phase } = shown[i]!;
        assert.equal(
          new Rational(index + given.source_start_frame).add(phase).toString(),
          new Rational(num, den).toString(),
        );
        checked++;
      }
      assert.equal(
        shown.findIndex(({ phase }, i) => i > 0 && phase.sign === 0),
        out.period,
      );
    }
    assert.ok(checked > 50);
  });
});
