// Mounts the route table: every route checks scope, kind and size of the body, and each part against its schema, before its handler sees anything.
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type Route, type RouteName, routes } from '../api/routes.ts';
import { failureOf } from '../jobs/failure.ts';
import { demandBody } from './guard.ts';
import type { Log } from './log.ts';
import { demandScope, type Holder } from './tokens.ts';

type Table = typeof routes;
type Part<Name extends RouteName, Key extends 'path' | 'query' | 'body'> = Key extends keyof Table[Name]
  ? Table[Name][Key] extends z.ZodType
    ? z.output<Table[Name][Key]>
    : undefined
  : undefined;

/** What a handler gets: parts that were checked. */
export interface Call<Name extends RouteName> {
  readonly path: Part<Name, 'path'>;
  readonly query: Part<Name, 'query'>;
  readonly body: Part<Name, 'body'>;
  readonly holder: Table[Name]['scope'] extends null ? Holder | undefined : Holder;
  /** Runs `task` once the answer is on its way. */
  after(task: () => void): void;
}

type Answered<Name extends RouteName> = z.input<Table[Name]['answer']>;
export type Handlers<Names extends RouteName = RouteName> = {
  readonly [Name in Names]: (call: Call<Name>) => Answered<Name> | Promise<Answered<Name>>;
};

/** Bytes of a body: of those who have a token, and of those who have none yet. */
export const mostBytes = 1 << 20;
export const mostBytesOfStrangers = 4096;
/** How deep JSON may be nested. */
const mostDepth = 32;

/** What the guard left on a response about the request it answers. */
export interface Locals {
  holder?: Holder | undefined;
  /** For the log: the name of the route, never its address. */
  route?: string;
}

/** `checkAnswers`: whether every answer is held against its schema, too. */
export function mountRoutes(app: Express, handlers: Handlers, checkAnswers: boolean): void {
  const named = Object.entries(routes) as [RouteName, Route][];
  const wild = (url: string): number => url.split(':').length;
  for (const [name, route] of named.toSorted(([, a], [, b]) => wild(a.url) - wild(b.url)))
    app[route.method.toLowerCase() as 'get' | 'post' | 'delete'](route.url, async (request, response) => {
      const locals = response.locals as Locals;
      locals.route = name;
      const holder = route.scope === null ? locals.holder : demandScope(locals.holder, route.scope);
      const most = holder ? mostBytes : mostBytesOfStrangers;
      demandBody(request.headers, route.body !== undefined, most);
      const call = {
        path: route.path && parsed(route.path, { ...request.params }, 'path'),
        query: parsed(route.query ?? z.strictObject({}), queryOf(request), 'query'),
        body: route.body && parsed(route.body, await bodyOf(request, response, most), 'body'),
        holder,
        after: (task: () => void) => void response.once('close', task),
      };
      const handle = handlers[name] as (call: unknown) => unknown;
      const answer = await handle(call);
      if (checkAnswers) route.answer.parse(JSON.parse(JSON.stringify(answer)));
      response.json(answer);
    });
}

/** Turns whatever was thrown into `{ error }` with its status. */
export const answerErrors =
  (log: Log): ErrorRequestHandler =>
  (thrown, request, response, next) => {
    if (response.headersSent || request.socket.destroyed) {
      response.destroy();
      return;
    }
    const error = thrown instanceof URIError ? invalid('its address cannot be decoded') : thrown;
    const { stack: _, ...failure } = failureOf(error);
    const { status } = new CompanionError(failure.code as CompanionError['code'], failure.facts);
    if (status >= 500) log.error({ route: (response.locals as Locals).route, err: thrown }, 'a request failed');
    if (failure.code === 'RATE_EXCEEDED')
      response.setHeader('Retry-After', Math.max(1, Math.ceil(Number(failure.facts.waitMs) / 1000)));
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(status).json({ error: failure });
    void next;
  };

const invalid = (reason: string): CompanionError => new CompanionError('REQUEST_INVALID', { reason });

/** @throws CompanionError REQUEST_INVALID naming the first thing that is wrong */
function parsed(schema: z.ZodType, value: unknown, part: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw invalid(`${[part, ...issue.path].join('.')}: ${issue.message}`);
}

function queryOf({ url }: Request): Record<string, string> {
  const words = [...new URLSearchParams(url.split('?').slice(1).join('?'))];
  if (new Set(words.map(([name]) => name)).size < words.length) throw invalid('query: a name stands there twice');
  return Object.fromEntries(words);
}

/** @throws CompanionError REQUEST_INVALID, BODY_TOO_LARGE, TYPE_REFUSED */
async function bodyOf(request: Request, response: Response, most: number): Promise<unknown> {
  const read = express.json({
    limit: most,
    inflate: false,
    type: () => true,
    verify: (_, __, bytes) => demandShallow(bytes),
  });
  await new Promise<void>((resolve, reject) => {
    read(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(meaningOf(error, most))));
  });
  return request.body ?? {};
}

function meaningOf(error: unknown, most: number): unknown {
  if (typeof error !== 'object' || error === null || !('type' in error)) return error;
  if (error.type === 'entity.too.large') return new CompanionError('BODY_TOO_LARGE', { most });
  if (error.type === 'entity.verify.failed') return invalid('body: it is nested too deeply');
  if (String(error.type).endsWith('.unsupported')) return new CompanionError('TYPE_REFUSED');
  return invalid('body: it is not whole JSON');
}

/** @throws Error when brackets are open more than `mostDepth` deep */
function demandShallow(bytes: Buffer): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (quoted) {
      if (byte === 0x5c) index++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > mostDepth) throw new Error('too deep');
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
}
