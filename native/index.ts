// The typed front of the native engine: loads the addon, validates, and turns its jobs into promises with AbortSignal.
// Errors carry a `code`: ENGINE_MISSING, ENGINE_ARGUMENT, ENGINE_BUSY, ENGINE_DISPOSED, ENGINE_OUT_OF_MEMORY, ENGINE_FAILED; an aborted call
// rejects with the name AbortError and the code ABORT_ERR.
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

/** Arrangement of planes. `yuv4xx`: Y U V (A). `rgb`: G B R (A), the order of ffmpeg's gbrp formats. `gray`: Y (A). */
export type Layout = 'gray' | 'yuv420' | 'yuv422' | 'yuv444' | 'rgb';
export type CpuLevel = 'avx512' | 'avx2' | 'neon' | 'scalar';

/**
 * A picture as ffmpeg's rawvideo writes it: planes one after another, rows tight, one byte a sample at depth 8, otherwise two (little endian,
 * value in the low bits). Width and height 16…8192 × 16…8192 for interpolation. Chroma of odd sizes is rounded up.
 */
export interface PictureFormat {
  readonly width: number;
  readonly height: number;
  readonly layout: Layout;
  /** Bits a sample, 8…16. */
  readonly depth: number;
  readonly alpha: boolean;
}

export interface PlaneShape {
  readonly width: number;
  readonly height: number;
  /** Byte offset of the plane's first sample in the picture. */
  readonly offset: number;
  readonly bytes: number;
}

/** How alike two pictures are by their first plane (luma; green of RGB). Differences are in 8-bit code values. */
export interface Likeness {
  /** Mean absolute luma difference. */
  readonly meanDifference: number;
  /** Largest mean absolute luma difference of any 16×16 block. */
  readonly worstBlock: number;
  /** Distance of the luma histograms, 0 (equal) … 1. */
  readonly histogramDistance: number;
}

/** What the engine made of a pair. `still`: the same bytes; `cut`: different shots; `junk`: one shot, but no usable flow (shown as a dissolve). */
export type Relation = 'motion' | 'still' | 'cut' | 'junk';

export interface PairReport extends Likeness {
  readonly relation: Relation;
  /** 0 … 1: how sure it is that the two belong to different shots. Compared with `cutThreshold`. */
  readonly cutScore: number;
  /** Share of pixels seen in both pictures whose flows agree, 0 … 1. */
  readonly agreement: number;
}

export interface EngineOptions {
  /** Threads of the pool; default: the cores this process may use. */
  readonly threads?: number;
  /** Force a lower CPU level than the machine has (tests). */
  readonly level?: CpuLevel;
}

