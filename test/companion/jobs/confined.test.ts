// Paths that were real must stay so: a link put in the way of an input or of the output is refused, before the work and before its result gets a name.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demandInPlace } from '../../../companion/jobs/confined.ts';
import type { Jobs } from '../../../companion/jobs/jobs.ts';
import { treeOf } from '../../support/journey.ts';
import { type Bench, openBench, orderOf, rendered, until } from '../../support/queue.ts';
import { standAside } from '../../support/stand-aside.ts';

describe('confined jobs', () => {
  let folder: string;
  before(function () {
    if (process.platform === 'win32') standAside(this, 'links need a right of their own on Windows');
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-confined-')));
    mkdirSync(path.join(folder, 'in'));
    mkdirSync(path.join(folder, 'secret'));
    for (const name of ['in/a.mov', 'secret/a.mov']) writeFileSync(path.join(folder, name), name);
    symlinkSync(path.join(folder, 'secret'), path.join(folder, 'link'));
    symlinkSync(path.join(folder, 'secret', 'a.mov'), path.join(folder, 'in', 'b.mov'));
    symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'in', 'c.mov'));
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => path.join(folder, name);

  const allowed = (what: string, input: string, output: string | null = null) =>
    it(`${what}: in place`, () => demandInPlace([at(input)], output && at(output)));
  const refused = (what: string, input: string, output: string | null = null) =>
    it(`${what}: refused`, () =>
      assert.throws(() => demandInPlace([at(input)], output && at(output)), /a link has been put in its way/));
  allowed('a file', 'in/a.mov');
  allowed('a file that is gone', 'in/none.mov');
  allowed('an output to be', 'in/a.mov', 'in/out.mov');
  allowed('a folder for the output', 'in/a.mov', 'in/');
  refused('a file behind a link', 'link/a.mov');
  refused('a link to a file', 'in/b.mov');
  refused('an output behind a link', 'in/a.mov', 'link/out.mov');
  refused('a folder that is a link', 'in/a.mov', 'link/');
  refused('a link to nothing', 'in/c.mov');
  allowed('a path below a file', 'in/a.mov', 'in/a.mov/out.mov');

  describe('in the queue', () => {
    let bench: Bench;
    beforeEach(() => {
      bench = openBench();
    });
    afterEach(() => bench.clear());
    /** The folder of the clips becomes a link to another with the same files. */
    const swap = (): string => {
      const aside = path.join(bench.home, 'aside');
      renameSync(bench.clips, aside);
      symlinkSync(aside, bench.clips);
      return aside;
    };
    const asked = (jobs: Jobs): string => {
      const script = bench.script('a.json', { frames: 200, frameMs: 10 });
      return jobs.submit(orderOf(realpathSync(script), { confined: true })).id;
    };
    const refusedThere = async (jobs: Jobs, id: string, aside: string): Promise<void> => {
      await jobs.idle();
      const { job } = jobs.get(id);
      assert.equal(job.state === 'failed' && job.error.code, 'PATH_REFUSED', JSON.stringify(job));
      assert.deepEqual(treeOf(aside), ['a.json']);
    };
    it('swapped before it starts', async () => {
      const waiting = bench.open({ atOnce: 0 });
      const id = asked(waiting);
      await waiting.close();
      const aside = swap();
      await refusedThere(bench.open(), id, aside);
    });
    it('swapped while it works', async () => {
      const jobs = bench.open();
      const id = asked(jobs);
      await until(jobs, id, rendered(3));
      await refusedThere(jobs, id, swap());
    });
  });
});
