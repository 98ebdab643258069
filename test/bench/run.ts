// npm run bench -- NAME [options of that bench]: runs test/bench/NAME.ts and says on what it ran.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openEngine } from '../../native/index.ts';

/** A benchmark: prints its figures; `args` are what stands after its name. */
export interface Bench {
  /** One sentence. */
  readonly about: string;
  run(args: readonly string[]): Promise<void>;
}

const here = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(here)
  .flatMap((file) => (/^(?!run\.)[\w-]+\.ts$/.test(file) ? [file.slice(0, -3)] : []))
  .sort();

/** Processor, cores, CPU level of the engine, commit. */
function device(): string {
  using engine = openEngine();
  const commit = (() => {
    try {
      const dirty =
        execFileSync('git', ['status', '--porcelain'], { cwd: here, encoding: 'utf8' }).trim() === ''
          ? ''
          : ', changed since';
      return (
        execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
          cwd: here,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        }).trim() + dirty
      );
    } catch {
      return 'none';
    }
  })();
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${engine.level}, Node ${process.version}, commit ${commit}`;
}

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || !names.includes(name)) {
    console.error(`usage: npm run bench -- ${names.join('|')} [options]`);
    process.exitCode = 2;
    return;
  }
  const { bench } = (await import(pathToFileURL(join(here, `${name}.ts`)).href)) as { bench: Bench };
  console.log(`${name}: ${bench.about}`);
  console.log(`${device()}\n`);
  await bench.run(args);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
