// A worker's sign of life, from a thread of its own: neither a busy loop nor a slow disk stops it, only the end of the process.
import { Worker } from 'node:worker_threads';

/** The worker's end of the pipe that carries it. */
export const pulseFile = 4;
/** A sign this often. Milliseconds. */
export const pulseMs = 2000;
/** With nobody to hear it any more, a worker whose loop does not come round ends after this many more signs, and what it started with it. */
const lonelyBeats = 5;

const thread = `
  const { writeSync } = require('node:fs');
  const { workerData } = require('node:worker_threads');
  let unheard = 0;
  const beat = () => {
    try {
      writeSync(workerData.file, '.');
      unheard = 0;
    } catch (error) {
      if (error.code !== 'EAGAIN' && ++unheard > workerData.lonelyBeats)
        process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
    }
  };
  beat();
  setInterval(beat, workerData.pulseMs);
`;

/** Starts it. The process must lead a group of its own. */
export function startPulse(): void {
  new Worker(thread, { eval: true, workerData: { file: pulseFile, pulseMs, lonelyBeats } }).unref();
}
