// Copies with other children or another source range: what the algorithms make their results of.
import type { TimeRange } from '../opentime/index.ts';
import { cloneValue } from '../schema/compare.ts';
import type { Child, Composition } from '../schema/composition.ts';
import { Item } from '../schema/item.ts';
import { type FieldEntry, Supply } from '../schema/object.ts';
import { UnknownSchema } from '../schema/unknown.ts';
import type { Dictionary } from '../schema/value.ts';

class WithChildren extends Supply {
  readonly dynamicFields: Dictionary | null;
  readonly #from: Record<string, unknown>;
  readonly #children: readonly Child[];

  constructor(from: Composition, children: readonly Child[]) {
    super();
    this.#from = from as unknown as Record<string, unknown>;
    this.#children = children;
    this.dynamicFields = from.dynamicFields && cloneValue(from.dynamicFields);
  }
  value({ name, field }: FieldEntry): unknown {
    return name === 'children' ? this.#children : field.clone(this.#from[name]);
  }
}

/** A copy, without parent, that has `children` in place of its own. @throws OtioError CHILD_ALREADY_PARENTED */
export function copyWith<C extends Composition>(from: C, children: readonly Child[]): C {
  const type = from.constructor as new (values: Supply) => C;
  return new type(new WithChildren(from, children));
}

/** The material a child shows; null for what takes no time. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE, NOT_IMPLEMENTED */
export function shownRange(child: Child): TimeRange | null {
  if (child instanceof Item) return child.trimmedRange();
  return child instanceof UnknownSchema ? child.sourceRange : null;
}

/** A copy of what takes time that shows `range`, with `suffix` behind its name. */
export function copyShowing(child: Child, range: TimeRange, suffix = ''): Child {
  const copy = child.clone();
  if (copy instanceof Item) {
    copy.sourceRange = range;
    copy.name += suffix;
  } else if (copy instanceof UnknownSchema) {
    copy.members.source_range = range;
    if (suffix !== '') copy.members.name = `${copy.members.name ?? ''}${suffix}`;
  }
  return copy;
}
