// The typed front of the engine: what it refuses, what it computes, and that neither threads nor CPU level show in its bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  type CpuLevel,
  type Engine,
  type EngineOptions,
  type Interpolator,
  type Layout,
  openEngine,
  type PictureFormat,
  pictureBytes,
  planeShapes,
} from '../../native/index.ts';
import { psnr, type Samples, ssim } from '../support/oracle.ts';
import { standAside } from '../support/stand-aside.ts';
import { engineMissing } from './built.ts';
import { movingTexture, quickPicture } from './pictures.ts';

const gray = (width: number, height: number, depth = 8): PictureFormat => ({
  width,
  height,
  layout: 'gray',
  depth,
  alpha: false,
});
const best = { effort: 'best', cutThreshold: 0.5 } as const;

describe('native: planeShapes', () => {
  const check = (format: PictureFormat, shapes: readonly (readonly [number, number])[], bytes: number): void => {
    const found = planeShapes(format);
    assert.deepEqual(
      found.map((shape) => [shape.width, shape.height]),
      shapes,
    );
    assert.equal(pictureBytes(format), bytes);
    let offset = 0;
    for (const shape of found) {
      assert.equal(shape.offset, offset);
      assert.equal(shape.bytes, shape.width * shape.height * (format.depth > 8 ? 2 : 1));
      offset += shape.bytes;
    }
    assert.equal(offset, bytes);
  };
  const of = (layout: Layout, depth: number, alpha: boolean): PictureFormat => ({
    width: 17,
    height: 23,
    layout,
    depth,
    alpha,
  });
  const full = [17, 23] as const;
  it('gray', () => check(of('gray', 8, false), [full], 391));
  it('gray with alpha', () => check(of('gray', 8, true), [full, full], 782));
  it('4:2:0 rounds both up', () => check(of('yuv420', 8, false), [full, [9, 12], [9, 12]], 391 + 216));
  it('4:2:0 with alpha', () => check(of('yuv420', 8, true), [full, [9, 12], [9, 12], full], 782 + 216));
  it('4:2:2 rounds the width up', () => check(of('yuv422', 8, false), [full, [9, 23], [9, 23]], 391 + 414));
  it('4:4:4', () => check(of('yuv444', 8, false), [full, full, full], 1173));
  it('planar RGB with alpha', () => check(of('rgb', 8, true), [full, full, full, full], 1564));
  it('two bytes a sample over 8 bit', () => check(of('yuv420', 10, false), [full, [9, 12], [9, 12]], 2 * (391 + 216)));
  it('16 bit', () => check(of('gray', 16, false), [full], 782));
});

