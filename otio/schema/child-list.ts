// The list behind `children`. Who reads that may still go through it while children come and go: then a change makes a new list. While nobody has, the
// list itself changes, so that a track built child by child does not copy itself each time.
import type { Child } from './composition.ts';

interface Holding {
  '#children': Child[];
  /** Whether the list may be in somebody's hands. */
  '#seen': boolean;
}

/** More children at once are not spread into a call. */
const MOST_SPREAD = 1000;

/** Puts the list behind the `children` of a class. */
export function holdChildren(prototype: object): void {
  Object.defineProperty(prototype, 'children', {
    get(this: Holding) {
      this['#seen'] = true;
      return this['#children'];
    },
    set(this: Holding, list: Child[]) {
      this['#seen'] = true;
      this['#children'] = list;
    },
  });
}

/** The list, for reading here and now. */
export const listOf = (holder: object): readonly Child[] => (holder as Holding)['#children'];

/** Others in place of the children `from` to `until`. */
export function replaceInList(holder: object, from: number, until: number, added: readonly Child[]): void {
  const holding = holder as Holding;
  const list = holding['#children'];
  if (!holding['#seen'] && added.length <= MOST_SPREAD) {
    list.splice(from, until - from, ...added);
    return;
  }
  holding['#children'] = list.slice(0, from).concat(added, list.slice(until));
  holding['#seen'] = false;
}
