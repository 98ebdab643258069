// What a conformance suite is: it judges cases one by one and may print tables on the way.

export interface SuiteOptions {
  /** Folder with the suite's data, laid out as the suite says. */
  readonly data: string;
  /** Compute everything again, also what was kept from earlier runs. */
  readonly fresh: boolean;
  /** Only clips whose file name contains one of these; all when empty. Bars over the whole set are then not decided. */
  readonly only: readonly string[];
}

export interface Suite {
  /** One sentence: what it proves and how its folder is laid out. */
  readonly about: string;
  run(options: SuiteOptions, judge: Judge): Promise<void>;
}

/** Counts verdicts and prints each as it falls. */
export class Judge {
  passed = 0;
  failed = 0;
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** A case that decides: `detail` says what was found and what was wanted. */
  decide(name: string, passed: boolean, detail: string): void {
    if (passed) this.passed++;
    else this.failed++;
    this.#print(`${passed ? 'pass ' : 'FAIL '} ${name}: ${detail}`);
  }

  /** A goal beyond the bars: told, never failed. */
  stretch(name: string, met: boolean, detail: string): void {
    this.#print(`${met ? 'met  ' : 'not met'} stretch ${name}: ${detail}`);
  }

  /** Something that cannot be judged here, with the reason. */
  aside(name: string, reason: string): void {
    this.#print(`aside ${name}: ${reason}`);
  }

  say(text: string): void {
    this.#print(text);
  }

  get summary(): string {
    return `${this.passed} passed, ${this.failed} failed`;
  }
}

/** Aligned columns: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
