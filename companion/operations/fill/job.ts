// A fill job: every slot's clip made and kept, the clips named, the timeline written, verified and named last. Nothing half-made stays.

import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
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
import type { Fit } from '../../media/fitted.ts';
import { claimOutput, outputError, publish } from '../../media/publish.ts';
import { isBundle } from '../../timeline/open.ts';
import type { Ledger, OperationContext } from '../context.ts';
import { unkept } from '../interpolate/resume.ts';
import type { Identity } from './identity.ts';
import type { MadeFill, SlotWork } from './make.ts';
import { placeOf } from './place.ts';
import type { Considered, Prepared } from './plan.ts';
import type { PreviewFiles } from './preview.ts';
import { factsOf, type SlotFacts } from './tell.ts';
import { type Finished, writeBack } from './write-back.ts';

/** What a fill did. */
export interface FillRecord {
  readonly input: string;
  readonly output: VerifiedOutput;
  /** Folder of the clips. */
  readonly media: string;
  readonly fills: readonly MadeFill[];
  /** Of each fill, where they were asked for: names in that folder. */
  readonly previews: readonly PreviewFiles[];
  /** Slots that were not filled, each with the reason. */
  readonly left: readonly SlotFacts[];
  /** What the format of the timeline cannot hold. */
  readonly losses: readonly string[];
  readonly engine: { readonly version: string; readonly level: string; readonly threads: number };
}

/** How the clips of a job are made. */
export interface Maker {
  identify(considered: Considered): Identity;
  make(work: SlotWork): Promise<MadeFill>;
}

export interface JobOptions {
  readonly profile?: ProfileName | undefined;
  /** What the usual name of the output says was done. */
  readonly word?: 'filled' | 'retimed' | undefined;
  readonly preview: boolean;
  readonly previewManner: 'side' | 'wipe';
  /** As the clips were made. */
  readonly fit?: Fit | undefined;
}

/**
 * Makes the fills of what was considered, and writes the timeline with them.
 * Rejects with a CompanionError (NOTHING_TO_FILL where no slot can be filled), or an AbortError; then nothing has been written.
 */
