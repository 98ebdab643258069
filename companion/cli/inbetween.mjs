#!/usr/bin/env node
// The `inbetween` command: as it was compiled at installation (build.ts), or where a source has changed since from the sources, which takes longer to start.
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`inbetween needs Node 20.19 or later; this is ${process.version}. Install a newer one.\n`);
  process.exit(4);
}

/** Whether what was compiled is of these sources, as they are. */
function isFresh() {
  try {
    const { root, sources } = JSON.parse(readFileSync(new URL('../build/sources.json', import.meta.url), 'utf8'));
    const isThere = ([source, size, time]) => {
      const now = statSync(`${root}${source}`);
      return now.size === size && now.mtimeMs === time;
    };
    return root === fileURLToPath(new URL('../../', import.meta.url)) && sources.every(isThere);
  } catch {
    return false;
  }
}

if (isFresh()) {
  const { main } = await import('../build/main.mjs');
  process.exitCode = await main(process.argv.slice(2), { worker: new URL('../build/worker.mjs', import.meta.url) });
} else {
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
}
