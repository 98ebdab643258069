// Adds jobs to the queue in the folder of its argument as fast as it can, and says the number of each once it is acknowledged.
import { writeSync } from 'node:fs';
import { systemClock } from '../../companion/jobs/clock.ts';
import { openDatabase } from '../../companion/jobs/store/database.ts';
import { Store } from '../../companion/jobs/store/store.ts';
import { orderOf } from './queue.ts';

const store = new Store(openDatabase(process.argv[2]!, systemClock).db);
for (let n = store.count('all'); ; n++) {
  const id = `j${String(n).padStart(20, '0')}`;
  store.add({ id, work: id, ask: id, order: orderOf(`/clips/${n}`), inputs: [], now: n });
  writeSync(1, `${id}\n`);
}
