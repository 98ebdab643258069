// Counts the cases of one vector file and decides them as one: a line for the file, and the first failures in detail.
import { isDeepStrictEqual } from 'node:util';
import type { Judge } from '../suite.ts';

const SHOWN = 5;

export class Tally {
  readonly name: string;
  total = 0;
  failed = 0;
  readonly #details: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get passed(): number {
    return this.total - this.failed;
  }

  /** One case: `subject` says which. Equal means every number to the bit (−0 is not 0) unless `same` says otherwise. */
  check(subject: unknown, found: unknown, wanted: unknown, same = isDeepStrictEqual): void {
    this.total++;
    if (same(found, wanted)) return;
    this.failed++;
    if (this.#details.length < SHOWN)
      this.#details.push(`      ${brief(subject)}\n        found  ${brief(found)}\n        wanted ${brief(wanted)}`);
  }

  /** The verdict on the file; without a case it fails. */
  decide(judge: Judge): void {
    judge.decide(this.name, this.failed === 0 && this.total > 0, `${this.passed}/${this.total}`);
    for (const detail of this.#details) judge.say(detail);
  }
}

function brief(value: unknown): string {
  const text =
    JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : Object.is(v, -0) ? '-0' : v)) ?? 'nothing';
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
