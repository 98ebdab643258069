// npm run test:kill -- [TIMES] [SEED]: the kill loop at length.
import { killLoop, meetings } from './loop.ts';

const [times = 200, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number);
if (![times, seed].every(Number.isSafeInteger) || times < 1) {
  console.error('usage: npm run test:kill -- [TIMES] [SEED]');
  process.exit(2);
}
console.log(`${times} kills, seed ${seed}`);
const from = performance.now();
const secondsEach = (kills: number): string => ((performance.now() - from) / 1000 / kills).toFixed(1);
const told = (kill: number): void => {
  if (kill % 10 === 0) console.log(`  ${kill}, ${secondsEach(kill)} s each`);
};
const { daemons, workers, met, jobs, attached, restarted, wrong } = await killLoop({ times, seed, told });
for (const what of wrong) console.log(`wrong: ${what}`);
console.log(`killed while: ${meetings.map((each) => `${each} ${met[each]}`).join(', ')}`);
console.log(
  `${daemons} daemons and ${workers} workers killed, ${secondsEach(times)} s each; ` +
    `${jobs} jobs, ${attached} of them of commands that stayed, ${restarted} started again`,
);
console.log(`${jobs - wrong.length} passed, ${wrong.length} failed`);
process.exitCode = wrong.length === 0 ? 0 : 1;
