// Compiles the command and its worker at installation, into build/. cli/inbetween.mjs takes them while every source is where and as it was then.
import { chmodSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, root } from './compile.ts';

const folder = fileURLToPath(new URL('./build', import.meta.url));
const fresh = mkdtempSync(`${folder}-`);
try {
  const sources = await compile(fresh, { main: 'companion/cli/main.ts', worker: 'companion/jobs/worker.ts' });
  const stamps = sources.map((source) => {
    const { size, mtimeMs } = statSync(path.join(root, source));
    return [source, size, mtimeMs];
  });
  writeFileSync(path.join(fresh, 'sources.json'), JSON.stringify({ root, sources: stamps }));
  chmodSync(fresh, 0o755); // for everyone who may use the command
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  process.stderr.write(`The command was not compiled (${error}): it works, and starts more slowly.\n`);
}
