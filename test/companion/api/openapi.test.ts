// The OpenAPI document says all that the route table says, and is what readers of OpenAPI 3.1 take.
import assert from 'node:assert/strict';
import { openApi } from '../../../companion/api/openapi.ts';
import { type Route, type RouteName, routes } from '../../../companion/api/routes.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly 'x-scope'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Record<string, unknown> }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

describe('openApi', () => {
  const document = openApi('1.2.3') as unknown as Document;
  const operationOf = ({ url, method }: Route): Operation =>
    document.paths[url.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!;

  it('is OpenAPI 3.1 of the given version', () => {
    assert.match(document.openapi, /^3\.1\.\d$/);
    assert.equal(document.info.version, '1.2.3');
  });
  it('survives JSON', () => assert.deepEqual(JSON.parse(JSON.stringify(document)), document));
  it('holds the routes and nothing else', () => {
    const told = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((each) => each.operationId),
    );
    assert.deepEqual(told.sort(), Object.keys(routes).sort());
  });
  it('every reference leads somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    assert.ok(references.length > 20);
    for (const reference of references) {
      const found = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
      assert.ok(found, reference);
    }
  });
  it('no name stands for itself alone', () => {
    for (const [name, schema] of Object.entries(document.components.schemas))
      assert.notEqual(schema.$ref, `#/components/schemas/${name}`);
  });
  it('names what travels', () => {
    for (const name of ['JobView', 'Submission', 'WireEvent', 'JobState', 'Preset', 'CheckLine', 'Hello', 'Failure'])
      assert.ok(document.components.schemas[name], name);
  });
  it('speaks of no place in one schema alone', () =>
    assert.doesNotMatch(JSON.stringify(document), /\$defs|"\$schema"/));
  it('no schema carries an id that is not one', () => {
    for (const schema of Object.values(document.components.schemas)) assert.equal(typeof schema.id === 'string', false);
  });

  for (const [name, route] of Object.entries(routes) as [RouteName, Route][])
    it(`${name}: method, address, token, parameters, body and answers`, () => {
      const told = operationOf(route);
      assert.equal(told.operationId, name);
      assert.equal(told.summary, route.summary);
      assert.deepEqual(
        [told.security, told['x-scope']],
        route.scope === null ? [[], undefined] : [undefined, route.scope],
      );
      const inPath = (told.parameters ?? []).filter((each) => each.in === 'path');
      assert.deepEqual(
        inPath.map((each) => each.name).sort(),
        [...route.url.matchAll(/:(\w+)/g)].map((match) => match[1]!).sort(),
      );
      assert.ok(inPath.every((each) => each.required));
      const demanded = (told.parameters ?? []).some((each) => each.in === 'query' && each.required);
      assert.equal(demanded, route.query !== undefined && !route.query.safeParse({}).success);
      assert.equal(told.requestBody !== undefined, route.body !== undefined);
      assert.ok('200' in told.responses && 'default' in told.responses);
    });

  it('what a guest may leave out of a submission is not demanded', () =>
    assert.deepEqual(document.components.schemas.Submission?.required, ['verb', 'inputs']));
  it('limits of a query are told', () => {
    const limit = operationOf(routes.jobs).parameters?.find(({ name }) => name === 'limit');
    assert.deepEqual(
      [limit?.required, limit?.schema],
      [false, { default: 100, type: 'integer', minimum: 1, maximum: 500 }],
    );
  });
});
