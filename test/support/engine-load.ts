// A process of its own that makes one frame of a pair of the given format, and tells as JSON what it cost and how near the truth it came.
import { writeFileSync } from 'node:fs';
import { openEngine, type PictureFormat, pictureBytes, planeShapes } from '../../native/index.ts';
import { peakResidentBytes } from './process-memory.ts';

/** What the process writes to its standard output. */
export interface EngineLoad {
  readonly plannedBytes: number;
  /** Resident bytes with the pictures made and nothing planned, and the most there ever were. */
  readonly residentBefore: number;
  readonly residentPeak: number;
  /** PSNR of luma against the true picture half way, in dB; null for an exact one. */
  readonly psnr: number | null;
  readonly relation: string;
  readonly seconds: number;
}

const format = JSON.parse(process.argv[2]!) as PictureFormat;
/** Samples the pattern moves from the first picture to the second. */
const move = Number(process.argv[3]);

const wave = Float64Array.from(
  { length: 4096 },
  (_, i) => Math.sin((2 * Math.PI * i) / 256) + Math.sin((2 * Math.PI * i * 7) / 4096),
);

/** A pattern without repeats nearby, moved to the left by `shift` samples of luma. */
function picture(shift: number): Uint8Array {
  const bytes = new Uint8Array(pictureBytes(format));
  const shapes = planeShapes(format);
  const peak = 2 ** format.depth - 1;
  for (const { width, height, offset, bytes: length } of shapes) {
    const step = format.width / width;
    const plane =
      format.depth > 8 ? new Uint16Array(bytes.buffer, offset, length / 2) : bytes.subarray(offset, offset + length);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const across = Math.round(x * step) + shift;
        plane[at] = (0.5 + 0.09 * (wave[(across * 5 + y * 3) & 4095]! + wave[(across * 2 - y * 7) & 4095]!)) * peak;
      }
    }
  }
  return bytes;
}

/** Lets the peak count from now, where the system can: what loading the program took at its height is not the engine's. (The system's own figure of the peak
 * also counts the process that started this one.) */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

const [a, b, truth, out] = [picture(0), picture(move), picture(move / 2), new Uint8Array(pictureBytes(format)).fill(1)];
using engine = openEngine();
forgetPeak();
const options = { effort: 'best', cutThreshold: 0.5 } as const;
const residentBefore = process.memoryUsage().rss;
const from = performance.now();
using interpolator = engine.interpolator(format, options);
const { relation } = await interpolator.load(a, b);
await interpolator.render(0.5, out);
const seconds = (performance.now() - from) / 1000;
const residentPeak = peakResidentBytes(process.pid) || process.resourceUsage().maxRSS * 1024;
const { psnr } = await engine.measure(format, truth, out);
const told: EngineLoad = {
  plannedBytes: engine.plannedBytes(format, options),
  residentBefore,
  residentPeak,
  psnr: Number.isFinite(psnr[0]) ? psnr[0]! : null,
  relation,
  seconds,
};
console.log(JSON.stringify(told));
