// A job verifies what it made, says how far it is, and leaves nothing behind when it is cancelled meanwhile.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../../../../companion/operations/context.ts';
import { interpolate } from '../../../../companion/operations/interpolate.ts';
import { openFakeEngine } from '../../../support/fake-engine.ts';
import { folder, make, picture } from '../../media/footage.ts';

describe('makeClip while it verifies', () => {
  const output = join(folder, 'made');
  const frames = 20;
  afterEach(() => rmSync(output, { recursive: true, force: true }));

  /** Makes stills of a clip; gives the steps of the verification. `seen` is called at each of them. */
  async function verified(seen: (step: Step, cancel: () => void) => void): Promise<Step[]> {
    const steps: Step[] = [];
    const abort = new AbortController();
    using engine = openFakeEngine();
    await interpolate.run(interpolate.params.parse({ fps: '50', codec: 'png' }), {
      inputs: [await make('made.mkv', ...picture('25', 0.4), '-c:v', 'ffv1')],
      output,
      spared: [],
      force: false,
      from: folder,
      engine,
      signal: abort.signal,
      progress: (step) => {
        if (step.phase !== 'verify') return;
        steps.push(step);
        seen(step, () => abort.abort());
      },
      note: () => {},
      claim: () => {},
      seal: () => async () => {},
    });
    return steps;
  }

  it('counts from nothing to all, picture by picture', async () => {
    const steps = await verified(() => {});
    const counts = steps.map(({ done }) => done);
    assert.deepEqual(counts, [...Array(frames + 1).keys(), frames]);
    assert.ok(steps.every(({ total, unit }) => total === frames && unit === 'frames'));
    assert.ok(existsSync(output));
  });

  it('is cancelled in the middle', async () => {
    await assert.rejects(
      verified(({ done }, cancel) => done === frames / 2 && cancel()),
      { name: 'AbortError' },
    );
    assert.ok(!existsSync(output) && !existsSync(`${output}.partial`));
  });
});
