// Two clips compared through real decoders: streams in any order, and refusals that come before the work.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompanionError, type ErrorCode } from '../../../companion/api/errors.ts';
import { compare } from '../../../companion/operations/compare.ts';
import { openFakeEngine } from '../../support/fake-engine.ts';
import { folder, make, picture, tone } from '../media/footage.ts';

describe('compare', () => {
  const run = (a: string, b: string, sheet?: string) => {
    const measured: number[] = [];
    const record = compare.run(
      { worst: 1, ...(sheet !== undefined && { sheet }) },
      {
        inputs: [a, b],
        output: undefined,
        spared: [],
        force: false,
        from: folder,
        engine: openFakeEngine(),
        signal: new AbortController().signal,
        progress: ({ phase, done }) => void (phase === 'measure' && measured.push(done)),
        note: () => {},
        claim: () => {},
        seal: () => async () => {},
      },
    );
    return { record, measured };
  };
  const lossless = ['-c:v', 'ffv1', '-c:a', 'pcm_s16le'];

  it('finds the picture wherever it lies in each file', async () => {
    const both = [...picture('25', 0.2), ...tone(8000, 0.2), ...lossless];
    const a = await make('picture-first.mkv', ...both, '-map', '0', '-map', '1');
    const b = await make('sound-first.mkv', ...both, '-map', '1', '-map', '0');
    const { frames, equalFrames } = await run(a, b).record;
    assert.deepEqual([frames, equalFrames], [5, 5]);
  });

  const refuses = (work: { record: unknown }, code: ErrorCode, message: RegExp) =>
    assert.rejects(
      Promise.resolve(work.record),
      (error) => error instanceof CompanionError && error.code === code && message.test(error.message),
    );

  it('says which clip has transparency', async () => {
    const a = await make('opaque.mkv', ...picture('25', 0.1), ...lossless);
    const b = await make('clear.mkv', ...picture('25', 0.1), ...lossless, '-pix_fmt', 'yuva420p');
    await refuses(run(a, b), 'SIZES_DIFFER', /differ in transparency: yuv420p without alpha and yuva420p with alpha\./);
  });

  it('looks at the place of the sheet first', async () => {
    const a = await make('plain.mkv', ...picture('25', 0.1), ...lossless);
    writeFileSync(join(folder, 'taken.png'), 'mine');
    const work = run(a, a, 'taken.png');
    await refuses(work, 'OUTPUT_EXISTS', /taken\.png exists/);
    assert.deepEqual(work.measured, []);
  });
});
