// Doctor: every check is there, finds what is wrong, and says how it is mended.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { type CheckLine, checkLine } from '../../../companion/api/wire.ts';
import { doctor } from '../../../companion/cli/doctor.ts';
import {
  clockCheck,
  databaseCheck,
  examine,
  memoryCheck,
  presetCheck,
  tokenCheck,
  writeCheck,
} from '../../../companion/jobs/doctor.ts';
import { type Folders, makeFolders } from '../../../companion/jobs/folders.ts';
import { programFile } from '../../support/programs.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { wordsOf } from '../../support/words.ts';

const worker = pathToFileURL(programFile('fake-worker'));

describe('doctor', () => {
  let home: string;
  let folders: Folders;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'inbetween-doctor-test-'));
    folders = { config: path.join(home, 'config'), data: path.join(home, 'data') };
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const holds = ({ state, found, fix }: CheckLine, wanted: CheckLine['state'], words: RegExp): void => {
    assert.equal(state, wanted, found);
    assert.match(found, words);
    assert.equal(fix === null, wanted === 'ok', 'what is not well says how it is mended');
  };

  it('checks everything, once', async () => {
    const lines = await examine({ worker, folders });
    const names = lines.map(({ name }) => name);
    const wanted = [
      'node',
      'engine',
      'processor',
      'gpu',
      'ffmpeg',
      'ffprobe',
      'prores',
      'ffv1',
      'temp folder',
      'configuration',
      'data',
      'disk',
      'memory',
      'port',
      'token',
      'database',
      'clock',
    ];
    for (const name of wanted) assert.ok(names.includes(name), name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(readdirSync(home), [], 'looking changes nothing');
  });
  it('says it as JSON lines of the wire, and by its exit code', async () => {
    makeFolders(folders);
    writeFileSync(path.join(folders.data, 'queue.db'), 'no database');
    const { result, stdout } = await wordsOf(() => doctor(true, { worker, folders }));
    const lines = z.array(checkLine).parse(JSON.parse(stdout));
    assert.equal(result, 4);
    assert.equal(lines.find(({ name }) => name === 'database')?.state, 'fail');
  });
  it('a worker without an engine is a failure, and the rest is still said', async () => {
    const gone = new URL('./no-such-worker.ts', import.meta.url);
    const { result, stdout } = await wordsOf(() => doctor(false, { worker: gone, folders }));
    assert.equal(result, 4);
    assert.match(stdout, /^fail +engine/m);
    assert.match(stdout, /^ok +clock/m);
  });

  it('a folder that can be written', async () => {
    holds(await writeCheck('x', home, 'fix'), 'ok', /can be written/);
    assert.deepEqual(readdirSync(home), []);
  });
  it('a folder that is not there', async () =>
    holds(await writeCheck('x', path.join(home, 'none'), 'fix'), 'fail', /ENOENT/));
  it('little memory', () => holds(memoryCheck(100.5), 'warn', /^100 of/));
  it('enough memory', () => holds(memoryCheck(4000), 'ok', /^4,000 of/));
  it('a clock that has not been set', () => holds(clockCheck(0), 'fail', /1970/));
  it('a clock that has', () => holds(clockCheck(Date.UTC(2027, 0, 1)), 'ok', /2027/));

  it('no token yet', () => holds(tokenCheck(folders), 'ok', /none yet/));
  it('a token for the user alone', () => {
    makeFolders(folders);
    writeFileSync(path.join(folders.config, 'token'), 'x', { mode: 0o600 });
    holds(tokenCheck(folders), 'ok', /token/);
  });
  it('a token that others read', function () {
    notOnWindows(this, 'a mode says nothing about who may read');
    makeFolders(folders);
    writeFileSync(path.join(folders.config, 'token'), 'x');
    chmodSync(path.join(folders.config, 'token'), 0o644);
    holds(tokenCheck(folders), 'fail', /mode 0644.*others may have read it/);
  });

  it('no database yet', () => holds(databaseCheck(folders), 'ok', /none yet/));
  it('a sound database, while it is in use', () => {
    makeFolders(folders);
    const database = new DatabaseSync(path.join(folders.data, 'queue.db'));
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)');
    holds(databaseCheck(folders), 'ok', /is sound/);
    database.close();
  });
  it('a damaged database', () => {
    makeFolders(folders);
    writeFileSync(path.join(folders.data, 'queue.db'), Buffer.alloc(8192, 7));
    holds(databaseCheck(folders), 'fail', /not a database/);
  });

  it('a database that was put aside', () => {
    makeFolders(folders);
    new DatabaseSync(path.join(folders.data, 'queue.db')).close();
    for (const ending of ['', '-wal']) writeFileSync(path.join(folders.data, `queue.db.damaged-17${ending}`), '');
    holds(databaseCheck(folders), 'warn', /put aside.*: queue\.db\.damaged-17$/);
  });

  const presetsOf = (text: string): CheckLine => {
    makeFolders(folders);
    writeFileSync(path.join(folders.config, 'presets.json'), text);
    return presetCheck(folders);
  };
  it('no presets', () => holds(presetCheck(folders), 'ok', /^0 of/));
  it('presets', () => {
    const mine = { verb: 'interpolate', name: 'mine', params: { fps: '50' } };
    holds(presetsOf(JSON.stringify({ version: 1, presets: [mine] })), 'ok', /^1 of/);
  });
  it('damaged presets', () => holds(presetsOf('{'), 'fail', /presets\.json/));

  const rootsOf = async (roots: unknown): Promise<CheckLine[]> => {
    makeFolders(folders);
    writeFileSync(path.join(folders.config, 'roots.json'), JSON.stringify({ version: 1, roots }));
    return (await examine({ worker, folders })).filter(({ name }) => name.startsWith('root'));
  };
  it('roots, one line each', async () => {
    mkdirSync(path.join(home, 'clips'));
    const [read, write, gone] = await rootsOf([
      { id: 'r1', name: 'A', path: path.join(home, 'clips'), write: false },
      { id: 'r2', name: 'B', path: path.join(home, 'clips'), write: true },
      { id: 'r3', name: 'C', path: path.join(home, 'none'), write: false },
    ]);
    holds(read!, 'ok', /can be read/);
    holds(write!, 'ok', /can be written/);
    holds(gone!, 'fail', /cannot be read/);
    assert.match(gone!.fix!, /inbetween roots remove r3/);
  });
  it('a file of roots that is none', async () => holds((await rootsOf('x'))[0]!, 'fail', /roots\.json cannot be used/));
});
