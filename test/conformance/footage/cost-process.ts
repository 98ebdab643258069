// Runs in a process of its own: WIDTH HEIGHT EFFORT PAIRS; creates one frame of each pair of a moving picture and prints a Cost as JSON.
import { openEngine } from '../../../native/index.ts';
import { openScene } from '../../fixtures/scene.ts';
import { median } from '../../support/oracle.ts';
import { peakResidentBytes, residentBytes } from '../../support/process-memory.ts';
import type { Cost } from './cost.ts';
import { DEFAULTS } from './ours.ts';

const [width, height, effort, pairs] = [
  Number(process.argv[2]),
  Number(process.argv[3]),
  process.argv[4] as Cost['effort'],
  Number(process.argv[5]),
];
const frames = ((): Uint8Array[] => {
  const scene = openScene({ width, height });
  return Array.from({ length: 6 }, (_, i) => scene.frameAt(0.4 + i / 24));
})();
/** The frames to and fro, so that every pair follows the one before as in a clip. */
const walk = (at: number): Uint8Array => frames[5 - Math.abs(5 - ((at + 10) % 10))]!;
const out = new Uint8Array(frames[0]!.length);
globalThis.gc?.();

using engine = openEngine({ threads: 2 });
const before = residentBytes(process.pid);
const highBefore = peakResidentBytes(process.pid);
using interpolator = engine.interpolator(
  { width, height, layout: 'yuv420', depth: 8, alpha: false },
  { ...DEFAULTS, effort },
);
const times: number[] = [];
let [most, half] = [0, 0];
for (let i = 0; i < pairs; i++) {
  const start = performance.now();
  const beyond = (at: number) => ({ picture: walk(at), span: 1 });
  await interpolator.load(walk(i), walk(i + 1), { before: beyond(i - 1), after: beyond(i + 2) });
  await interpolator.render(0.5, out);
  times.push(performance.now() - start);
  most = Math.max(most, residentBytes(process.pid));
  if (i === pairs >> 1) half = residentBytes(process.pid);
}
const high = peakResidentBytes(process.pid);
const cost: Cost = {
  effort,
  ms: median(times),
  growth: Math.max(most, high > highBefore ? high : 0) - before,
  half: half - before,
  end: residentBytes(process.pid) - before,
};
console.log(JSON.stringify(cost));
