// What stands behind the door: everything a handler may need, in one place.
import type { CheckLine } from '../api/wire.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Presets } from '../jobs/presets.ts';
import type { verbs } from '../jobs/run.ts';
import type { AttachedJobs } from './attached.ts';
import type { Codes } from './codes.ts';
import type { Media } from './media.ts';
import type { Pairing } from './pairing.ts';
import type { Roots } from './roots.ts';
import type { SignIn } from './sign-in.ts';
import type { Tokens } from './tokens.ts';

export interface Door {
  readonly version: string;
  readonly startedAt: number;
  readonly jobs: Jobs;
  readonly verbs: typeof verbs;
  readonly roots: Roots;
  readonly presets: Presets;
  readonly media: Media;
  readonly tokens: Tokens;
  readonly pairing: Pairing;
  readonly signIn: SignIn;
  readonly codes: Codes;
  readonly attached: AttachedJobs;
  readonly doctor: () => Promise<CheckLine[]>;
  /** Ends the daemon. */
  readonly stop: () => void;
  /** Tells followers that the queue is another now. */
  readonly queueChanged: () => void;
}
