// A working engine for tests of everything around it: it blends, tells cuts by mean difference, and can be as slow as a test needs.
import type {
  CallOptions,
  Engine,
  Interpolator,
  InterpolatorOptions,
  Likeness,
  Measure,
  PairReport,
  PictureFormat,
  Relation,
} from '../../native/index.ts';

export interface FakeEngineOptions {
  /** Milliseconds every load and render takes at least. */
  readonly delayMs?: number;
  /** Called at every render; a test may throw or end the process here. */
  readonly onRender?: (phase: number) => void;
}

/** Mean luma difference (8-bit codes) at which a pair is a cut, or stands still. */
const cutDifference = 60;
const stillDifference = 0.01;

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(Object.assign(new Error('aborted'), { name: 'AbortError', code: 'ABORT_ERR' }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function samples(picture: Uint8Array, depth: number): (index: number) => number {
  if (depth === 8) return (index) => picture[index]!;
  const words = new Uint16Array(Uint8Array.from(picture).buffer);
  return (index) => words[index]!;
}

function likenessOf({ width, height, depth }: PictureFormat, a: Uint8Array, b: Uint8Array): Likeness {
  const [left, right] = [samples(a, depth), samples(b, depth)];
  const blocks = new Map<number, { sum: number; count: number }>();
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const difference = Math.abs(left(y * width + x) - right(y * width + x)) / 2 ** (depth - 8);
      const at = (y >> 4) * width + (x >> 4);
      const block = blocks.get(at) ?? { sum: 0, count: 0 };
      blocks.set(at, { sum: block.sum + difference, count: block.count + 1 });
      sum += difference;
    }
  }
  const worstBlock = Math.max(...[...blocks.values()].map((block) => block.sum / block.count));
  const meanDifference = sum / (width * height);
  return { meanDifference, worstBlock, histogramDistance: Math.min(1, meanDifference / 255) };
}

class FakeInterpolator implements Interpolator {
  readonly format: PictureFormat;
  readonly #options: InterpolatorOptions;
  readonly #fake: FakeEngineOptions;
  #pair: readonly [Uint8Array, Uint8Array] | undefined;
  #disposed = false;
  #busy = false;

  constructor(format: PictureFormat, options: InterpolatorOptions, fake: FakeEngineOptions) {
    this.format = format;
    this.#options = options;
    this.#fake = fake;
  }

  async compare(a: Uint8Array, b: Uint8Array, { signal }: CallOptions = {}): Promise<Likeness> {
    return this.#alone(async () => {
      await pause(0, signal);
      return likenessOf(this.format, a, b);
    });
  }

  async load(a: Uint8Array, b: Uint8Array, { signal }: CallOptions = {}): Promise<PairReport> {
    return this.#alone(async () => {
      await pause(this.#fake.delayMs ?? 0, signal);
      this.#pair = [a, b];
      const likeness = likenessOf(this.format, a, b);
      const cutScore = likeness.meanDifference >= cutDifference ? 1 : 0;
      const still = likeness.meanDifference <= stillDifference;
      const relation: Relation = cutScore >= this.#options.cutThreshold ? 'cut' : still ? 'still' : 'motion';
      return { ...likeness, relation, cutScore, agreement: 1 };
    });
  }

  async render(phase: number, out: Uint8Array, { signal }: CallOptions = {}): Promise<void> {
    return this.#alone(async () => {
      this.#fake.onRender?.(phase);
      if (!this.#pair) throw coded('ENGINE_ARGUMENT', 'render before load');
      if (!(phase > 0 && phase < 1)) throw coded('ENGINE_ARGUMENT', `phase ${phase}`);
      await pause(this.#fake.delayMs ?? 0, signal);
      const [a, b] = this.#pair;
      if (out.length !== a.length) throw coded('ENGINE_ARGUMENT', `${out.length} bytes for ${a.length}`);
      if (this.format.depth === 8) {
        for (let i = 0; i < out.length; i++) out[i] = Math.round(a[i]! + (b[i]! - a[i]!) * phase);
        return;
      }
      const [left, right] = [samples(a, this.format.depth), samples(b, this.format.depth)];
      const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
      for (let i = 0; i < out.length / 2; i++) {
        view.setUint16(i * 2, Math.round(left(i) + (right(i) - left(i)) * phase), true);
      }
    });
  }

  dispose(): void {
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw coded('ENGINE_DISPOSED', 'the interpolator was disposed');
    if (this.#busy) throw coded('ENGINE_BUSY', 'two calls at once');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

export function openFakeEngine(fake: FakeEngineOptions = {}): Engine {
  return {
    version: 'fake',
    level: 'scalar',
    threads: 1,
    plannedBytes: () => 1 << 20,
    interpolator: (format, options) => new FakeInterpolator(format, options, fake),
    measure: async (format, a, b): Promise<Measure> => {
      const shapes = planeSamples(format);
      const [left, right] = [samples(a, format.depth), samples(b, format.depth)];
      let start = 0;
      const psnr = shapes.map((count) => {
        let error = 0;
        for (let i = start; i < start + count; i++) error += (left(i) - right(i)) ** 2;
        start += count;
        return error === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((2 ** format.depth - 1) ** 2 / (error / count));
      });
      return { psnr, ssim: psnr[0] === Number.POSITIVE_INFINITY ? 1 : 0.5 };
    },
    dispose: () => {},
    [Symbol.dispose]: () => {},
  };
}

function planeSamples({ width, height, layout, alpha }: PictureFormat): number[] {
  const luma = width * height;
  const chromaWidth = layout === 'yuv420' || layout === 'yuv422' ? (width + 1) >> 1 : width;
  const chromaHeight = layout === 'yuv420' ? (height + 1) >> 1 : height;
  const chroma = layout === 'gray' ? [] : [chromaWidth * chromaHeight, chromaWidth * chromaHeight];
  return [luma, ...chroma, ...(alpha ? [luma] : [])];
}
