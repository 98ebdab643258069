// A fill job: every slot's clip made and kept, the clips named, the timeline written, verified and named last. Nothing half-made stays.

import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { ProfileName } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { VerifiedOutput } from '../../api/job.ts';
import { claimOutput, outputError, publish } from '../../media/publish.ts';
import type { Ledger, OperationContext } from '../context.ts';
import { unkept } from '../interpolate/resume.ts';
import { type FillParams, identify, type MadeFill, makeFill } from './make.ts';
import { placeOf } from './place.ts';
import { type Considered, type Prepared, prepare } from './plan.ts';
import { factsOf, type SlotFacts } from './tell.ts';
import { type Finished, writeBack } from './write-back.ts';

/** What a fill did. */
export interface FillRecord {
  readonly input: string;
  readonly output: VerifiedOutput;
  /** Folder of the clips. */
  readonly media: string;
  readonly fills: readonly MadeFill[];
  /** Slots that were not filled, each with the reason. */
  readonly left: readonly SlotFacts[];
  /** What the format of the timeline cannot hold. */
  readonly losses: readonly string[];
  readonly engine: { readonly version: string; readonly level: string; readonly threads: number };
}

interface JobParams extends FillParams {
  readonly again: boolean;
  readonly profile?: ProfileName | undefined;
}

/** Rejects with a CompanionError (NOTHING_TO_FILL where no slot can be filled), or an AbortError; then nothing has been written. */
export async function fillTimeline(params: JobParams, context: OperationContext): Promise<FillRecord> {
  const { signal } = context;
  const prepared = await prepare(params, context);
  const chosen = prepared.slots.filter(({ plan }) => plan !== null);
  const left = prepared.slots.filter(({ plan }) => plan === null).map(factsOf);
  if (chosen.length === 0) throw nothingToFill(left, context);
  const { output, format, media } = placeOf(prepared.opened, context);
  const claim = claimOutput({
    output,
    inputs: context.spared,
    force: context.force,
    folder: format === 'otiod',
    roomy: true,
  });
  const place = path.dirname(claim.partial);
  context.claim(place);
  const named = new Named(media);
  try {
    const fills = await makeAll(prepared, chosen, params, context, context.ledger ?? unkept(place), named);
    context.progress({ phase: 'join', done: 0, total: 1, unit: 'files' });
    const { version, level, threads } = context.engine;
    const saved = await writeBack({
      ...{ opened: prepared.opened, timeline: prepared.timeline, fills, claim, format, profile: params.profile },
      engineVersion: version,
      mediaRoots: [path.parse(output).root],
    });
    context.progress({ phase: 'join', done: 1, total: 1, unit: 'files' });
    for (const note of [...prepared.reels.moved, ...saved.warnings]) context.note(note);
    const seal = context.seal(claim);
    const checks = [
      ...fills.flatMap(({ made }) => made.checks.map(({ what, found }) => ({ name: `${made.where}: ${what}`, found }))),
      ...saved.checks.map(({ what, found }) => ({ name: what, found })),
    ];
    const bytes = claim.folder ? 0 : statSync(claim.partial).size;
    const record: FillRecord = {
      input: prepared.opened.file,
      output: { path: claim.final, bytes, checks },
      ...{
        media,
        fills: fills.map(({ made }) => made),
        left,
        losses: saved.losses,
        engine: { version, level, threads },
      },
    };
    signal.throwIfAborted();
    await seal(record);
    signal.throwIfAborted();
    context.progress({ phase: 'publish', done: 0, total: 1, unit: 'files' });
    publish(claim);
    rmSync(place, { recursive: true, force: true });
    context.claim(null);
    context.progress({ phase: 'publish', done: 1, total: 1, unit: 'files' });
    return record;
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    named.undo();
    context.claim(null);
    throw error;
  }
}

function nothingToFill(left: readonly SlotFacts[], { inputs }: OperationContext): CompanionError {
  const reasons = left.map(({ track, number, reason }) => `${track} ${number}: ${reason}`);
  return new CompanionError('NOTHING_TO_FILL', { path: inputs[0], reasons });
}

/** Makes every clip, or takes over those that an earlier start finished, and gives them their names. */
async function makeAll(
  prepared: Prepared,
  chosen: readonly Considered[],
  params: FillParams,
  context: OperationContext,
  ledger: Ledger,
  named: Named,
): Promise<Finished[]> {
  const { engine, signal } = context;
  const work = chosen.map((considered) => ({ considered, identity: identify(considered, params, engine.version) }));
  const key = createHash('sha256')
    .update(JSON.stringify(work.map(({ identity }) => identity)))
    .digest('hex');
  const there = new Map<string, MadeFill>();
  for await (const { name, facts } of ledger.takeOver(key, signal)) there.set(name, facts as MadeFill);
  const total = chosen.reduce((sum, { plan }) => sum + plan!.renderFrames, 0);
  const fills: Finished[] = [];
  let done = 0;
  const progress = (pictures: number): void =>
    context.progress({ phase: 'render', done: done + pictures, total, unit: 'frames' });
  progress(0);
  for (const { considered, identity } of work) {
    signal.throwIfAborted();
    const part = `clip-${identity.job}${path.extname(identity.name)}`;
    let made = there.get(part);
    if (made === undefined) {
      const file = path.join(ledger.folder, `making${path.extname(identity.name)}`);
      made = await makeFill({ prepared, considered, params, context, identity, file, progress });
      renameSync(file, ledger.draft(part));
      await ledger.keep(part, made, signal);
    }
    fills.push({ considered, made, file: named.take(path.join(ledger.folder, part), identity.name) });
    done += considered.plan!.renderFrames;
    for (const note of made.notes) context.note(note);
    for (const fault of made.faults) context.note(`${made.where}: ${fault}`);
  }
  return fills;
}

/** Clips under their final names. A name says by what its clip was made, so one that is there already is that clip. */
class Named {
  readonly #folder: string;
  readonly #ours: string[] = [];
  #madeFolder = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Copies a finished clip to its place, flushed. Returns the place. @throws CompanionError DISK_FULL, OUTPUT_UNWRITABLE */
  take(clip: string, name: string): string {
    const final = path.join(this.#folder, name);
    try {
      if (!existsSync(this.#folder)) {
        mkdirSync(this.#folder);
        this.#madeFolder = true;
      }
      const partial = `${final}.partial`;
      const isNew = !existsSync(final);
      copyFileSync(clip, partial, constants.COPYFILE_FICLONE);
      const handle = openSync(partial, 'r+');
      fsyncSync(handle);
      closeSync(handle);
      renameSync(partial, final);
      if (isNew) this.#ours.push(final);
      return final;
    } catch (error) {
      rmSync(`${final}.partial`, { force: true });
      throw outputError(error, final);
    }
  }

  /** Takes away what was named here. */
  undo(): void {
    for (const file of this.#ours) rmSync(file, { force: true });
    if (!this.#madeFolder) return;
    try {
      rmdirSync(this.#folder);
    } catch {
      // somebody else put something there
    }
  }
}
