// Every route of the daemon, declared once: the server mounts it, OpenAPI describes it, the client calls it.
import { z } from 'zod';
import {
  checkLine,
  client,
  eventPage,
  fileInfo,
  fileRef,
  guestId,
  hello,
  jobActions,
  jobId,
  jobPage,
  jobView,
  mediaUrl,
  nonce,
  preset,
  proof,
  queueView,
  root,
  type Scope,
  scope,
  submission,
  verbInfo,
} from './wire.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` stands for one segment, checked by `path`. A GET changes nothing. */
  readonly url: string;
  /** What the token must allow; null: no token (pairing, sign-in and the exchange of a one-time code). */
  readonly scope: Scope | null;
  readonly summary: string;
  readonly path?: z.ZodType<Record<string, string>>;
  /** Query of a GET, all of it text. */
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

const one = <Shape extends z.core.$ZodShape>(shape: Shape) => z.strictObject(shape);
const job = one({ id: jobId });
const named = one({ id: z.string().max(200) });
const nothing = one({});
const whole = z.coerce.number().int().min(0);
const declare = <const Routes extends Readonly<Record<string, Route>>>(routes: Routes): Routes => routes;

export const routes = declare({
  hello: { method: 'GET', url: '/v1/hello', scope: 'read', summary: 'Who answers here.', answer: hello },
  verbs: {
    method: 'GET',
    url: '/v1/verbs',
    scope: 'read',
    summary: 'What can be asked for.',
    answer: z.array(verbInfo),
  },
  openapi: {
    method: 'GET',
    url: '/v1/openapi.json',
    scope: 'read',
    summary: 'This table as OpenAPI 3.1.',
    answer: z.record(z.string(), z.unknown()),
  },

  submit: {
    method: 'POST',
    url: '/v1/jobs',
    scope: 'submit',
    summary: 'Asks for a job. The same work that is already waiting or running is answered with that job.',
    body: submission,
    answer: jobView,
  },
  jobs: {
    method: 'GET',
    url: '/v1/jobs',
    scope: 'read',
    summary: 'Jobs, newest first.',
    query: one({
      state: z.enum(['waiting', 'running', 'ended', 'all']).default('all'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().max(100).optional(),
    }),
    answer: jobPage,
  },
  job: { method: 'GET', url: '/v1/jobs/:id', scope: 'read', summary: 'One job.', path: job, answer: jobView },
  events: {
    method: 'GET',
    url: '/v1/jobs/:id/events',
    scope: 'read',
    summary: 'Events of a job after a number, as its socket tells them.',
    path: job,
    query: one({ since: whole.default(0) }),
    answer: eventPage,
  },
  act: {
    method: 'POST',
    url: '/v1/jobs/:id/:action',
    scope: 'submit',
    summary: 'Cancels, pauses, resumes, retries or duplicates a job.',
    path: one({ id: jobId, action: z.enum(jobActions) }),
    body: nothing,
    answer: jobView,
  },
  move: {
    method: 'POST',
    url: '/v1/jobs/:id/move',
    scope: 'submit',
    summary: 'Puts a waiting job before another, or last.',
    path: job,
    body: one({ before: jobId.nullable() }),
    answer: jobView,
  },
  leave: {
    method: 'POST',
    url: '/v1/jobs/:id/leave',
    scope: 'submit',
    summary: 'A guest stays no longer with a job: it is cancelled unless others want it.',
    path: job,
    body: one({ guest: guestId }),
    answer: jobView,
  },
  record: {
    method: 'GET',
    url: '/v1/jobs/:id/record',
    scope: 'read',
    summary: 'From what and how a result was made.',
    path: job,
    answer: z.record(z.string(), z.unknown()),
  },
  queue: { method: 'GET', url: '/v1/queue', scope: 'read', summary: 'The queue as a whole.', answer: queueView },
  pauseQueue: {
    method: 'POST',
    url: '/v1/queue/pause',
    scope: 'submit',
    summary: 'Starts no more jobs, and pauses what runs.',
    body: nothing,
    answer: queueView,
  },
  resumeQueue: {
    method: 'POST',
    url: '/v1/queue/resume',
    scope: 'submit',
    summary: 'Goes on.',
    body: nothing,
    answer: queueView,
  },

  media: {
    method: 'POST',
    url: '/v1/media',
    scope: 'read',
    summary: 'A signed address for a file, a frame of it, or a filmstrip.',
    body: one({
      file: fileRef,
      show: z.enum(['file', 'frame', 'filmstrip']).default('file'),
      /** Seconds, for a frame. */
      at: z.number().min(0).default(0),
      /** Pixels. */
      width: z.number().int().min(16).max(2000).default(320),
      frames: z.number().int().min(1).max(60).default(10),
    }),
    answer: mediaUrl,
  },
  roots: { method: 'GET', url: '/v1/roots', scope: 'read', summary: 'Folders guests may use.', answer: z.array(root) },
  addRoot: {
    method: 'POST',
    url: '/v1/roots',
    scope: 'admin',
    summary: 'Opens a folder to guests.',
    body: one({ name: z.string().min(1).max(100), path: z.string().min(1).max(4096), write: z.boolean() }),
    answer: root,
  },
  removeRoot: {
    method: 'DELETE',
    url: '/v1/roots/:id',
    scope: 'admin',
    summary: 'Closes a folder to guests. Nothing in it is touched.',
    path: named,
    answer: nothing,
  },
  files: {
    method: 'GET',
    url: '/v1/roots/:id/files',
    scope: 'read',
    summary: 'What lies in a folder of a root.',
    path: named,
    query: one({ path: z.string().max(4096).default('') }),
    answer: z.array(fileInfo),
  },

  presets: {
    method: 'GET',
    url: '/v1/presets',
    scope: 'read',
    summary: 'Presets of every verb.',
    answer: z.array(preset),
  },
  savePreset: {
    method: 'POST',
    url: '/v1/presets',
    scope: 'submit',
    summary: 'Keeps parameters under a name; one of that verb and name is replaced.',
    body: one({ verb: z.string(), name: z.string().min(1).max(100), params: z.record(z.string(), z.unknown()) }),
    answer: preset,
  },
  removePreset: {
    method: 'DELETE',
    url: '/v1/presets/:id',
    scope: 'submit',
    summary: 'Forgets a preset of the user.',
    path: named,
    answer: nothing,
  },
  doctor: {
    method: 'GET',
    url: '/v1/doctor',
    scope: 'read',
    summary: 'Whether everything needed is there.',
    answer: z.array(checkLine),
  },

  pairStart: {
    method: 'POST',
    url: '/v1/pair/start',
    scope: null,
    summary:
      'A guest without a token asks for one. Both sides show the six digits; the person confirms them elsewhere.',
    body: one({ name: z.string().min(1).max(100), scope: z.enum(['read', 'submit']).default('submit') }),
    answer: one({ id: z.string(), digits: z.string().regex(/^\d{6}$/), expiresAt: z.number() }),
  },
  pairFinish: {
    method: 'POST',
    url: '/v1/pair/finish',
    scope: null,
    summary: 'Collects id and secret, once, after the person has confirmed; 409 before that.',
    body: one({ id: z.string().max(100) }),
    answer: one({ client, secret: z.string() }),
  },
  signInStart: {
    method: 'POST',
    url: '/v1/sign-in/start',
    scope: null,
    summary:
      'A guest that has a secret (a paired one; `admin` with the token of the user) asks for the proof that it talks to its daemon. Good for 60 s and one use.',
    body: one({ client: z.string().max(100), nonce }),
    answer: one({ nonce, proof, expiresAt: z.number() }),
  },
  signInFinish: {
    method: 'POST',
    url: '/v1/sign-in/finish',
    scope: null,
    summary: "Exchanges the guest's proof for a token, good for an hour.",
    body: one({ client: z.string().max(100), nonce, proof }),
    answer: one({ token: z.string(), scope, expiresAt: z.number() }),
  },
  pairings: {
    method: 'GET',
    url: '/v1/pair',
    scope: 'admin',
    summary: 'Guests that wait for a person.',
    answer: z.array(one({ id: z.string(), name: z.string(), scope, digits: z.string(), expiresAt: z.number() })),
  },
  pairConfirm: {
    method: 'POST',
    url: '/v1/pair/confirm',
    scope: 'admin',
    summary: 'The person has seen the same six digits on the other side.',
    body: one({ digits: z.string().regex(/^\d{6}$/) }),
    answer: nothing,
  },
  clients: { method: 'GET', url: '/v1/clients', scope: 'admin', summary: 'Paired guests.', answer: z.array(client) },
  removeClient: {
    method: 'DELETE',
    url: '/v1/clients/:id',
    scope: 'admin',
    summary: 'Lets a guest in no more. Its tokens end at once.',
    path: named,
    answer: nothing,
  },
  code: {
    method: 'POST',
    url: '/v1/codes',
    scope: 'admin',
    summary: 'A one-time code for a browser page, good for 60 s.',
    body: nothing,
    answer: one({ code: z.string(), expiresAt: z.number() }),
  },
  session: {
    method: 'POST',
    url: '/v1/session',
    scope: null,
    summary: 'Exchanges a one-time code for a token.',
    body: one({ code: z.string().max(200) }),
    answer: one({ token: z.string(), scope }),
  },
  stop: {
    method: 'POST',
    url: '/v1/stop',
    scope: 'admin',
    summary: 'Ends the daemon. Jobs that run go on when it starts again.',
    body: nothing,
    answer: nothing,
  },
});
export type RouteName = keyof typeof routes;
