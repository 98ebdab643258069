// A bounded queue between two stages that work at the same time: the first waits when the second falls behind.

/** Items are taken one by one, in order. When taking one fails, so does everything that is put in from then on. */
export class Lane<Item> {
  readonly #room: number;
  readonly #take: (item: Item) => Promise<void>;
  readonly #waiting: Item[] = [];
  #working: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;
  #roomMade: (() => void) | undefined;

  /** `room`: items that may wait (1 or more). */
  constructor(room: number, take: (item: Item) => Promise<void>) {
    this.#room = room;
    this.#take = take;
  }

  /** Resolves when there is room for the next. Rejects with what `take` failed with. One caller at a time. */
  async put(item: Item): Promise<void> {
    this.#throwIfFailed();
    this.#waiting.push(item);
    this.#working ??= this.#drain();
    while (this.#waiting.length >= this.#room && !this.#failed) {
      await new Promise<void>((resolve) => {
        this.#roomMade = resolve;
      });
    }
    this.#throwIfFailed();
  }

  /** Resolves when everything put in has been taken, or rejects with what failed. */
  async empty(): Promise<void> {
    await this.#working;
    this.#throwIfFailed();
  }

  async #drain(): Promise<void> {
    try {
      for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
        this.#wake();
        await this.#take(item);
      }
    } catch (error) {
      this.#failed = { error };
    }
    this.#working = undefined;
    this.#wake();
  }

  #wake(): void {
    this.#roomMade?.();
    this.#roomMade = undefined;
  }

  #throwIfFailed(): void {
    if (this.#failed) throw this.#failed.error;
  }
}
