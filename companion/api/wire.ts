// What passes between a guest (panel, browser page, command line, script) and the daemon, beside the job itself. Everything here survives JSON.
import { z } from 'zod';
import { failure, jobState } from './job.ts';

/** Guests refuse a daemon of another major; a daemon answers guests of its own major, whatever their minor. */
export const protocol = { major: 1, minor: 0 } as const;

/** What a token allows. Each holds what stands before it; `admin` alone may name files by absolute paths. */
export const scopes = ['read', 'submit', 'admin'] as const;
export const scope = z.enum(scopes);
export type Scope = z.output<typeof scope>;

export const hello = z.strictObject({
  product: z.literal('inbetween'),
  version: z.string(),
  protocol: z.strictObject({ major: z.number().int(), minor: z.number().int() }),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  pid: z.number().int(),
  /** Of the token that asked. */
  scope,
});
export type Hello = z.output<typeof hello>;

/** `endpoint.json` in the folder of configuration: who answers on this machine, and where. */
export const endpoint = z.looseObject({
  /** `http://127.0.0.1:PORT`. */
  url: z.url(),
  pid: z.number().int(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  protocol: z.looseObject({ major: z.number().int(), minor: z.number().int() }),
  /** SHA-256 of the token, hexadecimal: a token file of another daemon is told by it. */
  tokenHash: z.string(),
});
export type Endpoint = z.output<typeof endpoint>;

/** A verb of the catalogue: all that a guest needs to draw its form. */
export const verbInfo = z.strictObject({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  /** Files a job takes: just so many, or so many and more. */
  inputs: z.union([z.number().int(), z.strictObject({ atLeast: z.number().int() })]),
  /** What it writes and where; null when it writes nothing but what its parameters name. */
  output: z.string().nullable(),
  plans: z.boolean(),
  /** JSON Schema of the parameters; every property has title and description. */
  params: z.record(z.string(), z.unknown()),
});
export type VerbInfo = z.output<typeof verbInfo>;

/** A file: within a root the daemon knows, or (admin only) an absolute path. Paths in a root have `/` between names. */
export const fileRef = z.union([
  z.strictObject({ root: z.string(), path: z.string().max(4096) }),
  z.string().min(1).max(4096),
]);
export type FileRef = z.output<typeof fileRef>;

/** What a guest calls itself for the jobs it stays with: chosen by chance, and known to it alone. */
export const guestId = z.string().regex(/^g[0-9a-f]{16,64}$/);

export const jobId = z.string().regex(/^j[0-9a-z]{16,32}$/);

/** What a guest asks for. */
export const submission = z.strictObject({
  verb: z.string(),
  inputs: z.array(fileRef).min(1).max(1000),
  params: z.record(z.string(), z.unknown()).default({}),
  place: z
    .strictObject({
      output: fileRef.optional(),
      force: z.boolean().default(false),
      spared: z.array(fileRef).max(1000).default([]),
    })
    .default({ force: false, spared: [] }),
  /** Larger goes first. */
  priority: z.number().int().min(-100).max(100).default(0),
  /** Only say what would be done. */
  dryRun: z.boolean().default(false),
  /** The job ends with this guest: it is cancelled when that leaves, or when the socket that follows it is gone. Null: it outlives all guests. */
  attachedTo: guestId.nullable().default(null),
});
export type Submission = z.input<typeof submission>;

/** A job as guests see it. */
export const jobView = z.strictObject({
  id: jobId,
  verb: z.string(),
  /** Absolute paths. */
  inputs: z.array(z.string()),
  params: z.record(z.string(), z.unknown()),
  output: z.string().nullable(),
  force: z.boolean(),
  dryRun: z.boolean(),
  priority: z.number().int(),
  /** Place among those that wait, from 0; null when it does not wait. */
  place: z.number().int().nullable(),
  /** Times it was started; more than 1 after a crash or a retry. */
  attempts: z.number().int(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** Number of its last event. */
  seq: z.number().int(),
  job: jobState,
});
export type JobView = z.output<typeof jobView>;

/** An event carries the whole job: a guest who missed one has missed nothing. */
export const wireEvent = z.strictObject({ id: jobId, seq: z.number().int(), at: z.number(), job: jobView });
export type WireEvent = z.output<typeof wireEvent>;

export const jobPage = z.strictObject({
  jobs: z.array(jobView),
  /** For the next page; null on the last. */
  next: z.string().nullable(),
  total: z.number().int(),
});
export type JobPage = z.output<typeof jobPage>;

export const eventPage = z.strictObject({ events: z.array(wireEvent), job: jobView });
export type EventPage = z.output<typeof eventPage>;

export const queueView = z.strictObject({ paused: z.boolean(), waiting: z.number().int(), running: z.number().int() });
export type QueueView = z.output<typeof queueView>;

/** What can be done to a job, by the word in its route. */
export const jobActions = ['cancel', 'pause', 'resume', 'retry', 'duplicate'] as const;
export type JobAction = (typeof jobActions)[number];

export const root = z.strictObject({ id: z.string(), name: z.string(), path: z.string(), write: z.boolean() });
export type Root = z.output<typeof root>;

export const fileInfo = z.strictObject({
  name: z.string(),
  folder: z.boolean(),
  bytes: z.number().nullable(),
  /** Milliseconds since 1970. */
  changedAt: z.number().nullable(),
});
export type FileInfo = z.output<typeof fileInfo>;

/** Parameters of a verb under a name. `builtIn` ones can be read alone. */
export const preset = z.strictObject({
  id: z.string(),
  version: z.literal(1),
  verb: z.string(),
  name: z.string().min(1).max(100),
  builtIn: z.boolean(),
  params: z.record(z.string(), z.unknown()),
  /** Those that differ from the verb's defaults. */
  differs: z.array(z.string()),
});
export type Preset = z.output<typeof preset>;

/** A line of `doctor`. */
export const checkLine = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'warn', 'fail']),
  found: z.string(),
  /** What to do; null when ok. */
  fix: z.string().nullable(),
});
export type CheckLine = z.output<typeof checkLine>;

/** A short-lived address of a file that shows in a page: relative, signed, bound to the session that asked. */
export const mediaUrl = z.strictObject({ url: z.string(), expiresAt: z.number(), type: z.string() });
export type MediaUrl = z.output<typeof mediaUrl>;

export const client = z.strictObject({
  id: z.string(),
  name: z.string(),
  scope,
  pairedAt: z.number(),
  seenAt: z.number().nullable(),
});
export type Client = z.output<typeof client>;

/** Chance that makes an exchange the only one of its kind, and what proves a secret in it: see `proofOf`. */
export const nonce = z.string().regex(/^[0-9a-f]{64}$/);
export const proof = z.string().regex(/^[0-9a-f]{64}$/);

/** How errors travel: `{ error }` with the status of its code. */
export const wireError = z.strictObject({ error: failure });

/** Words of the socket. A guest joins with `{ token }` as auth, sends `follow`, and gets `job` events. */
export const socketWords = { follow: 'follow', job: 'job', queue: 'queue', pairing: 'pairing' } as const;
export const follow = z.strictObject({
  /** A job, or all of them. */
  id: z.union([jobId, z.literal('all')]),
  /** Events after this number are sent first (of a single job). */
  since: z.number().int().min(0).default(0),
});
