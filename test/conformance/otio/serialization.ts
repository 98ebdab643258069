// Reading and writing: the reference's text byte for byte, its errors, its defaults, and what a lenient reader must keep.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as otio from '../../../otio/index.ts';
import { formatDouble, type JsonDictionary, type JsonValue, parse } from '../../../otio/json/index.ts';
import type { Judge } from '../suite.ts';
import { Tally } from './tally.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a call gives, or the name of its error. */
export function outcome<T>(call: () => T): T | { readonly error: string } {
  try {
    return call();
  } catch (error) {
    if (error instanceof otio.OtioError) return { error: error.code };
    throw error;
  }
}

interface Written {
  readonly error?: string;
  readonly canonical: string;
  readonly canonical_sha256: string;
  readonly compact_sha256: string;
  readonly indent2_sha256: string;
  readonly inexact_number_tokens?: readonly { readonly token: string; readonly reference_reads: string }[];
}

export async function serialization(data: string, judge: Judge): Promise<void> {
  const load = (path: string): string => readFileSync(join(data, path), 'utf8');
  const cases = <T>(name: string): { readonly cases: readonly T[] } & Record<string, unknown> =>
    JSON.parse(load(`vectors/serialization/${name}.json`));

  const trips = new Tally('serialization/roundtrip_0.18.1');
  for (const { file, reference } of cases<{ file: string; reference: Written }>('roundtrip_0.18.1').cases) {
    const text = load(file);
    if (reference.error !== undefined) {
      trips.check(
        `${file}, strict`,
        outcome(() => otio.read(text, { mode: 'strict' }).problems),
        { error: reference.error },
      );
      const { root, problems } = otio.read(text);
      trips.check(`${file}, problems`, problems.length > 0, true);
      const again = otio.write(root);
      trips.check(`${file}, foreign objects`, foreign(parse(again)), foreign(parse(text)));
      trips.check(`${file}, read again`, otio.write(otio.read(again).root), again);
      continue;
    }
    const { root } = otio.read(text, { mode: 'strict' });
    const inexact = reference.inexact_number_tokens ?? [];
    const ours = otio.write(root);
    trips.check(file, differs(asReferenceReads(ours, inexact), load(reference.canonical)), null);
    trips.check(`${file}, leniently`, otio.write(otio.read(text).root), ours);
    if (inexact.length > 0) continue;
    trips.check(`${file}, compact`, sha(otio.write(root, { indent: 0 })), reference.compact_sha256);
    trips.check(`${file}, 2 spaces`, sha(otio.write(root, { indent: 2 })), reference.indent2_sha256);
    trips.check(`${file}, clone`, otio.write(otio.cloneValue(root)), ours);
    trips.check(`${file}, equal to its clone`, otio.equalValues(root, otio.cloneValue(root)), true);
  }
  trips.decide(judge);

  const dev = new Tally('serialization/roundtrip_0.19-dev, kept leniently');
  for (const { file } of cases<{ file: string }>('roundtrip_0.19-dev').cases) {
    const text = load(file);
    const again = otio.write(otio.read(text).root);
    dev.check(file, foreign(parse(again)), foreign(parse(text)));
  }
  dev.decide(judge);

  const parsed = new Tally('serialization/parse_cases');
  for (const one of cases<{
    text: string;
    reference: { error?: string; compact?: string };
    wanted?: string;
    wanted_compact?: string;
  }>('parse_cases').cases) {
    if (one.text.startsWith('\ufeff'))
      parsed.check(
        one.text,
        outcome(() => otio.write(otio.read(one.text).root, { indent: 0 })),
        one.text.slice(1),
      );
    else if (one.wanted !== undefined)
      parsed.check(
        one.text,
        outcome(() => otio.write(otio.read(one.text).root, { indent: 0 })),
        one.wanted,
      );
    else if (one.text.includes('18446744073709551615'))
      parsed.check('integers beyond 64 bits', otio.write(otio.read(one.text).root, { indent: 0 }), one.text); // faults R2, R3
    else {
      const { error, compact } = one.reference;
      const found = outcome(() => otio.write(otio.read(one.text, { mode: 'strict' }).root, { indent: 0 }));
      parsed.check(one.text, found, error === undefined ? compact : { error });
    }
  }
  parsed.decide(judge);

  const defaults = new Tally('serialization/defaults');
  for (const { type, compact } of cases<{ type: string; compact: string }>('defaults').cases) {
    const made = otio.release.find(type);
    defaults.check(
      type,
      made && otio.write(new made(), { indent: 0 }),
      compact.replace('"color":"RED"', '"color":"GREEN"'),
    );
  }
  defaults.decide(judge);

  const doubles = new Tally('serialization/double_format');
  const numbers = parse(load('vectors/serialization/double_format.json')) as {
    cases: { value: number | string; text: string }[];
  } & JsonValue;
  for (const { value, text } of numbers.cases) doubles.check(text, formatDouble(Number(value)), text);
  doubles.decide(judge);

  const down = new Tally('serialization/downgrade');
  const downgrades = cases<{ file: string; family: string; reference: { sha256: string } }>('downgrade');
  for (const { file, family, reference } of downgrades.cases) {
    const targetVersions = (downgrades.families as Record<string, otio.TargetVersions>)[family]!;
    const { root } = otio.read(load(file), { mode: 'strict' });
    down.check(`${file} for ${family}, by map`, sha(otio.write(root, { targetVersions })), reference.sha256);
    down.check(`${file} for ${family}, by name`, sha(otio.write(root, { targetVersions: family })), reference.sha256);
  }
  down.decide(judge);

  const equal = new Tally('serialization/equivalence');
  const pairs = parse(load('vectors/serialization/equivalence.json')) as {
    cases: { a: JsonValue; b: JsonValue; equivalent: boolean; note: string }[];
  } & JsonValue;
  for (const { a, b, equivalent, note } of pairs.cases) {
    const [left, right] = [a, b].map((value) => otio.read(otio.write(value as otio.AnyValue)).root);
    equal.check(note, otio.equalValues(left!, right!), equivalent);
  }
  equal.decide(judge);
}

