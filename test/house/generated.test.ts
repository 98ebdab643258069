// Generated pages are those the declarations give now.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiPage, operationsPage } from '../../docs/generate.ts';
import { otioPage } from '../../docs/otio-api.ts';
import { root } from './files.ts';

describe('house: generated pages', () => {
  const check = (page: string, wanted: string): void => {
    it(`docs/${page} is fresh (else: npm run docs)`, () =>
      assert.equal(readFileSync(join(root, 'docs', page), 'utf8'), wanted));
  };
  check('operations.md', operationsPage());
  check('openapi.json', openApiPage());
  check('otio.md', otioPage());
});

describe('house: manifest', () => {
  const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, name), 'utf8'));
  it('carries the version of the package', () =>
    assert.equal(read('manifest.json').version, read('package.json').version));
  it('is of version 5, as a number', () => assert.equal(read('manifest.json').manifestVersion, 5));
  it('names one host as an object', () => assert.equal(Array.isArray(read('manifest.json').host), false));
  for (const room of ['otio', 'native', 'companion', 'plugin'])
    it(`${room} has the same version`, () =>
      assert.equal(read(`${room}/package.json`).version, read('package.json').version));
});
