// Compiles the programs that tests start over and over (programs.ts): argument: the folder for NAME.mjs. Everything is in them but what loads a library of the
// system; each of our sources is told the address it has as a source, so that it finds its neighbours (package.json, the addon, sources that are hashed).
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = process.argv[2]!;
const packages = path.join(root, 'node_modules');

const ownAddress: Plugin = {
  name: 'own address',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
      loader: 'ts',
    })),
};

symlinkSync(packages, path.join(folder, 'node_modules'), 'junction');
await build({
  entryPoints: {
    inbetween: path.join(root, 'test/support/inbetween.ts'),
    worker: path.join(root, 'companion/jobs/worker.ts'),
    'fake-inbetween': path.join(root, 'test/support/fake-inbetween.ts'),
    'fake-worker': path.join(root, 'test/support/fake-worker.ts'),
    'scripted-worker': path.join(root, 'test/support/scripted-worker.ts'),
    'queue-process': path.join(root, 'test/support/queue-process.ts'),
  },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['sharp', '@photostructure/sqlite'],
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
  },
  define: { 'process.env.INBETWEEN_PROGRAMS': JSON.stringify(folder) },
  plugins: [ownAddress],
  logLevel: 'warning',
});
