// The wire of a job: what a guest asks for, the states a job goes through, and the events that tell of it. Everything here survives JSON.
import { z } from 'zod';

/** Where the result goes. `output` is a file or an existing folder; absent means beside the input under the verb's name for it. */
const place = z.strictObject({
  output: z.string().min(1).optional(),
  force: z.boolean().default(false),
  /** Files that are never replaced, beside the job's own inputs: those of the jobs asked for with it. */
  spared: z.array(z.string()).default([]),
});

export const jobRequest = z.strictObject({
  verb: z.string(),
  /** Paths, absolute or relative to the guest's folder `from`. */
  inputs: z.array(z.string().min(1)).min(1),
  from: z.string(),
  params: z.record(z.string(), z.unknown()),
  place,
  /** Only say what would be done. */
  dryRun: z.boolean().default(false),
});
export type JobRequest = z.output<typeof jobRequest>;

/** The stages of a job's work, in order; a verb uses those it needs. */
export const phases = ['probe', 'stamps', 'analyse', 'render', 'join', 'measure', 'verify', 'publish'] as const;
export type Phase = (typeof phases)[number];

export const progress = z.strictObject({
  phase: z.enum(phases),
  /** Units finished and units in all; `total` 0: not known. */
  done: z.number().min(0),
  total: z.number().min(0),
  unit: z.enum(['frames', 'files', 'steps']),
  /** Units a second, measured over the last seconds; null until there is something to measure. */
  fps: z.number().min(0).nullable(),
  /** Milliseconds this phase still takes at that speed; null until known. */
  etaMs: z.number().min(0).nullable(),
});
export type Progress = z.output<typeof progress>;

export const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  facts: z.record(z.string(), z.unknown()),
  exit: z.number(),
  /** For a report to the makers; shown with --verbose. */
  stack: z.string().optional(),
});
export type Failure = z.output<typeof failure>;

/** A file that was reopened and found as it should be; `checks` names what was compared. */
export const verifiedOutput = z.strictObject({
  path: z.string(),
  bytes: z.number().min(0),
  checks: z.array(z.strictObject({ name: z.string(), found: z.string() })).min(1),
});
export type VerifiedOutput = z.output<typeof verifiedOutput>;

/** What a finished job has to show: a plan (dry run), a verified file, or a measurement. */
export const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('plan'), record: z.unknown() }),
  z.strictObject({ kind: z.literal('file'), output: verifiedOutput, record: z.unknown() }),
  z.strictObject({ kind: z.literal('report'), record: z.unknown() }),
]);
export type Outcome = z.output<typeof outcome>;

const running = { progress, notes: z.array(z.string()) };

export const jobState = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('queued') }),
  z.strictObject({ state: z.literal('running'), ...running }),
  z.strictObject({ state: z.literal('verifying'), ...running }),
  z.strictObject({
    state: z.literal('paused'),
    /** Asked for by a guest, or forced by a full disk; it resumes where it was. */
    why: z.enum(['asked', 'DISK_FULL']),
    notes: z.array(z.string()),
  }),
  z.strictObject({ state: z.literal('done'), outcome, notes: z.array(z.string()) }),
  z.strictObject({ state: z.literal('failed'), error: failure }),
  z.strictObject({ state: z.literal('cancelled') }),
]);
export type JobState = z.output<typeof jobState>;
export type EndState = Extract<JobState, { state: 'done' | 'failed' | 'cancelled' }>;

/** An event carries the whole job, so that a guest who missed one has missed nothing. */
export const jobEvent = z.strictObject({
  /** Milliseconds since the job was asked for. */
  atMs: z.number().min(0),
  verb: z.string(),
  inputs: z.array(z.string()),
  job: jobState,
});
export type JobEvent = z.output<typeof jobEvent>;

export const hasEnded = (job: JobState): job is EndState =>
  job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';
