// The queue between two stages: bounded, in order, and honest about failure.
import assert from 'node:assert/strict';
import { Lane } from '../../../../companion/operations/interpolate/lane.ts';

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('Lane', () => {
  it('takes everything in order', async () => {
    const taken: number[] = [];
    const lane = new Lane<number>(2, async (item) => {
      await tick();
      taken.push(item);
    });
    for (let i = 0; i < 10; i++) await lane.put(i);
    await lane.empty();
    assert.deepEqual(taken, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('the giver waits when it is full', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const lane = new Lane<number>(2, () => gate);
    let put = 0;
    const giving = (async () => {
      for (; put < 6; put++) await lane.put(put);
    })();
    await tick();
    assert.equal(put, 2); // one is being taken, two wait
    open();
    await giving;
    await lane.empty();
  });

  it('fails from the failure on', async () => {
    const lane = new Lane<number>(1, async (item) => {
      if (item === 2) throw new Error('two');
    });
    await assert.rejects(async () => {
      for (let i = 0; i < 5; i++) await lane.put(i);
      await lane.empty();
    }, /two/);
    await assert.rejects(lane.put(9), /two/);
    await assert.rejects(lane.empty(), /two/);
  });

  it('is empty when nothing was put in', () => new Lane<number>(1, async () => {}).empty());
});
