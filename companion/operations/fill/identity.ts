// What names a fill before it is made: a digest of all that decides about its bytes, so that the same work has the same name.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileName } from '../../../otio/fill/index.ts';
import { extensionOf } from './clip.ts';
import type { FillCodec } from './params.ts';
import type { Considered } from './plan.ts';

export interface Identity {
  /** A UUID. */
  readonly job: string;
  /** Name of the clip's file, and of the one at a rate of its own. */
  readonly name: string;
  readonly nativeName: string;
}

/** `params`: those that decide about the pictures and how they are stored. */
export function identify(
  considered: Considered,
  params: { readonly codec: FillCodec; readonly [name: string]: unknown },
  engineVersion: string,
): Identity {
  const { slot, strategy, before, after } = considered;
  const plan = considered.plan!;
  const media = [before, after].map(
    (beside) => beside && [beside.frame.file, beside.frame.index, beside.frame.media.description.bytes, beside.step],
  );
  const facts = {
    ...{ strategy, media, engineVersion, track: slot.label, in: plan.in, out: plan.out },
    ...{ head: plan.head, tail: plan.tail, start: plan.start, rate: plan.rate, version: plan.version },
    ...{ native: plan.native?.rate, params },
  };
  const digits = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  const job = [0, 8, 12, 16, 20].map((at, i) => digits.slice(at, [8, 12, 16, 20, 32][i])).join('-');
  const base = plan.track.name || plan.trackLabel;
  const name = fileName(base, 'interpolate', plan.version, job, extensionOf(params.codec));
  const { name: stem, ext } = path.parse(name);
  return { job, name, nativeName: `${stem}.native${ext}` };
}
