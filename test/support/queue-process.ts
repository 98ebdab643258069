// A daemon without a door: goes on with the queue of a bench, adds what is asked for, and says what was acknowledged and when nothing is left to do.
import { writeSync } from 'node:fs';
import { findFolders } from '../../companion/jobs/folders.ts';
import { openJobs } from '../../companion/jobs/queue.ts';
import { orderOf, scriptedWorker } from './queue.ts';
import { scripted } from './scripted.ts';

const [home, ...inputs] = process.argv.slice(2);
const jobs = openJobs({
  folders: findFolders({ INBETWEEN_HOME: home }),
  worker: scriptedWorker(),
  verbs: [scripted],
  atOnce: 2,
});
for (const input of inputs) writeSync(1, `${jobs.submit(orderOf(input)).id} ${input}\n`);
await jobs.idle();
await jobs.close();
writeSync(1, 'idle\n');
