// npm run test:kill -- [TIMES] [SEED]: the kill loop at length.
import { killLoop } from './loop.ts';

const [times = 200, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number);
if (![times, seed].every(Number.isSafeInteger) || times < 1) {
  console.error('usage: npm run test:kill -- [TIMES] [SEED]');
  process.exit(2);
}
console.log(`${times} kills, seed ${seed}`);
const told = (kill: number): void => {
  if (kill % 10 === 0) console.log(`  ${kill}`);
};
const { daemons, workers, jobs, restarted, wrong } = await killLoop({ times, seed, told });
for (const what of wrong) console.log(`wrong: ${what}`);
console.log(`${daemons} daemons and ${workers} workers killed; ${jobs} jobs, ${restarted} of them started again`);
console.log(`${jobs - wrong.length} passed, ${wrong.length} failed`);
process.exitCode = wrong.length === 0 ? 0 : 1;
