// The folders of a user: where the system does not let us use them, a sentence says which, why and what to do.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { writeConfig } from '../../../companion/jobs/config-file.ts';
import { findFolders, inHome, makeFolders } from '../../../companion/jobs/folders.ts';
import { openJobs } from '../../../companion/jobs/queue.ts';

describe('the folders of a user', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'inbetween-folders-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const unusable = (act: () => unknown, sentence: RegExp): void =>
    assert.throws(
      act,
      (error) => error instanceof CompanionError && error.code === 'HOME_UNUSABLE' && sentence.test(error.message),
    );

  it('a file where the folder should be', () => {
    const file = path.join(home, 'file');
    writeFileSync(file, '');
    const folders = findFolders({ INBETWEEN_HOME: file });
    unusable(() => makeFolders(folders), /file.config: a file is in its place\. .*INBETWEEN_HOME/);
    unusable(() => openJobs({ folders }), /a file is in its place/);
  });
  it('settings in a folder that is gone', () => {
    unusable(() => writeConfig(path.join(home, 'gone', 'presets.json'), {}), /gone: ENOENT/);
    assert.deepEqual(readdirSync(home), []);
  });
  const told = (what: string, error: object, reason: RegExp) =>
    it(what, () =>
      unusable(
        () =>
          inHome(home, () => {
            throw Object.assign(new Error(what), error);
          }),
        reason,
      ),
    );
  told('a full disk', { code: 'ENOSPC', syscall: 'write' }, /the disk is full/);
  told('no permission', { code: 'EACCES', syscall: 'mkdir' }, /permission denied/);
  told('what SQLite says of a full disk', { errcode: 13 }, /the disk is full/);
  told('with its extended code', { errcode: 8 | (1 << 8) }, /read-only/);

  const passed = (what: string, error: Error) =>
    it(`${what} is passed on as it is`, () =>
      assert.throws(
        () =>
          inHome(home, () => {
            throw error;
          }),
        (each) => each === error,
      ));
  passed('a mistake of ours', new TypeError('no'));
  passed('an error that is told already', new CompanionError('DAEMON_RUNNING', { folder: 'x' }));
  passed('a damaged queue', Object.assign(new Error('malformed'), { errcode: 11 }));
});
