// Compiles the programs that tests start over and over (programs.ts). Argument: the folder for NAME.mjs.
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { compile, root } from '../../companion/compile.ts';

const folder = process.argv[2]!;
symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
await compile(
  folder,
  {
    inbetween: 'test/support/inbetween.ts',
    worker: 'companion/jobs/worker.ts',
    'fake-inbetween': 'test/support/fake-inbetween.ts',
    'fake-worker': 'test/support/fake-worker.ts',
    'scripted-worker': 'test/support/scripted-worker.ts',
    'queue-process': 'test/support/queue-process.ts',
  },
  { 'process.env.INBETWEEN_PROGRAMS': JSON.stringify(folder) },
);
