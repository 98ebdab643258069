// References between objects: files in which an object is written once and named elsewhere. Each reference becomes a copy of what it names.
import { explained } from '../depth.ts';
import { OtioError, type OtioErrorCode } from '../errors.ts';
import { pointerTo } from '../schema/path.ts';
import { type AnyValue, type Dictionary, dictionary, isDictionary } from '../schema/value.ts';

export const SCHEMA = 'OTIO_SCHEMA';
export const REFERENCE_ID = 'OTIO_REF_ID';
export const REFERENCE = 'SerializableObjectRef.1';

/** A text as it stands: objects as plain dictionaries, and the line each opens on. */
export interface RawText {
  readonly root: AnyValue;
  readonly lines: ReadonlyMap<Dictionary, number>;
  readonly maxDepth: number;
}

/** What an object becomes, as the parser asks it. */
type Build = (keys: readonly string[], values: readonly AnyValue[], line: number) => AnyValue;

/** References multiply what they name: values that may be built at most, in a text of few, and for each value of the text in a longer one. */
const MOST_BUILT = 100_000;
const MOST_COPIES = 4;

/**
 * The tree with every reference replaced by a copy of what it names. One to nothing stays a dictionary, and `unresolved` is told.
 * @throws OtioError DUPLICATE_OBJECT_REFERENCE, OBJECT_CYCLE, LIMIT_EXCEEDED, and those of `build`; with path and line
 */
export function resolved(
  { root, lines, maxDepth }: RawText,
  build: Build,
  unresolved: (id: string, kept: Dictionary, line: number) => void,
): AnyValue {
  /** Keys and indices from the root to the value at hand. */
  const steps: (string | number)[] = [];
  const fault = (code: OtioErrorCode, details: string, at: Dictionary): OtioError => {
    const line = lines.get(at);
    return new OtioError(code, details, { path: pointerTo(steps), ...(line === undefined ? {} : { line }) });
  };
  const inside = <T>(key: string | number, work: () => T): T => {
    steps.push(key);
    const result = work();
    steps.pop(); // on an error they stay, and say where it was
    return result;
  };

  const named = new Map<string, Dictionary>();
  let count = 0;
  const gather = (value: AnyValue): void => {
    count++;
    if (Array.isArray(value)) for (const [i, element] of value.entries()) inside(i, () => gather(element));
    else if (isDictionary(value)) {
      const id = value[REFERENCE_ID];
      if (typeof id === 'string') {
        if (named.has(id)) throw fault('DUPLICATE_OBJECT_REFERENCE', `Two objects have the id '${brief(id)}'.`, value);
        named.set(id, value);
      }
      for (const key of Object.keys(value)) inside(key, () => gather(value[key]!));
    }
  };
  gather(root);

  /** Told at the end: that something else cannot be what its schema says comes first, as in the reference. */
  const lost: {
    readonly id: string;
    readonly kept: Dictionary;
    readonly from: Dictionary;
    readonly steps: typeof steps;
  }[] = [];
  let here = dictionary();
  let left = Math.max(MOST_BUILT, MOST_COPIES * count);
  const open = new Set<string>();
  const made = (value: AnyValue): AnyValue => {
    left--;
    if (Array.isArray(value)) return value.map((element: AnyValue, i) => inside(i, () => made(element)));
    if (!isDictionary(value)) return value;
    if (left < 0) throw fault('LIMIT_EXCEEDED', 'The references of the file multiply it beyond reason.', value);
    if (steps.length > maxDepth)
      throw fault('LIMIT_EXCEEDED', `More than ${maxDepth} containers stand inside each other by references.`, value);
    const id = value[SCHEMA] === REFERENCE ? value.id : null;
    if (typeof id === 'string') {
      const target = named.get(id);
      if (target !== undefined) return object(target);
      const kept = Object.assign(dictionary(), value);
      lost.push({ id: brief(id), kept, from: value, steps: [...steps] });
      return kept;
    }
    return object(value);
  };
  const object = (value: Dictionary): AnyValue => {
    const own = value[REFERENCE_ID];
    const id = typeof own === 'string' ? own : null;
    if (id !== null) {
      if (open.has(id)) throw fault('OBJECT_CYCLE', `The object '${brief(id)}' contains itself.`, value);
      open.add(id);
    }
    const keys = Object.keys(value);
    const values = keys.map((key) => inside(key, () => made(value[key]!)));
    if (id !== null) open.delete(id);
    here = value;
    return build(keys, values, lines.get(value) ?? 0);
  };
  try {
    const whole = made(root);
    for (const { id, kept, from, steps: way } of lost) {
      here = from;
      steps.push(...way);
      unresolved(id, kept, lines.get(from) ?? 0);
      steps.length = 0;
    }
    return whole;
  } catch (error) {
    const told = explained(error);
    throw told instanceof OtioError && told.path === undefined ? fault(told.code, told.details, here) : told;
  }
}

const brief = (text: string): string => text.slice(0, 80);
