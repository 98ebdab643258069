// The daemon and its workers killed at random moments of real jobs: a short form of `npm run test:kill`.
import assert from 'node:assert/strict';
import { killLoop } from '../kill/loop.ts';
import { processesKnown } from '../support/journey.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { standAside } from '../support/stand-aside.ts';

describe('journeys: kill -9', function () {
  this.timeout(600_000);
  withNpmTools();

  it('every acknowledged job ends as if nobody had been killed', async function () {
    if (!processesKnown) standAside(this, 'this system does not list processes');
    const { wrong, jobs, attached, daemons, met } = await killLoop({ times: 6, seed: 20261122 });
    assert.deepEqual(wrong, []);
    assert.deepEqual([jobs, attached], [6, 2]);
    assert.ok(daemons > 0);
    console.log(
      `      while ${Object.entries(met)
        .flatMap(([phase, times]) => (times > 0 ? [phase] : []))
        .join(', ')}`,
    );
  });
});
