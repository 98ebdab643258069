// A verb without daemon, queue and kept parts, in a process of its own: what `npm run bench -- daemon` compares the daemon with. Arguments: input, output,
// parameters as JSON. Prints each phase with its first step.
import { writeSync } from 'node:fs';
import { parseParams } from '../../companion/api/operation.ts';
import { interpolate } from '../../companion/operations/interpolate.ts';
import { type Engine, openEngine } from '../../native/index.ts';

const [input, output, text] = process.argv.slice(2) as [string, string, string];
let engine: Engine | undefined;
let phase = '';
await interpolate.run(parseParams(interpolate.params, JSON.parse(text)), {
  inputs: [input],
  spared: [input],
  output,
  force: false,
  from: process.cwd(),
  get engine() {
    engine ??= openEngine();
    return engine;
  },
  signal: new AbortController().signal,
  progress: (step) => {
    if (step.phase !== phase) writeSync(1, `${step.phase}\n`);
    phase = step.phase;
  },
  note: () => {},
  claim: () => {},
  seal: () => async () => {},
});
engine?.dispose();
writeSync(1, 'done\n');
