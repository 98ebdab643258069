// What goes when nobody works in a job's folder any more.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claimFor, removeUnfinished, scratchIn } from '../../../companion/jobs/job-folder.ts';

describe('job folder', () => {
  let folder: string;
  let job: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-job-folder-'));
    job = path.join(folder, 'job');
    mkdirSync(path.join(job, 'parts'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const claims of [true, false])
    it(`what was needed meanwhile goes${claims ? ', with the unfinished file' : ', where nothing was claimed'}; finished parts stay`, () => {
      mkdirSync(path.join(scratchIn(job), 'media'), { recursive: true });
      writeFileSync(path.join(scratchIn(job), 'media', 'a.mov'), 'unpacked');
      const partial = path.join(folder, 'out.mov.partial');
      writeFileSync(partial, 'half');
      if (claims) claimFor(job, partial);
      assert.equal(removeUnfinished(job), true);
      assert.deepEqual(readdirSync(job), ['parts']);
      assert.deepEqual(readdirSync(folder).sort(), claims ? ['job'] : ['job', 'out.mov.partial']);
    });
});