export interface InterpolatorOptions {
  /** `fast` finds motion at half the size of `best`: about two and a half times quicker, 0.3 dB less on the footage of the conformance suite. */
  readonly effort: 'best' | 'fast';
  /** A pair whose `cutScore` reaches this is a cut. 0 … 1; above 1 switches cuts off. */
  readonly cutThreshold: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** A picture beyond a pair: its bytes, and the time from it to the nearer picture of the pair over the time between the pair. */
export interface Beyond {
  readonly picture: Uint8Array;
  readonly span: number;
}

export interface LoadOptions extends CallOptions {
  /** The picture before `a`. With it, and with `after`, motion that speeds up, slows down or turns is followed on its curve. */
  readonly before?: Beyond | undefined;
  /** The picture after `b`. */
  readonly after?: Beyond | undefined;
}

export interface Measure {
  /** PSNR of each plane in dB; Infinity when equal. */
  readonly psnr: readonly number[];
  /** Mean SSIM of luma (11×11 Gaussian, sigma 1.5, C1 = (0.01 L)², C2 = (0.03 L)²). */
  readonly ssim: number;
}

/** One pair at a time: `load`, then `render` any number of phases. Calls must not overlap. */
export interface Interpolator extends Disposable {
  readonly format: PictureFormat;
  /** Quick comparison of two pictures by their first plane, no flow. */
  compare(a: Uint8Array, b: Uint8Array, options?: CallOptions): Promise<Likeness>;
  /**
   * Analyses a pair. `a` and `b` must stay unchanged until the next `load` or `dispose`. What is known of a picture or a pair (the same bytes)
   * from the load before is not found out again, so give pairs of a clip in order.
   */
  load(a: Uint8Array, b: Uint8Array, options?: LoadOptions): Promise<PairReport>;
  /** Writes the picture at `phase` (0 < phase < 1) of the loaded pair into `out`. */
  render(phase: number, out: Uint8Array, options?: CallOptions): Promise<void>;
  dispose(): void;
}

export interface Engine extends Disposable {
  readonly version: string;
  readonly level: CpuLevel;
  readonly threads: number;
  /** Bytes of working memory such an interpolator holds from when it is opened; a few rows for each thread of the engine come on top. Takes none itself. */
  plannedBytes(format: PictureFormat, options: InterpolatorOptions): number;
  interpolator(format: PictureFormat, options: InterpolatorOptions): Interpolator;
  measure(format: PictureFormat, a: Uint8Array, b: Uint8Array, options?: CallOptions): Promise<Measure>;
  dispose(): void;
}

interface NativeJob<T> {
  readonly promise: Promise<T>;
  cancel(): void;
}
interface NativeInterpolator {
  compare(a: Uint8Array, b: Uint8Array): NativeJob<Likeness>;
  load(
    a: Uint8Array,
    b: Uint8Array,
    before: Uint8Array | undefined,
    beforeSpan: number,
    after: Uint8Array | undefined,
    afterSpan: number,
  ): NativeJob<PairReport>;
  render(phase: number, out: Uint8Array): NativeJob<void>;
  dispose(): void;
}
interface NativeEngine {
  readonly level: CpuLevel;
  readonly threads: number;
  plannedBytes(format: PictureFormat, options: InterpolatorOptions): number;
  interpolator(format: PictureFormat, options: InterpolatorOptions): NativeInterpolator;
  measure(format: PictureFormat, a: Uint8Array, b: Uint8Array): NativeJob<Measure>;
  dispose(): void;
}
interface Addon {
  readonly NativeEngine: new (threads: number, level: CpuLevel | '') => NativeEngine;
}

/** An error of the engine. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const require = createRequire(import.meta.url);
let addon: Addon | undefined;

function loadAddon(): Addon {
  try {
    addon ??= require('./build/release/engine.node') as Addon;
    return addon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new EngineError(
      'ENGINE_MISSING',
      `The native engine could not be loaded (${reason}). It is built when the package is installed, which needs a C++ compiler ` +
        '(Debian and Ubuntu: apt install g++; macOS: xcode-select --install; Windows: LLVM or MinGW-w64). Install one, then run npm run build:native.',
      { cause },
    );
  }
}

const argument = (message: string) => new EngineError('ENGINE_ARGUMENT', message);
const isWhole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;

/** Planes of a picture in order, with their place in its bytes. */
export function planeShapes(format: PictureFormat): PlaneShape[] {
  const { width, height, layout, depth, alpha } = format;
  const full = [width, height] as const;
  const chroma = [
    layout === 'yuv420' || layout === 'yuv422' ? Math.ceil(width / 2) : width,
    layout === 'yuv420' ? Math.ceil(height / 2) : height,
  ] as const;
  const sizes = layout === 'gray' ? [full] : layout === 'rgb' ? [full, full, full] : [full, chroma, chroma];
  if (alpha) sizes.push(full);
  let offset = 0;
  return sizes.map(([planeWidth, planeHeight]) => {
    const bytes = planeWidth * planeHeight * (depth > 8 ? 2 : 1);
    offset += bytes;
    return { width: planeWidth, height: planeHeight, offset: offset - bytes, bytes };
  });
}

/** Bytes of one picture. */
export function pictureBytes(format: PictureFormat): number {
  const last = planeShapes(format).at(-1);
  return last ? last.offset + last.bytes : 0;
}

function checkFormat(format: PictureFormat, smallest: number): void {
  const { width, height, depth, layout } = format;
  if (!isWhole(width, smallest, 8192) || !isWhole(height, smallest, 8192))
    throw argument(`Pictures must be ${smallest} to 8192 samples a side, but this one is ${width}×${height}.`);
  if (!isWhole(depth, 8, 16)) throw argument(`Depth must be a whole number from 8 to 16 bits, but was ${depth}.`);
  if (!['gray', 'yuv420', 'yuv422', 'yuv444', 'rgb'].includes(layout)) throw argument(`Unknown layout '${layout}'.`);
}

function checkInterpolator(format: PictureFormat, { effort, cutThreshold }: InterpolatorOptions): void {
  checkFormat(format, 16);
  if (!['best', 'fast'].includes(effort)) throw argument(`Effort must be best or fast, but was '${effort}'.`);
  if (!(cutThreshold >= 0)) throw argument(`The cut threshold must be 0 or more, but was ${cutThreshold}.`);
}

function checkPicture(format: PictureFormat, name: string, picture: Uint8Array): void {
  const bytes = pictureBytes(format);
  if (!(picture instanceof Uint8Array) || picture.byteLength !== bytes)
    throw argument(
      `${name} must be a Uint8Array of ${bytes} bytes (${format.width}×${format.height} ${format.layout}, ${format.depth} bit), but has ${picture?.byteLength}.`,
    );
}

async function settle<T>(start: () => NativeJob<T>, { signal }: CallOptions = {}): Promise<T> {
  if (signal?.aborted)
    throw Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' });
  const job = start();
  const cancel = () => job.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await job.promise;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

class InterpolatorHandle implements Interpolator {
  readonly format: PictureFormat;
  readonly #native: NativeInterpolator;
  #loaded = false;

  constructor(native: NativeInterpolator, format: PictureFormat) {
    this.#native = native;
    this.format = format;
  }

  async compare(a: Uint8Array, b: Uint8Array, options?: CallOptions): Promise<Likeness> {
    checkPicture(this.format, 'a', a);
    checkPicture(this.format, 'b', b);
    return settle(() => this.#native.compare(a, b), options);
  }

  async load(a: Uint8Array, b: Uint8Array, { before, after, ...options }: LoadOptions = {}): Promise<PairReport> {
    checkPicture(this.format, 'a', a);
    checkPicture(this.format, 'b', b);
    for (const [name, beyond] of [
      ['before', before],
      ['after', after],
    ] as const) {
      if (!beyond) continue;
      checkPicture(this.format, name, beyond.picture);
      if (!(beyond.span > 0 && beyond.span <= 1000))
        throw argument(`The span of ${name} must lie between 0 and 1000, but was ${beyond.span}.`);
    }
    this.#loaded = false;
    const report = await settle(
      () => this.#native.load(a, b, before?.picture, before?.span ?? 1, after?.picture, after?.span ?? 1),
      options,
    );
    this.#loaded = true;
    return report;
  }

  async render(phase: number, out: Uint8Array, options?: CallOptions): Promise<void> {
    if (!(phase > 0 && phase < 1))
      throw argument(
        `The phase must lie between 0 and 1, but was ${phase}. Whole phases are the source pictures themselves.`,
      );
    checkPicture(this.format, 'out', out);
    if (!this.#loaded) throw argument('Nothing is loaded: call load before render.');
    return settle(() => this.#native.render(phase, out), options);
  }

  dispose(): void {
    this.#native.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

class EngineHandle implements Engine {
  readonly version = (require('./package.json') as { version: string }).version;
  readonly level: CpuLevel;
  readonly threads: number;
  readonly #native: NativeEngine;

  constructor(native: NativeEngine) {
    this.#native = native;
    this.level = native.level;
    this.threads = native.threads;
  }

  plannedBytes(format: PictureFormat, options: InterpolatorOptions): number {
    checkInterpolator(format, options);
    return this.#native.plannedBytes(format, options);
  }

  interpolator(format: PictureFormat, options: InterpolatorOptions): Interpolator {
    checkInterpolator(format, options);
    return new InterpolatorHandle(this.#native.interpolator(format, options), { ...format });
  }

  async measure(format: PictureFormat, a: Uint8Array, b: Uint8Array, options?: CallOptions): Promise<Measure> {
    checkFormat(format, 1);
    checkPicture(format, 'a', a);
    checkPicture(format, 'b', b);
    return settle(() => this.#native.measure(format, a, b), options);
  }

  dispose(): void {
    this.#native.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Opens the engine with a pool of threads of its own; dispose it when done (running calls are aborted).
 * Throws ENGINE_MISSING where the addon was not built, ENGINE_ARGUMENT for a CPU level this machine lacks.
 */
export function openEngine({ threads = availableParallelism(), level }: EngineOptions = {}): Engine {
  if (!isWhole(threads, 1, 256)) throw argument(`Threads must be a whole number from 1 to 256, but was ${threads}.`);
  return new EngineHandle(new (loadAddon().NativeEngine)(threads, level ?? ''));
}
