// The `inbetween` command with the fake engine in its worker: a process that tests may start, cancel and kill.
import { main } from '../../companion/cli/main.ts';

process.exitCode = await main(process.argv.slice(2), { worker: new URL('./fake-worker.ts', import.meta.url) });
