// What a verb gets when a test runs it in its own process: one engine for all, no queue, no kept parts.

import type { OperationContext, Step } from '../../companion/operations/context.ts';
import { type Engine, openEngine } from '../../native/index.ts';

let engine: Engine | undefined;

export interface VerbContext extends OperationContext {
  readonly notes: string[];
  readonly steps: Step[];
}

/** A context of one run. `output` absolute. */
export function contextFor(
  inputs: readonly string[],
  output: string | undefined,
  more: Partial<Pick<OperationContext, 'force' | 'confined' | 'signal' | 'from' | 'ledger' | 'scratch'>> = {},
): VerbContext {
  const [notes, steps]: [string[], Step[]] = [[], []];
  return {
    ...{
      inputs,
      output,
      spared: inputs,
      force: false,
      from: process.cwd(),
      signal: new AbortController().signal,
      ...more,
    },
    get engine() {
      engine ??= openEngine({ threads: 2 });
      return engine;
    },
    ...{ notes, steps },
    progress: (step) => void steps.push(step),
    note: (text) => void notes.push(text),
    claim: () => {},
    seal: () => async () => {},
  };
}

after(() => {
  engine?.dispose();
  engine = undefined;
});
