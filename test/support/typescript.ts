// Where the TypeScript loader lies, for processes that tests start themselves.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** URL for `node --import`. */
export const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
