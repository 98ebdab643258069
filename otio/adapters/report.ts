// What an adapter tells besides its result: problems of a text that is read, losses of a timeline that is written.
import { OtioError, type OtioErrorCode } from '../errors.ts';
import type { Problem } from '../read.ts';

/** Collects problems; when strict, the first one is thrown. */
export class Problems {
  readonly found: Problem[] = [];
  readonly #strict: boolean;

  constructor(mode: 'lenient' | 'strict' = 'lenient') {
    this.#strict = mode === 'strict';
  }

  /** `fact` is what a strict reader refuses, `remedy` what is done instead; both are sentences. @throws OtioError when strict */
  add(code: OtioErrorCode, fact: string, remedy: string, line: number): void {
    if (this.#strict) throw new OtioError(code, fact, { line });
    this.found.push({ code, message: `${fact} ${remedy}`, path: '', line });
  }
}

/** Collects losses: a sentence that comes again is counted. */
export class Losses {
  readonly #counts = new Map<string, number>();

  add(sentence: string): void {
    this.#counts.set(sentence, (this.#counts.get(sentence) ?? 0) + 1);
  }

  get sentences(): string[] {
    return [...this.#counts].map(([sentence, count]) => (count === 1 ? sentence : `${sentence} (${count} times)`));
  }
}
