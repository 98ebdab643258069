// The `inbetween` command with the fake engine in its worker: a process that tests may start, cancel and kill.
import { pathToFileURL } from 'node:url';
import { main } from '../../companion/cli/main.ts';
import { programFile } from './programs.ts';

process.exitCode = await main(process.argv.slice(2), { worker: pathToFileURL(programFile('fake-worker')) });
