// What a command line with several files becomes: jobs that know of each other's originals.
import assert from 'node:assert/strict';
import { jobsFor } from '../../../companion/cli/requests.ts';
import { interpolate } from '../../../companion/operations/interpolate.ts';

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
});
