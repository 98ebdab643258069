// What a verb gets from the process it runs in, beside its parameters.

import type { z } from 'zod';
import type { Engine } from '../../native/index.ts';
import type { Phase, Progress, VerifiedOutput } from '../api/job.ts';
import type { Operation } from '../api/operation.ts';
import type { Claim } from '../media/publish.ts';

/** How far a phase has come; speed and time left are measured by whoever listens. */
export interface Step {
  readonly phase: Phase;
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  readonly unit: Progress['unit'];
}

/** A finished part of a job, and what its verb wants to know of it again: anything that survives JSON. */
export interface KeptPart {
  readonly name: string;
  readonly facts: unknown;
}

/**
 * What a job has finished, on disk, so that it goes on there when it is started again. A part is a file, a folder of files, or facts alone; its name has
 * letters, digits, `-` and `.` only. Calls reject with DISK_FULL, OUTPUT_UNWRITABLE or AbortError; one at a time.
 */
export interface Ledger {
  /** Folder of the finished parts, each under its name. */
  readonly folder: string;
  /** Bytes that finished parts take there. */
  readonly bytes: number;
  /** The parts that were finished for this very key and are still the same bytes. All else in the folder is removed. Comes before every other call. */
  takeOver(key: string, signal: AbortSignal): AsyncIterable<KeptPart>;
  /** Where an unfinished part is to be written; nothing lies there. */
  draft(name: string): string;
  /** Gives the draft its name and lists it, so that it survives whatever comes now. */
  keep(name: string, facts: unknown, signal: AbortSignal): Promise<void>;
}

export interface OperationContext {
  /** Absolute paths, as many as the verb asks for. */
  readonly inputs: readonly string[];
  /** Absolute path of a file or an existing folder; undefined: beside the input. */
  readonly output: string | undefined;
  /** Absolute paths that are never replaced: the inputs, and those of the jobs asked for with this one. */
  readonly spared: readonly string[];
  /** Whether any other finished file may be replaced. */
  readonly force: boolean;
  /** Whether the guest may reach media below the folder of an input alone; what else an input names is not opened. */
  readonly confined?: boolean;
  /** Folders that are not opened for such a guest even there: the daemon's own. */
  readonly closed?: readonly string[];
  /** Folder that relative paths in parameters count from. */
  readonly from: string;
  /** Opened on first use, closed with the job. Throws ENGINE_MISSING. */
  readonly engine: Engine;
  /** Where finished parts are kept; absent: the job is not started again, and they may go with it. */
  readonly ledger?: Ledger | undefined;
  /** Private folder for what is needed while the job is at work, made by the verb that needs it; it goes in every outcome. Absent: there is none. */
  readonly scratch?: string | undefined;
  /** Fires when the guest cancels or is gone. */
  readonly signal: AbortSignal;
  progress(step: Step): void;
  /** Something a person should know about the result. */
  note(text: string): void;
  /** Announces an unfinished file, so that it is removed even if this process dies; null when there is none any more. */
  claim(partial: string | null): void;
  /**
   * Begins to hash the finished file, while it is verified; what it gives sets down what the verified file is, before `publish` names it: a crash after that
   * loses nothing. `record` is what `run` will return.
   */
  seal(claim: Claim): (record: { readonly output: VerifiedOutput }) => Promise<void>;
}

/** Any verb, for code that knows none by name. */
export type AnyOperation = Operation<z.ZodType, OperationContext>;
