// Programs compiled into one folder: Node starts them without a TypeScript loader, in a quarter of the time. Everything is in them but what loads a library of the system.
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const root = fileURLToPath(new URL('../', import.meta.url));

/** Each of our sources is told the address it has as a source, so that it finds its neighbours: package.json, the addon, sources that are hashed. */
const ownAddress: Plugin = {
  name: 'own address',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
      loader: 'ts',
    })),
};

/**
 * Compiles `programs` (name → source, from the root) into an empty folder that finds our packages, each as NAME.mjs. `define`: expressions and what stands for them. Returns the sources
 * that went into them, from the root.
 */
export async function compile(
  folder: string,
  programs: Readonly<Record<string, string>>,
  define: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...programs },
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
    define: { ...define },
    metafile: true,
    plugins: [ownAddress],
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs).filter((source) => !source.includes('node_modules/'));
}
