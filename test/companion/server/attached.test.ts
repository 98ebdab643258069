// Jobs that ended with their guests in an earlier life of the daemon: kept while somebody follows them, cancelled when nobody comes.
import assert from 'node:assert/strict';
import { AttachedJobs } from '../../../companion/server/attached.ts';
import { FakeJobs } from '../../support/fake-jobs.ts';

describe('door: attached jobs of an earlier daemon', () => {
  const patience = { backMs: 20, firstMs: 20, startMs: 200 };
  const opened = () => {
    const jobs = new FakeJobs();
    const order = {
      verb: 'interpolate',
      params: {},
      output: null,
      force: false,
      spared: [],
      priority: 0,
      dryRun: false,
      confined: false,
    };
    const { id } = jobs.submit({ ...order, inputs: ['/a.mov'], attachedTo: 'g1' });
    return { jobs, id, attached: new AttachedJobs(jobs, patience) };
  };
  const gone = async (jobs: FakeJobs): Promise<void> => {
    while (!jobs.gone.includes('g1')) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2 * patience.startMs));

  it('end when nobody comes', async () => {
    const { jobs, id } = opened();
    await gone(jobs);
    assert.equal(jobs.get(id).job.state, 'cancelled');
    assert.deepEqual(jobs.back, []);
  });
  it('go on with whoever follows them', async () => {
    const { jobs, id, attached } = opened();
    attached.follow('s1', 'anybody', new Set([id]));
    await pause();
    assert.deepEqual([jobs.back[0], jobs.gone], [id, []]);
    attached.leave('s1', true);
    await gone(jobs);
  });
  it('outlive a socket that we let go for longer than one that died', async () => {
    const { jobs, id, attached } = opened();
    attached.follow('s1', 'anybody', new Set([id]));
    attached.leave('s1', false);
    await new Promise((resolve) => setTimeout(resolve, 2 * patience.backMs));
    attached.follow('s2', 'anybody', new Set([id]));
    await pause();
    assert.deepEqual(jobs.gone, []);
  });
  it('not with one who follows all jobs', async () => {
    const { jobs, attached } = opened();
    attached.follow('s1', 'anybody', new Set(['all']));
    await gone(jobs);
  });
});