/** The numbers that the reference reads inexactly, as it reads them. */
function asReferenceReads(
  text: string,
  tokens: readonly { readonly token: string; readonly reference_reads: string }[],
): string {
  return tokens.reduce((all, { token, reference_reads }) => {
    const ours = /[.e]/i.test(token) ? formatDouble(Number(token)) : token;
    // R2: an unsigned integer loses its top bit; R3: a longer one becomes a double
    const theirs =
      !/[.e]/i.test(token) && BigInt(token) < 2n ** 64n
        ? String(BigInt(token) & (2n ** 63n - 1n))
        : formatDouble(Number(reference_reads));
    return all.replaceAll(new RegExp(`(?<=[ \\[])${ours.replace('.', '\\.')}(?=[,\\n\\]])`, 'g'), theirs);
  }, text);
}

/** The first line in which two texts differ, or null. */
function differs(found: string, wanted: string): string | null {
  if (found === wanted) return null;
  const [a, b] = [found.split('\n'), wanted.split('\n')];
  const line = a.findIndex((text, i) => text !== b[i]);
  return `line ${line + 1}: ${a[line]} | ${b[line] ?? 'nothing'}`;
}

const KNOWN =
  /^(Timeline|Stack|Track|Clip|Gap|Transition|Sequence|Filler|Marker|Effect|LinearTimeWarp|FreezeFrame|TimeEffect|SerializableCollection|\w+Reference)\.[12]$/;

/** Objects of schemas or versions that the release does not know, and nulls among media: where they lie and what they hold. */
function foreign(root: JsonValue): [path: string, text: string][] {
  const found: [string, string][] = [];
  const walk = (value: JsonValue, path: string): void => {
    if (Array.isArray(value)) for (const [i, element] of value.entries()) walk(element as JsonValue, `${path}/${i}`);
    else if (typeof value === 'object' && value !== null) {
      const { OTIO_SCHEMA: schema } = value as JsonDictionary;
      if (
        typeof schema === 'string' &&
        !KNOWN.test(schema) &&
        !/^(RationalTime|TimeRange|TimeTransform|Color|V2d|Box2d)\.1$/.test(schema)
      )
        found.push([path, otio.write(value as otio.AnyValue, { indent: 0 })]);
      else for (const key of Object.keys(value)) walk((value as JsonDictionary)[key]!, `${path}/${key}`);
    } else if (value === null && /\/media_references\/[^/]+$/.test(path)) found.push([path, 'null']);
  };
  walk(root, '');
  return found.sort();
}
