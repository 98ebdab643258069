#!/usr/bin/env node
// The `inbetween` command: lets Node read our TypeScript, then starts it.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`inbetween needs Node 20.19 or later; this is ${process.version}. Install a newer one.\n`);
  process.exit(4);
}
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
