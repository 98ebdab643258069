// Errors that come from files and folders that went away are told as such; all others as they are.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { explained } from '../../../companion/jobs/went-away.ts';
import { scratchFolder } from '../../support/media.ts';

describe('jobs: what went away', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let there: string;
  const gone = '/inbetween-gone/clip.mov';
  before(() => {
    folder = scratchFolder('went-away');
    there = path.join(folder.path, 'clip.mov');
    writeFileSync(there, '');
  });
  after(() => rmSync(folder.path, { recursive: true, force: true }));
  const beside = (): string => path.join(folder.path, 'out.mov.partial');
  const ffmpeg = new CompanionError('FFMPEG_FAILED', { what: 'read', log: [] });
  const plain = Object.assign(new Error('stat'), { code: 'ENOENT' });

  const check = (name: string, error: Error, inputs: () => string[], partial: () => string | null, code: string) =>
    it(name, () => {
      const found = explained(error, inputs(), partial());
      if (code === 'the same') assert.equal(found, error);
      else {
        assert.ok(found instanceof CompanionError);
        assert.equal(found.code, code);
        assert.equal(found.cause, error, 'what was met first is kept for a report');
      }
    });
  const all = (): string[] => [there];
  check('everything is there', ffmpeg, all, beside, 'the same');
  check('nothing was announced', ffmpeg, all, () => null, 'the same');
  check('an input, told by ffmpeg', ffmpeg, () => [there, gone], beside, 'INPUT_MISSING');
  check(
    'an input, told by the system',
    plain,
    () => [gone],
    () => null,
    'INPUT_MISSING',
  );
  check('the output’s folder, told by ffmpeg', ffmpeg, all, () => '/inbetween-gone/a.partial', 'OUTPUT_FOLDER_MISSING');
  const partialGone = new CompanionError('INPUT_MISSING', { path: '/inbetween-gone/a.partial' });
  check(
    'the output’s folder, told by a probe',
    partialGone,
    all,
    () => '/inbetween-gone/a.partial',
    'OUTPUT_FOLDER_MISSING',
  );
  const memory = new CompanionError('ENGINE_OUT_OF_MEMORY', { reason: 'x' });
  check(
    'an error that says why is left alone',
    memory,
    () => [gone],
    () => '/inbetween-gone/a.partial',
    'the same',
  );
});
