// What a command line with several files becomes: jobs that know of each other's originals.
import assert from 'node:assert/strict';
import type { Operation } from '../../../companion/api/operation.ts';
import { jobsFor } from '../../../companion/cli/requests.ts';
import { compare } from '../../../companion/operations/compare.ts';
import { interpolate } from '../../../companion/operations/interpolate.ts';
import { keyframes } from '../../../companion/operations/keyframes.ts';

describe('jobsFor', () => {
  it('spares every file of the command line in every job', () => {
    const files = ['a.mov', 'a.60fps.mov'];
    const jobs = jobsFor(interpolate, files, {}, { force: true });
    assert.deepEqual(
      jobs.map(({ inputs, place }) => [inputs, place.spared]),
      [
        [['a.mov'], files],
        [['a.60fps.mov'], files],
      ],
    );
  });

  const check = (verb: Operation, files: string, expected: string[] | RegExp) =>
    it(`${verb.name} of ${files || 'nothing'}`, () => {
      const jobs = (): string[] =>
        jobsFor(verb, files === '' ? [] : files.split(' '), {}, {}).map(({ inputs }) => inputs.join(' '));
      if (expected instanceof RegExp) assert.throws(jobs, expected);
      else assert.deepEqual(jobs(), expected);
    });
  check(interpolate, 'a b', ['a', 'b']);
  check(compare, 'a b c d', ['a b', 'c d']);
  check(compare, 'a b c', /compare takes 2 files, but got 3/);
  check(keyframes, 'a b', ['a b']);
  check(keyframes, 'c b a', ['c b a']);
  check(keyframes, 'a', /keyframes takes 2 files or more, but got 1/);
  check(keyframes, '', /keyframes takes 2 files or more, but got 0/);
});
