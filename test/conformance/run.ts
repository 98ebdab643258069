// npm run conformance -- SUITE --data DIR [--fresh] [--only NAME[,NAME…]]: runs one suite over a folder and ends with "N passed, N failed".
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Judge, type Suite } from './suite.ts';

const here = dirname(fileURLToPath(import.meta.url));
const suites = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isFile() && !/^(run|suite)\.ts$|\.test\.ts$/.test(entry.name))
  .map((entry) => entry.name.slice(0, -'.ts'.length));

class Usage extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0 || !suites.includes(name))
    throw new Usage(`give one suite: ${suites.join(', ')}`);
  if (values.data === undefined) throw new Usage('give the folder of the data: --data DIR');
  const data = resolve(values.data);
  if (!existsSync(data) || !statSync(data).isDirectory()) throw new Usage(`there is no folder ${data}`);
  const { suite } = (await import(pathToFileURL(join(here, `${name}.ts`)).href)) as { suite: Suite };
  const judge = new Judge(console.log);
  judge.say(suite.about);
  try {
    await suite.run({ data, fresh: values.fresh, only: values.only.split(',').filter((part) => part !== '') }, judge);
  } catch (error) {
    judge.decide(
      'the suite runs to its end',
      false,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }
  if (judge.passed + judge.failed === 0)
    judge.decide('there is something to judge', false, 'no case was found in the folder');
  console.log(judge.summary);
  process.exitCode = judge.failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  console.error('usage: npm run conformance -- SUITE --data DIR [--fresh] [--only NAME[,NAME…]]');
  process.exitCode = 2;
});
