// A verb whose input file says what it does: how long it works, where it fails, crashes, hangs. Its result depends on the script's text alone.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { CompanionError, type ErrorCode } from '../../companion/api/errors.ts';
import { defineOperation } from '../../companion/api/operation.ts';
import { claimOutput, discard, outputError, publish } from '../../companion/media/publish.ts';
import type { AnyOperation, OperationContext } from '../../companion/operations/context.ts';

export interface Script {
  readonly frames?: number;
  readonly frameMs?: number;
  /** Makes the result another one. */
  readonly seed?: number;
  /** The result is a folder of stills, one a frame. */
  readonly stills?: boolean;
  /** Uses the engine. */
  readonly engine?: boolean;
  /** What happens before that frame (from 0), or after that step; only in the first `times` attempts, counted in a file. */
  readonly trouble?: {
    readonly at: number | 'sealed' | 'published';
    readonly what: 'crash' | 'freeze' | 'spin' | { readonly code: ErrorCode; readonly facts?: Record<string, unknown> };
    readonly times?: number;
    readonly counter?: string;
  };
}

const params = z.strictObject({
  loud: z.boolean().default(false).meta({ title: 'Loud', description: 'Another result.' }),
});

export const scripted: AnyOperation = defineOperation({
  name: 'scripted',
  title: 'Scripted',
  summary: 'Does what its input says.',
  inputs: 1,
  output: 'A file.',
  params,
  async plan() {
    return { willDo: 'as told' };
  },
  async run({ loud }: z.output<typeof params>, context: OperationContext) {
    const input = context.inputs[0]!;
    if (!existsSync(input)) throw new CompanionError('INPUT_MISSING', { path: input });
    const text = readFileSync(input, 'utf8');
    const script = JSON.parse(text) as Script;
    if (script.engine) context.note(context.engine.version);
    const { frames = 3, frameMs = 1, stills = false } = script;
    const claim = claimOutput({
      ...{ output: outputOf(context.output, input), inputs: context.spared },
      ...{ force: context.force, folder: stills },
    });
    context.claim(claim.partial);
    try {
      for (let frame = 0; frame < frames; frame++) {
        await meetTrouble(script, frame);
        await pause(frameMs, undefined, { signal: context.signal });
        const bytes = createHash('sha256').update(`${text} ${loud} ${frame}`).digest('hex');
        const still = `${path.basename(claim.final)}.${String(frame + 1).padStart(6, '0')}.png`;
        appendFileSync(stills ? path.join(claim.partial, still) : claim.partial, `${bytes}\n`);
        context.progress({ phase: 'render', done: frame + 1, total: frames, unit: 'frames' });
      }
      context.progress({ phase: 'verify', done: 1, total: 1, unit: 'files' });
      const record = {
        output: {
          ...{ path: claim.final, bytes: statSync(claim.partial).size },
          checks: [{ name: 'frames', found: String(frames) }],
        },
      };
      await context.seal(claim)(record);
      await meetTrouble(script, 'sealed');
      context.signal.throwIfAborted();
      publish(claim);
      context.claim(null);
      await meetTrouble(script, 'published');
      return record;
    } catch (error) {
      discard(claim);
      context.claim(null);
      throw outputError(error, claim.final);
    }
  },
  tell: () => [],
});

function outputOf(output: string | undefined, input: string): string {
  const name = `${path.parse(input).name}.out`;
  if (output === undefined) return path.join(path.dirname(input), name);
  return existsSync(output) && statSync(output).isDirectory() ? path.join(output, name) : output;
}

async function meetTrouble({ trouble }: Script, at: number | 'sealed' | 'published'): Promise<void> {
  if (trouble?.at !== at || !isTime(trouble)) return;
  if (trouble.what === 'crash') process.kill(process.pid, 'SIGKILL');
  else if (trouble.what === 'freeze') process.kill(process.pid, 'SIGSTOP');
  else if (trouble.what === 'spin') for (;;);
  else throw new CompanionError(trouble.what.code, trouble.what.facts);
  await pause(60_000);
}

function isTime({ times, counter }: NonNullable<Script['trouble']>): boolean {
  if (times === undefined || counter === undefined) return true;
  const met = existsSync(counter) ? readFileSync(counter, 'utf8').length : 0;
  mkdirSync(path.dirname(counter), { recursive: true });
  writeFileSync(counter, '.'.repeat(met + 1));
  return met < times;
}
