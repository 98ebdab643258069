// The largest and the smallest pictures through the engine: planned memory is kept to, and 8K fits a machine of 24 GiB.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { PictureFormat } from '../../native/index.ts';
import { measure } from '../support/command.ts';
import type { EngineLoad } from '../support/engine-load.ts';
import { standAside } from '../support/stand-aside.ts';
import { typescriptLoader } from '../support/typescript.ts';

const gibibyte = 2 ** 30;
/** What a process takes beside pictures and plan: thread stacks, the runtime's own growth. */
const marginBytes = 32 * 2 ** 20;

describe('journeys: picture sizes', () => {
  const program = fileURLToPath(new URL('../support/engine-load.ts', import.meta.url));

  async function check(format: PictureFormat, move: number, leastPsnr: number): Promise<void> {
    const args = ['--import', typescriptLoader, program, JSON.stringify(format), String(move)];
    const { code, stdout, stderr } = await measure(process.execPath, args, { alone: true });
    assert.equal(code, 0, stderr);
    const load = JSON.parse(stdout.toString()) as EngineLoad;
    const grown = load.residentPeak - load.residentBefore;
    const { width, height } = format;
    const size = `${width}×${height}`;
    const gib = (bytes: number): string => `${(bytes / gibibyte).toFixed(3)} GiB`;
    console.log(
      `      ${size}: planned ${gib(load.plannedBytes)}, grew by ${gib(grown)}, peak ${gib(load.residentPeak)}, ${load.seconds.toFixed(1)} s, ${load.psnr?.toFixed(1) ?? '∞'} dB`,
    );
    assert.ok(grown <= load.plannedBytes + marginBytes, `${size} grew by ${grown}, planned were ${load.plannedBytes}`);
    assert.ok(load.residentPeak < 24 * gibibyte);
    assert.ok((load.psnr ?? Infinity) > leastPsnr, `${size}: ${load.psnr} dB`);
  }

  const plain: Omit<PictureFormat, 'width' | 'height'> = { layout: 'yuv420', depth: 8, alpha: false };
  const small = (width: number, height: number, more: Partial<PictureFormat> = {}) =>
    it(`${width}×${height} ${more.layout ?? plain.layout}`, () => check({ ...plain, ...more, width, height }, 2, 25));
  small(16, 16);
  small(17, 23);
  small(17, 23, { layout: 'yuv422', depth: 10 });
  small(641, 359, { layout: 'yuv444', depth: 16, alpha: true });
  small(16, 8192);
  small(8192, 16, { layout: 'gray', depth: 12 });
  small(1920, 1080);

  it('8192×4320 in ten bits of 4:2:2', async function () {
    const free = process.availableMemory();
    if (free < 10 * gibibyte) standAside(this, `${(free / gibibyte).toFixed(1)} GiB of memory are free, 10 are wanted`);
    await check({ layout: 'yuv422', depth: 10, alpha: false, width: 8192, height: 4320 }, 12, 35);
  });
}).timeout(180_000);
