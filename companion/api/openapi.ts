// The OpenAPI 3.1 document of the daemon, made of the route table and the schemas of the wire.
import { z } from 'zod';
import * as jobShapes from './job.ts';
import { type Route, type RouteName, routes } from './routes.ts';
import * as wireShapes from './wire.ts';

type Json = Readonly<Record<string, unknown>>;

/** Schemas with a name of their own; others stand where they are used. */
const named = z.registry<{ id: string }>();
for (const [name, shape] of Object.entries({ ...jobShapes, ...wireShapes }))
  if (shape instanceof z.ZodType && !named.has(shape))
    named.add(shape, { id: name.replace(/^./, (letter) => letter.toUpperCase()) });

/** A schema as OpenAPI has it; what it refers to by name is added to `components`. A name means one thing, for those who send and those who get it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Map<string, unknown>): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, metadata: named });
  for (const [name, definition] of Object.entries($defs)) {
    const shape = placed(definition);
    const other = components.get(name);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(shape))
      throw new Error(`${name} has two shapes: give that of its input a name of its own`);
    components.set(name, shape);
  }
  return placed(rest) as Json;
}

/** References within one schema become references within the document; names are given by the place alone. */
function placed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(placed);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => {
      if (key === 'id' && typeof value === 'string') return [];
      if (key === '$ref') return [[key, String(value).replace('#/$defs/', '#/components/schemas/')]];
      return [[key, placed(value)]];
    }),
  );
}

/** The fields of a path or query as parameters. */
function parametersOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  components: Map<string, unknown>,
): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input', components) as {
    properties?: Record<string, unknown>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: field,
  }));
}

const json = (schema: unknown): Json => ({ 'application/json': { schema } });

function operation(name: RouteName, route: Route, components: Map<string, unknown>): Json {
  const { summary, scope, body, answer, path, query } = route;
  const parameters = [...parametersOf(path, 'path', components), ...parametersOf(query, 'query', components)];
  return {
    operationId: name,
    summary,
    ...(scope === null ? { security: [] } : { 'x-scope': scope }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(schemaOf(body, 'input', components)) } }),
    responses: {
      200: { description: 'Done.', content: json(schemaOf(answer, 'output', components)) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** The document. `version` is that of the product. */
export function openApi(version: string): Json {
  const components = new Map<string, unknown>();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const url = route.url.replace(/:(\w+)/g, '{$1}');
    paths[url] ??= {};
    paths[url][route.method.toLowerCase()] = operation(name, route, components);
  }
  const error = schemaOf(wireShapes.wireError, 'output', components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Inbetween',
      version,
      description: `The daemon on this machine, protocol ${wireShapes.protocol.major}.${wireShapes.protocol.minor}. Bodies are JSON; every route but those of pairing and sign-in wants a token; x-scope is what it must allow. A proof is HMAC-SHA256, in hexadecimal, with the secret as text for its key, over these, parted by line feeds: inbetween proof 1, daemon or guest, port, client, the guest's nonce, the daemon's nonce. The Host must be the daemon's own, and an Origin one it knows. What a socket tells is to be had by GET too.`,
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: {
        Error: { description: 'What happened, why, and what to do, with its code.', content: json(error) },
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}