export async function fillTimeline(
  prepared: Prepared,
  maker: Maker,
  options: JobOptions,
  context: OperationContext,
): Promise<FillRecord> {
  const { signal } = context;
  const { profile, word = 'filled' } = options;
  const chosen = prepared.slots.filter(({ plan }) => plan !== null);
  const left = prepared.slots.filter(({ plan }) => plan === null).map(factsOf);
  if (chosen.length === 0) throw nothingToFill(left, word, context);
  const { output, format, media } = placeOf(prepared.opened, context, word);
  const claim = claimOutput({
    output,
    inputs: context.spared,
    force: context.force,
    folder: format === 'otiod',
    roomy: true,
  });
  const place = path.dirname(claim.partial);
  context.claim(place);
  const named = new Named(media, context.confined === true);
  try {
    const fills = await makeAll(prepared, chosen, maker, context, context.ledger ?? unkept(place), named);
    const previews = options.preview ? await previewAll(prepared, fills, options, context, place, named) : [];
    context.progress({ phase: 'join', done: 0, total: 1, unit: 'files' });
    const { version, level, threads } = context.engine;
    const saved = await writeBack({
      ...{ opened: prepared.opened, timeline: prepared.timeline, reels: prepared.reels, fills, claim, format, profile },
      signal,
      engineVersion: version,
      mediaRoots: context.confined ? [] : [path.parse(output).root],
      closed: context.closed,
    });
    context.progress({ phase: 'join', done: 1, total: 1, unit: 'files' });
    for (const note of [...prepared.reels.moved, ...saved.warnings]) context.note(note);
    if (isBundle(format)) context.note(`The bundle has the clips in it: those in '${media}' are copies.`);
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
        previews,
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

function nothingToFill(
  left: readonly SlotFacts[],
  word: 'filled' | 'retimed',
  { inputs }: OperationContext,
): CompanionError {
  const reasons = left.map(({ track, number, reason }) => `${track} ${number}: ${reason}`);
  return new CompanionError('NOTHING_TO_FILL', { path: inputs[0], reasons, word });
}

/** Before the fills are put on the timeline: it still shows what was there. */
async function previewAll(
  prepared: Prepared,
  fills: readonly Finished[],
  { previewManner: manner, fit = 'contain' }: JobOptions,
  { signal, progress, note }: OperationContext,
  folder: string,
  named: Named,
): Promise<PreviewFiles[]> {
  const { writePreview } = await import('./preview.ts');
  const previews: PreviewFiles[] = [];
  for (const [done, { considered, made, file }] of fills.entries()) {
    progress({ phase: 'join', done, total: fills.length, unit: 'files' });
    const asked = { prepared, considered, made, file, fit, manner, folder, signal, progress: () => {} };
    const preview = await writePreview(asked);
    for (const name of [preview.clip, preview.sheet]) if (name !== null) named.take(path.join(folder, name), name);
    for (const each of preview.notes) note(each);
    previews.push(preview);
  }
  return previews;
}

/** Makes every clip, or takes over those that an earlier start finished, and gives them their names. */
async function makeAll(
  prepared: Prepared,
  chosen: readonly Considered[],
  maker: Maker,
  context: OperationContext,
  ledger: Ledger,
  named: Named,
): Promise<Finished[]> {
  const { signal } = context;
  const work = chosen.map((considered) => ({ considered, identity: maker.identify(considered) }));
  const key = createHash('sha256')
    .update(JSON.stringify(work.map(({ identity }) => identity)))
    .digest('hex');
  const there = new Map<string, MadeFill>();
  for await (const { name, facts } of ledger.takeOver(key, signal)) there.set(name, facts as MadeFill);
  const framesOf = ({ plan }: Considered): number => plan!.renderFrames + (plan!.native?.frames ?? 0);
  const total = chosen.reduce((sum, considered) => sum + framesOf(considered), 0);
  const fills: Finished[] = [];
  let done = 0;
  const progress = (pictures: number): void =>
    context.progress({ phase: 'render', done: done + pictures, total, unit: 'frames' });
  progress(0);
  for (const { considered, identity } of work) {
    signal.throwIfAborted();
    const ending = path.extname(identity.name);
    const [part, native] = [`clip-${identity.job}${ending}`, `native-${identity.job}${ending}`];
    let made = there.get(part);
    if (made === undefined || (made.native !== null && !there.has(native))) {
      const [file, nativeFile] = ['making', 'making-native'].map((name) => path.join(ledger.folder, name + ending)) as [
        string,
        string,
      ];
      made = await maker.make({ prepared, considered, context, identity, file, nativeFile, progress });
      for (const [from, to] of [
        ...(made.native === null ? [] : [[nativeFile, native] as const]),
        [file, part] as const,
      ]) {
        renameSync(from, ledger.draft(to));
        await ledger.keep(to, made, signal);
      }
    }
    const take = (from: string, name: string): string => named.take(path.join(ledger.folder, from), name);
    fills.push({
      ...{ considered, made, file: take(part, identity.name) },
      nativeFile: made.native && take(native, identity.nativeName),
    });
    done += framesOf(considered);
    for (const note of made.notes) context.note(note);
    for (const fault of made.faults) context.note(`${made.where}: ${fault}`);
  }
  return fills;
}

/** Clips under their final names. A name says by what its clip was made, so one that is there already is that clip. */
class Named {
  readonly #folder: string;
  readonly #confined: boolean;
  readonly #ours: string[] = [];
  #madeFolder = false;

  /** `confined`: a folder that is a link is refused, it may lead anywhere. */
  constructor(folder: string, confined: boolean) {
    this.#folder = folder;
    this.#confined = confined;
  }

  /** Copies a finished clip to its place, flushed. Returns the place. @throws CompanionError DISK_FULL, OUTPUT_UNWRITABLE, PATH_REFUSED */
  take(clip: string, name: string): string {
    const final = path.join(this.#folder, name);
    try {
      if (!existsSync(this.#folder)) {
        mkdirSync(this.#folder);
        this.#madeFolder = true;
      }
      if (this.#confined && lstatSync(this.#folder).isSymbolicLink())
        throw new CompanionError('PATH_REFUSED', { path: this.#folder, reason: 'it is a link' });
      const partial = `${final}.partial`;
      const isNew = !existsSync(final);
      rmSync(partial, { force: true });
      copyFileSync(clip, partial, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL); // through no link that lies there
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
