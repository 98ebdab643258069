// Frames read from the middle of a clip on are the same bytes as those of a reader that saw all before.
import assert from 'node:assert/strict';
import { planClip } from '../../../../companion/operations/interpolate/plan.ts';
import { readSource } from '../../../../companion/operations/interpolate/source.ts';
import { interpolate } from '../../../../companion/operations/interpolate.ts';
import { openFakeEngine } from '../../../support/fake-engine.ts';
import { withNpmTools } from '../../../support/npm-tools.ts';
import { folder, make, picture } from '../../media/footage.ts';

describe('readSource', function () {
  this.slow(4000);
  withNpmTools();
  const { signal } = new AbortController();

  async function prepare(input: string, params: Record<string, unknown>) {
    using engine = openFakeEngine();
    return planClip(interpolate.params.parse({ fps: '50', ...params }), {
      inputs: [input],
      ...{ output: undefined, spared: [], force: false, from: folder, engine, signal },
      ...{ progress: () => {}, note: () => {}, claim: () => {}, seal: () => async () => {} },
    });
  }

  const check = (what: string, source: [name: string, ...args: string[]], params: Record<string, unknown> = {}) =>
    it(what, async () => {
      const prepared = await prepare(await make(...source), params);
      const read = async (kept: Int32Array | null, first: number, digest: string | null): Promise<Buffer[]> => {
        const frames: Buffer[] = [];
        for await (const { data, release } of readSource({ prepared, kept, first, digest, signal })) {
          frames.push(Buffer.from(data));
          release();
        }
        return frames;
      };
      const all = await read(null, 0, null);
      assert.equal(all.length, prepared.range.count);
      for (const first of [1, 2, 17, all.length - 1]) {
        for (const digest of [null, 'that of another picture'])
          assert.ok(
            (await read(null, first, digest)).every((frame, i) => frame.equals(all[first + i]!)),
            `${first}`,
          );
        const third = Int32Array.from({ length: all.length / 3 }, (_, i) => 3 * i);
        const place = Math.min(first, third.length - 1);
        const some = await read(third, place, null);
        assert.equal(some.length, third.length - place);
        assert.ok(
          some.every((frame, i) => frame.equals(all[3 * (place + i)]!)),
          `every third from ${place}`,
        );
      }
    });
  check('of pictures that stand alone', ['alone.mkv', ...picture('25', 1.2), '-c:v', 'ffv1', '-g', '1']);
  const far = ['-c:v', 'libx264', '-g', '25', '-bf', '3'];
  check('of pictures that lean on others', ['lean.mp4', ...picture('25', 1.2), ...far]);
  check('of part of them', ['lean.mp4', ...picture('25', 1.2), ...far], { range: '4-27' });
  check('of open groups', ['open.mkv', ...picture('25', 1.2), ...far, '-x264-params', 'open-gop=1']);
  check('of a stream', ['stream.ts', ...picture('25', 1.2), '-c:v', 'mpeg2video', '-bf', '2']);
  const fields = ['-vf', 'interlace=scan=tff,setfield=tff', '-c:v', 'ffv1', '-g', '1'];
  check('of fields', ['fields.mkv', ...picture('50', 1.2), ...fields], { deinterlace: 'on' });
  check('of fields in a range', ['fields.mkv', ...picture('50', 1.2), ...fields], { deinterlace: 'on', range: '3-29' });
});
