// Turns counted steps into progress a person can plan by: speed over the last seconds and the time left at that speed.
import type { Progress } from '../api/job.ts';
import type { Step } from '../operations/context.ts';

/** Speed is measured over this span; shorter jumps, longer lags. */
const windowMs = 5000;
/** Fewer than this much time measured says nothing about speed. */
const minimumMs = 200;

export class Meter {
  readonly #now: () => number;
  #phase: string | undefined;
  #samples: { at: number; done: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The progress at this step. Steps of one phase come in rising order. */
  measure(step: Step): Progress {
    const at = this.#now();
    if (step.phase !== this.#phase) {
      this.#phase = step.phase;
      this.#samples = [];
    }
    this.#samples.push({ at, done: step.done });
    while (this.#samples.length > 2 && this.#samples[1]!.at < at - windowMs) this.#samples.shift();
    const first = this.#samples[0]!;
    const spanMs = at - first.at;
    const moved = step.done - first.done;
    const fps = spanMs >= minimumMs && moved > 0 ? (moved * 1000) / spanMs : null;
    const left = step.total - step.done;
    return { ...step, fps, etaMs: fps !== null && step.total > 0 ? (left * 1000) / fps : null };
  }
}
