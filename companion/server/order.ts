// From a guest's submission to an order for the queue: every file becomes an absolute path that the guest may use so, or the order is refused.
import path from 'node:path';
import type { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type Operation, paramsOf } from '../api/operation.ts';
import type { submission } from '../api/wire.ts';
import type { JobOrder } from '../jobs/jobs.ts';
import type { Roots } from './roots.ts';
import { allows, demandScope, type Holder } from './tokens.ts';

/** Names a result may have where a guest chooses it; one without an extension is a folder. */
const clips = new Set(['', '.mov', '.mp4', '.m4v', '.mkv', '.png', '.tif', '.tiff', '.exr']);
const timelines = new Set(['', '.otio', '.otioz', '.otiod', '.edl', '.xml', '.fcpxml', '.mlt']);

type Verb = Pick<Operation, 'name' | 'params' | 'output' | 'timelines'>;

/**
 * Guests below `admin` write into roots for writing alone, replace nothing, and hand no paths over within parameters.
 * @throws CompanionError VERB_UNKNOWN, PATH_REFUSED, ROOT_UNKNOWN, SCOPE_SHORT, PARAM_INVALID
 */
export function orderOf(
  asked: z.output<typeof submission>,
  holder: Holder,
  { roots, verbs }: { readonly roots: Roots; readonly verbs: readonly Verb[] },
): Omit<JobOrder, 'attachedTo'> {
  const verb = verbs.find(({ name }) => name === asked.verb);
  if (!verb) throw new CompanionError('VERB_UNKNOWN', { name: asked.verb, known: verbs.map(({ name }) => name) });
  const { output: wanted, force, spared } = asked.place;
  const trusted = allows(holder.scope, 'admin');
  if (force) demandScope(holder, 'admin');
  demandPathParams(verb, asked.params, trusted);
  const inputs = asked.inputs.map((ref) => roots.resolve(ref, holder, 'input'));
  const output = wanted === undefined ? null : roots.resolve(wanted, holder, 'output');
  const writes = verb.output !== undefined && !asked.dryRun;
  if (!trusted && writes && output === null) {
    const closed = inputs.find((input) => roots.writable(input) === undefined);
    if (closed !== undefined)
      throw new CompanionError('PATH_REFUSED', {
        path: closed,
        reason: 'its root is for reading alone, and the result would lie beside it',
      });
  }
  const results = verb.timelines ? timelines : clips;
  if (!trusted && output !== null && !output.endsWith(path.sep) && !results.has(path.extname(output).toLowerCase()))
    throw new CompanionError('PATH_REFUSED', { path: output, reason: 'no result has such an extension' });
  return {
    verb: verb.name,
    inputs,
    params: asked.params,
    output,
    force,
    spared: spared.map((ref) => roots.resolve(ref, holder, 'name')),
    priority: asked.priority,
    dryRun: asked.dryRun,
    confined: !trusted,
  };
}

function demandPathParams(verb: Verb, params: Readonly<Record<string, unknown>>, trusted: boolean): void {
  for (const { name, format } of paramsOf(verb.params)) {
    const value = params[name];
    if (format !== 'path' || value === undefined) continue;
    if (!trusted)
      throw new CompanionError('PATH_REFUSED', {
        path: value,
        reason: `${name} names a file, which needs a token of scope admin`,
      });
    if (typeof value !== 'string' || !path.isAbsolute(value))
      throw new CompanionError('PARAM_INVALID', { name, expected: 'an absolute path', received: value });
  }
}
