// What a verb gets from the process it runs in, beside its parameters.

import type { z } from 'zod';
import type { Engine } from '../../native/index.ts';
import type { Phase, Progress } from '../api/job.ts';
import type { Operation } from '../api/operation.ts';

/** How far a phase has come; speed and time left are measured by whoever listens. */
export interface Step {
  readonly phase: Phase;
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  readonly unit: Progress['unit'];
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
  /** Folder that relative paths in parameters count from. */
  readonly from: string;
  /** Opened on first use, closed with the job. Throws ENGINE_MISSING. */
  readonly engine: Engine;
  /** Fires when the guest cancels or is gone. */
  readonly signal: AbortSignal;
  progress(step: Step): void;
  /** Something a person should know about the result. */
  note(text: string): void;
  /** Announces an unfinished file, so that it is removed even if this process dies; null when there is none any more. */
  claim(partial: string | null): void;
}

/** Any verb, for code that knows none by name. */
export type AnyOperation = Operation<z.ZodType, OperationContext>;
