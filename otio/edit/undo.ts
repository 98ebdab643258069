// What an edit did, so that it can be taken back and done again; and several edits as one.
import { OtioError } from '../errors.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import type { Item } from '../schema/item.ts';
import type { Track } from '../schema/track.ts';

export interface Undo {
  /** Takes the edit back: the same objects, order and values as before. Nothing if that has been done. @throws OtioError UNDO_OUT_OF_ORDER; then nothing has changed */
  apply(): void;
  /** Makes the edit again after `apply`. @throws OtioError as apply */
  redo(): void;
}

export interface EditResult {
  /** Items of the track that are new in it or have another range than before, in order. */
  readonly changed: Item[];
  /** Children that are no longer in the track: items, joined gaps, transitions. */
  readonly removed: Child[];
  /** Sentences on what the caller may want to look at, such as retimed clips that were cut. */
  readonly warnings: string[];
  readonly undo: Undo;
}

/** A member of an object with its values before and after the edit. */
export interface Change {
  readonly target: object;
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One edit of one track: children in place of others, and members of children. */
export class Step implements Undo {
  readonly #track: Track;
  readonly #index: number;
  readonly #before: readonly Child[];
  readonly #after: readonly Child[];
  readonly #changes: readonly Change[];
  #done = false;

  constructor(
    track: Track,
    index: number,
    before: readonly Child[],
    after: readonly Child[],
    changes: readonly Change[],
  ) {
    this.#track = track;
    this.#index = index;
    this.#before = before;
    this.#after = after;
    this.#changes = changes;
  }

  apply(): void {
    if (this.#done) this.#exchange(this.#after, this.#before, 'after', 'before');
    this.#done = false;
  }
  redo(): void {
    if (!this.#done) this.#exchange(this.#before, this.#after, 'before', 'after');
    this.#done = true;
  }

  #exchange(old: readonly Child[], wanted: readonly Child[], from: 'before' | 'after', to: 'before' | 'after'): void {
    const track = this.#track;
    if (
      old.some((child, i) => track.children[this.#index + i] !== child) ||
      this.#changes.some(({ target, name, [from]: value }) => (target as Record<string, unknown>)[name] !== value)
    )
      throw new OtioError(
        'UNDO_OUT_OF_ORDER',
        `${titleOf(track)} has changed since: take the later changes back first.`,
      );
    if (old.length !== wanted.length || old.some((child, i) => child !== wanted[i]))
      track.replaceChildren(this.#index, old.length, wanted);
    for (const { target, name, [to]: value } of this.#changes) (target as Record<string, unknown>)[name] = value;
  }
}

/** Several edits, one after another, as one. */
class Steps implements Undo {
  readonly #steps: readonly Undo[];
  constructor(steps: readonly Undo[]) {
    this.#steps = steps;
  }
  apply(): void {
    inTurn(this.#steps.toReversed(), 'apply', 'redo');
  }
  redo(): void {
    inTurn(this.#steps, 'redo', 'apply');
  }
}

/** All of the steps or, when one fails, none. */
function inTurn(steps: readonly Undo[], way: keyof Undo, back: keyof Undo): void {
  const made: Undo[] = [];
  try {
    for (const step of steps) {
      step[way]();
      made.unshift(step);
    }
  } catch (error) {
    for (const step of made) step[back]();
    throw error;
  }
}

/** Results of the edits made while a batch runs. */
let running: EditResult[] | null = null;

/** Every edit ends here. */
export function finished(result: EditResult): EditResult {
  running?.push(result);
  return result;
}

/**
 * Runs several edits as one, with one undo: `edit.batch(track, () => { edit.slice(track, a); edit.remove(track, a); })`. When `edits` throws, all edits made
 * in it are taken back, those of other tracks too, and the error goes on. `edits` runs at once and must not be async; what it changes by other
 * means than edits is its own to restore.
 */
export function batch(track: Track, edits: (track: Track) => void): EditResult {
  const outer = running;
  const made: EditResult[] = [];
  running = made;
  try {
    edits(track);
  } catch (error) {
    new Steps(made.map(({ undo }) => undo)).apply();
    throw error;
  } finally {
    running = outer;
  }
  return finished({
    changed: unique(made.flatMap(({ changed }) => changed)).filter(({ parent }) => parent !== null),
    removed: unique(made.flatMap(({ removed }) => removed)).filter(({ parent }) => parent === null),
    warnings: unique(made.flatMap(({ warnings }) => warnings)),
    undo: new Steps(made.map(({ undo }) => undo)),
  });
}

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)];
