// What a created 720p frame costs on two threads: time and memory of the engine alone, measured in a process of its own.
import { fileURLToPath } from 'node:url';
import { measure } from '../../support/command.ts';
import { typescriptLoader } from '../../support/typescript.ts';
import type { Judge } from '../suite.ts';

export interface Cost {
  readonly effort: 'best' | 'fast';
  /** Median milliseconds of a created frame: pair loaded, one phase rendered. */
  readonly ms: number;
  /** Resident bytes above those of the process with its pictures, at the worst, halfway and at the end. */
  readonly growth: number;
  readonly half: number;
  readonly end: number;
}

export async function engineCost(width: number, height: number, effort: Cost['effort'], pairs: number): Promise<Cost> {
  const program = fileURLToPath(new URL('./cost-process.ts', import.meta.url));
  const done = await measure(process.execPath, [
    '--expose-gc',
    '--import',
    typescriptLoader,
    program,
    String(width),
    String(height),
    effort,
    String(pairs),
  ]);
  if (done.code !== 0) throw new Error(`the cost measurement ended with ${done.code}: ${done.stderr.slice(-600)}`);
  return JSON.parse(done.stdout.toString()) as Cost;
}

export async function costBars(judge: Judge): Promise<void> {
  // the middle of five: a shared machine slows down for seconds at a time
  const runs: Cost[] = [];
  for (let i = 0; i < 5; i++) runs.push(await engineCost(1280, 720, 'best', 24));
  const best = runs.toSorted((a, b) => a.ms - b.ms)[2]!;
  const fast = await engineCost(1280, 720, 'fast', 24);
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
  judge.decide(
    'CPU at 720p, engine alone, 2 threads',
    best.ms <= 120,
    `${best.ms.toFixed(0)} ms a created frame, of ${runs.map(({ ms }) => ms.toFixed(0)).join(', ')}; wanted ≤ 120`,
  );
  judge.stretch('CPU at 720p', best.ms <= 50, `${best.ms.toFixed(0)} ms; wanted ≤ 50`);
  judge.stretch('fast mode at 720p', fast.ms <= 25, `${fast.ms.toFixed(0)} ms; wanted ≤ 25`);
  judge.decide('memory at 720p', best.growth <= 325e6, `grows by ${mb(best.growth)} MB; wanted ≤ 325`);
  judge.stretch('memory at 720p', best.growth <= 200e6, `grows by ${mb(best.growth)} MB; wanted ≤ 200`);
  judge.decide(
    'memory flat over time',
    best.end - best.half <= 16e6,
    `${mb(best.half)} MB halfway, ${mb(best.end)} MB at the end; wanted within 16`,
  );
}