describe('native: engine', () => {
  const missing = engineMissing();
  let engine: Engine;
  before(function () {
    if (missing !== undefined) standAside(this, missing);
    engine = openEngine({ threads: 2 });
  });
  after(() => engine?.dispose());

  describe('opening', () => {
    const refused = (options: EngineOptions, said: RegExp): void =>
      assert.throws(() => openEngine(options), { name: /Error/, code: 'ENGINE_ARGUMENT', message: said });
    const absent: CpuLevel = process.arch === 'arm64' ? 'avx2' : 'neon';
    for (const threads of [0, -1, 1.5, 257, Number.NaN])
      it(`refuses ${threads} threads`, () => refused({ threads }, /from 1 to 256/));
    it('refuses a level of another family', () => refused({ level: absent }, /This CPU has no/));
    it('refuses an unknown level', () => refused({ level: 'mmx' as CpuLevel }, /Unknown CPU level/));
    it('says its threads, level and version', () => {
      assert.equal(engine.threads, 2);
      assert.ok(['avx512', 'avx2', 'neon', 'scalar'].includes(engine.level));
      assert.match(engine.version, /^\d+\.\d+\.\d+/);
    });
    it('takes the plain level by force', () => {
      using plain = openEngine({ threads: 1, level: 'scalar' });
      assert.equal(plain.level, 'scalar');
      assert.equal(plain.threads, 1);
    });
  });

  describe('formats it refuses', () => {
    const check = (change: Partial<Record<keyof PictureFormat, unknown>>, said: RegExp): void =>
      assert.throws(() => engine.interpolator({ ...gray(64, 48), ...change } as PictureFormat, best), {
        name: 'EngineError',
        code: 'ENGINE_ARGUMENT',
        message: said,
      });
    it('15 samples wide', () => check({ width: 15 }, /16 to 8192/));
    it('8193 samples high', () => check({ height: 8193 }, /16 to 8192/));
    it('half a sample', () => check({ width: 64.5 }, /16 to 8192/));
    it('7 bit', () => check({ depth: 7 }, /8 to 16/));
    it('17 bit', () => check({ depth: 17 }, /8 to 16/));
    it('an unknown layout', () => check({ layout: 'yuv411' }, /yuv411/));
    it('an unknown effort', () =>
      assert.throws(() => engine.interpolator(gray(64, 48), { ...best, effort: 'most' as 'best' }), {
        code: 'ENGINE_ARGUMENT',
      }));
    for (const cutThreshold of [-1, Number.NaN])
      it(`a cut threshold of ${cutThreshold}`, () =>
        assert.throws(() => engine.interpolator(gray(64, 48), { effort: 'best', cutThreshold }), {
          code: 'ENGINE_ARGUMENT',
        }));
  });

  describe('calls it refuses', () => {
    const format = gray(64, 48);
    const check = async (call: (interpolator: Interpolator) => Promise<unknown>, code: string): Promise<void> => {
      using interpolator = engine.interpolator(format, best);
      await assert.rejects(call(interpolator), { code });
    };
    const picture = movingTexture(format, 0);
    const short = picture.subarray(1);
    it('load of a short picture', () => check((it) => it.load(short, picture), 'ENGINE_ARGUMENT'));
    it('load of a short second picture', () => check((it) => it.load(picture, short), 'ENGINE_ARGUMENT'));
    it('compare of a short picture', () => check((it) => it.compare(picture, short), 'ENGINE_ARGUMENT'));
    it('render before load', () => check((it) => it.render(0.5, new Uint8Array(picture.length)), 'ENGINE_ARGUMENT'));
    for (const phase of [0, 1, -0.5, 1.5, Number.NaN])
      it(`a phase of ${phase}`, () =>
        check(async (it) => {
          await it.load(picture, movingTexture(format, 1));
          await it.render(phase, new Uint8Array(picture.length));
        }, 'ENGINE_ARGUMENT'));
    it('render into a short buffer', () =>
      check(async (it) => {
        await it.load(picture, movingTexture(format, 1));
        await it.render(0.5, new Uint8Array(picture.length - 1));
      }, 'ENGINE_ARGUMENT'));
    it('a second call while one is at work', () =>
      check(async (it) => {
        const first = it.load(picture, movingTexture(format, 1));
        const second = it.load(picture, picture);
        await Promise.allSettled([first, second]);
        await first;
        return second;
      }, 'ENGINE_BUSY'));
    it('any call after dispose', () =>
      check((it) => {
        it.dispose();
        return it.load(picture, picture);
      }, 'ENGINE_DISPOSED'));
    it('measure of pictures of another size', () =>
      assert.rejects(engine.measure(format, picture, short), { code: 'ENGINE_ARGUMENT' }));
    it('any call of a disposed engine', async () => {
      const closed = openEngine({ threads: 1 });
      const interpolator = closed.interpolator(format, best);
      closed.dispose();
      closed.dispose();
      await assert.rejects(interpolator.load(picture, picture), { code: 'ENGINE_DISPOSED' });
      await assert.rejects(closed.measure(format, picture, picture), { code: 'ENGINE_DISPOSED' });
      assert.throws(() => closed.interpolator(format, best), { code: 'ENGINE_DISPOSED' });
    });
    it('works on after a refused call', async () => {
      using interpolator = engine.interpolator(format, best);
      await assert.rejects(interpolator.load(short, picture));
      assert.equal((await interpolator.load(picture, picture)).relation, 'still');
    });
  });

  describe('interpolation', () => {
    const half = async (format: PictureFormat, by: Engine, effort: 'best' | 'fast' = 'best'): Promise<Uint8Array> => {
      using interpolator = by.interpolator(format, { effort, cutThreshold: 0.5 });
      const out = new Uint8Array(pictureBytes(format));
      const report = await interpolator.load(movingTexture(format, 0), movingTexture(format, 1));
      assert.equal(report.relation, 'motion');
      await interpolator.render(0.5, out);
      return out;
    };
    it('recreates a moved texture, over 36 dB inside', async () => {
      const format = gray(128, 96);
      const [made, truth] = [await half(format, engine), movingTexture(format, 0.5)];
      const inner = (from: Uint8Array): Uint8Array =>
        from.filter((_, i) => i % 128 >= 12 && i % 128 < 116 && i >= 12 * 128 && i < 84 * 128);
      const found = psnr(inner(made), inner(truth));
      assert.ok(found > 36, `${found} dB`);
    });
    it('gives the same bytes for every number of threads and every CPU level', async () => {
      const format: PictureFormat = { width: 101, height: 75, layout: 'yuv420', depth: 10, alpha: true };
      const prints = new Set<string>();
      const levels = (['scalar', 'neon', 'avx2', 'avx512'] as const).filter((level) => {
        try {
          openEngine({ threads: 1, level }).dispose();
          return true;
        } catch {
          return false;
        }
      });
      assert.ok(levels.includes('scalar'));
      for (const level of levels)
        for (const threads of [1, 2, 3, 5]) {
          using other = openEngine({ threads, level });
          prints.add(
            createHash('sha256')
              .update(await half(format, other))
              .digest('hex'),
          );
        }
      assert.equal(prints.size, 1);
    });
    it('runs several interpolators at once, each with its own result', async () => {
      const formats: PictureFormat[] = [gray(64, 48), gray(96, 80, 10), { ...gray(80, 64), layout: 'yuv422' }];
      const alone = [];
      for (const format of formats) alone.push(await half(format, engine));
      assert.deepEqual(await Promise.all(formats.map((format) => half(format, engine))), alone);
    });
    it('leaves its inputs as they were', async () => {
      const format = gray(64, 48);
      const [a, b] = [movingTexture(format, 0), movingTexture(format, 1)];
      using interpolator = engine.interpolator(format, best);
      await interpolator.load(a, b);
      await interpolator.render(0.5, new Uint8Array(a.length));
      assert.deepEqual([a, b], [movingTexture(format, 0), movingTexture(format, 1)]);
    });
    it('takes pictures that lie inside a larger buffer', async () => {
      const format = gray(64, 48);
      const bytes = pictureBytes(format);
      const wide = new Uint8Array(3 * bytes + 9).fill(7);
      wide.set(movingTexture(format, 0), 3);
      wide.set(movingTexture(format, 1), 3 + bytes);
      using interpolator = engine.interpolator(format, best);
      await interpolator.load(wide.subarray(3, 3 + bytes), wide.subarray(3 + bytes, 3 + 2 * bytes));
      await interpolator.render(0.5, wide.subarray(3 + 2 * bytes, 3 + 3 * bytes));
      assert.deepEqual(wide.slice(3 + 2 * bytes, -6), await half(format, engine));
      assert.deepEqual([...wide.subarray(0, 3), ...wide.subarray(-6)], Array(9).fill(7));
    });
    it('says how much memory it would hold, and takes none to say so', () => {
      const planned = (width: number, height: number, effort: 'best' | 'fast' = 'best'): number =>
        engine.plannedBytes(gray(width, height), { effort, cutThreshold: 0.5 });
      assert.ok(planned(256, 192) > 256 * 192 * 4);
      assert.ok(planned(1024, 768) > 3 * planned(512, 384));
      assert.ok(planned(1024, 768, 'fast') < planned(1024, 768));
      const before = process.memoryUsage.rss();
      assert.ok(planned(8192, 8192) > 2 ** 30);
      assert.ok(process.memoryUsage.rss() - before < 2 ** 27);
    });
    it('says nothing of formats and options that it refuses', () => {
      assert.throws(() => engine.plannedBytes(gray(15, 48), best), { code: 'ENGINE_ARGUMENT' });
      assert.throws(() => engine.plannedBytes(gray(64, 48), { ...best, cutThreshold: -1 }), {
        code: 'ENGINE_ARGUMENT',
      });
    });
  });

  describe('measure agrees with the oracle', () => {
    const samples = (format: PictureFormat, picture: Uint8Array, plane: number): Samples => {
      const shape = planeShapes(format)[plane]!;
      const bytes = picture.slice(shape.offset, shape.offset + shape.bytes);
      return format.depth === 8 ? bytes : new Uint16Array(bytes.buffer);
    };
    const check = async (format: PictureFormat): Promise<void> => {
      const a = movingTexture(format, 0, { seed: 3 });
      const b = movingTexture(format, 0.3, { seed: 3 });
      const found = await engine.measure(format, a, b);
      assert.equal(found.psnr.length, planeShapes(format).length);
      found.psnr.forEach((dB, plane) => {
        const expected = psnr(samples(format, a, plane), samples(format, b, plane), format.depth);
        assert.ok(Math.abs(dB - expected) < 1e-6, `plane ${plane}: ${dB} instead of ${expected}`);
      });
      const expected = ssim(samples(format, a, 0), samples(format, b, 0), format.width, format.height, format.depth);
      assert.ok(Math.abs(found.ssim - expected) < 1e-4, `SSIM ${found.ssim} instead of ${expected}`);
    };
    const of = (layout: Layout, depth: number, alpha = false): PictureFormat => ({
      width: 67,
      height: 45,
      layout,
      depth,
      alpha,
    });
    it('gray', () => check(of('gray', 8)));
    it('4:2:0', () => check(of('yuv420', 8)));
    it('4:2:2 with alpha, 10 bit', () => check(of('yuv422', 10, true)));
    it('4:4:4, 12 bit', () => check(of('yuv444', 12)));
    it('gray, 16 bit', () => check(of('gray', 16)));
    it('equal pictures: infinite PSNR, SSIM 1', async () => {
      const format = of('yuv420', 8);
      const a = movingTexture(format, 0);
      const found = await engine.measure(format, a, a.slice());
      assert.deepEqual(found.psnr, [Infinity, Infinity, Infinity]);
      assert.ok(Math.abs(found.ssim - 1) < 1e-6);
    });
    it('pictures down to one sample', async () => {
      const found = await engine.measure(gray(1, 1), Uint8Array.of(10), Uint8Array.of(20));
      assert.ok(Math.abs(found.psnr[0]! - 20 * Math.log10(255 / 10)) < 1e-9);
    });
  });

  describe('abort', () => {
    const large: PictureFormat = { width: 3840, height: 2160, layout: 'yuv420', depth: 8, alpha: false };
    const aborted = { name: 'AbortError', code: 'ABORT_ERR' };
    const a = (): Uint8Array => quickPicture(large, 0);
    const b = (): Uint8Array => quickPicture(large, 6);

    it('before the start: the call does nothing', async () => {
      using interpolator = engine.interpolator(gray(64, 48), best);
      const picture = movingTexture(gray(64, 48), 0);
      await assert.rejects(interpolator.load(picture, picture, { signal: AbortSignal.abort() }), aborted);
      await assert.rejects(interpolator.compare(picture, picture, { signal: AbortSignal.abort() }), aborted);
      await assert.rejects(engine.measure(gray(64, 48), picture, picture, { signal: AbortSignal.abort() }), aborted);
    });
    it('of a load of 3840×2160 comes within 500 ms, and the handle works on', async () => {
      using interpolator = engine.interpolator(large, best);
      const [first, second] = [a(), b()];
      const controller = new AbortController();
      const call = interpolator.load(first, second, { signal: controller.signal });
      await new Promise((resolve) => setTimeout(resolve, 20));
      const start = performance.now();
      controller.abort();
      await assert.rejects(call, aborted);
      const ms = performance.now() - start;
      assert.ok(ms < 500, `${ms} ms`);
      await assert.rejects(interpolator.render(0.5, new Uint8Array(pictureBytes(large))), { code: 'ENGINE_ARGUMENT' });
      assert.ok((await interpolator.compare(first, second)).meanDifference > 0);
    });
    it('of a call that waits for another comes at its turn without running', async () => {
      using one = engine.interpolator(gray(256, 192), best);
      using other = engine.interpolator(gray(256, 192), best);
      const [first, second] = [movingTexture(gray(256, 192), 0), movingTexture(gray(256, 192), 1)];
      const controller = new AbortController();
      const running = one.load(first, second);
      const waiting = other.load(first, second, { signal: controller.signal });
      controller.abort();
      await assert.rejects(waiting, aborted);
      assert.equal((await running).relation, 'motion');
    });
    it('after the end changes nothing', async () => {
      using interpolator = engine.interpolator(gray(64, 48), best);
      const controller = new AbortController();
      const picture = movingTexture(gray(64, 48), 0);
      await interpolator.load(picture, movingTexture(gray(64, 48), 1), { signal: controller.signal });
      controller.abort();
      await interpolator.render(0.5, new Uint8Array(picture.length));
    });
    it('dispose of the engine at work rejects the call', async () => {
      const busy = openEngine({ threads: 1 });
      const interpolator = busy.interpolator(large, best);
      const call = interpolator.load(a(), b());
      const rejected = assert.rejects(call, aborted);
      await new Promise((resolve) => setTimeout(resolve, 50));
      busy.dispose();
      await rejected;
    });
    it('dispose of an interpolator at work settles the call', async () => {
      const interpolator = engine.interpolator(gray(256, 192), best);
      const [first, second] = [movingTexture(gray(256, 192), 0), movingTexture(gray(256, 192), 1)];
      const call = interpolator.load(first, second);
      interpolator.dispose();
      const [outcome] = await Promise.allSettled([call]);
      if (outcome.status === 'rejected') assert.equal((outcome.reason as { code: string }).code, 'ABORT_ERR');
      await assert.rejects(interpolator.load(first, second), { code: 'ENGINE_DISPOSED' });
    });
  });
});
