// The `inbetween` command as inbetween.mjs starts it, for compile.ts: here and in its worker nothing is left to compile.
import { pathToFileURL } from 'node:url';
import { main } from '../../companion/cli/main.ts';
import { programFile } from './programs.ts';

process.exitCode = await main(process.argv.slice(2), { worker: pathToFileURL(programFile('worker')) });
