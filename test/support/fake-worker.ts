// A worker with the fake engine. INBETWEEN_FAKE_MS slows it down; INBETWEEN_FAKE_CRASH ends it with a signal at that render; INBETWEEN_FAKE_HOLD names a file:
// while that says `PHASE DONE`, a job that has come so far in that phase stands still there, whole process and all, and a file `….held` says so.
import { readFileSync, writeFileSync } from 'node:fs';
import { serve } from '../../companion/jobs/serve.ts';
import type { AnyOperation, OperationContext, Step } from '../../companion/operations/context.ts';
import { operations } from '../../companion/operations/index.ts';
import { openFakeEngine } from './fake-engine.ts';

const crashAt = Number(process.env.INBETWEEN_FAKE_CRASH ?? 0);
const holdFile = process.env.INBETWEEN_FAKE_HOLD;
let renders = 0;

function isHeld(file: string, { phase, done }: Step): boolean {
  try {
    const [held, from] = readFileSync(file, 'utf8').split(' ');
    return held === phase && done >= Number(from);
  } catch {
    return false;
  }
}

const holding = (file: string, operation: AnyOperation): AnyOperation => ({
  ...operation,
  run: (params: never, context: OperationContext) => {
    const progress = (step: Step): void => {
      context.progress(step);
      if (!isHeld(file, step)) return;
      writeFileSync(`${file}.held`, step.phase);
      while (isHeld(file, step)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    };
    return operation.run(params, Object.create(context, { progress: { value: progress } }));
  },
});

serve(
  () =>
    openFakeEngine({
      delayMs: Number(process.env.INBETWEEN_FAKE_MS ?? 0),
      onRender: () => {
        if (++renders === crashAt) process.kill(process.pid, 'SIGSEGV');
      },
    }),
  holdFile === undefined ? undefined : operations.map((operation) => holding(holdFile, operation)),
);
