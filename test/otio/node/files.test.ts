// Files: one clear error for whatever is wrong; a write is all or nothing.
import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { Clip, type Dictionary, dictionary, write } from '../../../otio/index.ts';
import { readFile, writeFile } from '../../../otio/node/index.ts';
import { notOnWindows, standAside } from '../../support/stand-aside.ts';
import { Folder, makePipe, refusal, timelineOf } from './folder.ts';

const posix = process.platform !== 'win32';

describe('otio/node readFile', () => {
  const folder = new Folder();
  const check = (content: string | Uint8Array, ...says: (string | RegExp)[]) =>
    assert.rejects(
      readFile(folder.put('a.otio', content), { mode: 'strict' }),
      refusal('JSON_PARSE_ERROR', folder.at('a.otio'), ...says),
    );

  it('reads what was written', async () => {
    const timeline = timelineOf('a.mov');
    await writeFile(folder.at('a.otio'), timeline);
    const { root, problems } = await readFile(folder.at('a.otio'));
    assert.equal(write(root), write(timeline));
    assert.deepEqual(problems, []);
  });

  it('names a file that is not there, a folder, and what is no file', async () => {
    await assert.rejects(
      readFile(folder.at('no.otio')),
      refusal('FILE_OPEN_FAILED', folder.at('no.otio'), 'no such file'),
    );
    await assert.rejects(readFile(folder.path), refusal('FILE_OPEN_FAILED', folder.path, 'folder'));
    await assert.rejects(readFile(`${folder.put('a')}/b.otio`), refusal('FILE_OPEN_FAILED', 'not a folder'));
    await assert.rejects(readFile('a\0b'), refusal('FILE_OPEN_FAILED'));
    if (posix) await assert.rejects(readFile('/dev/zero'), refusal('FILE_OPEN_FAILED', '/dev/zero', 'ordinary'));
  });

  it('does not wait for a pipe', async function () {
    if (!makePipe(folder.at('pipe'))) standAside(this, 'no pipe can be made here');
    await assert.rejects(readFile(folder.at('pipe')), refusal('FILE_OPEN_FAILED', 'ordinary'));
  });

  it('names the place of a fault', async () => {
    await check('', 'empty', 'line 1');
    await check(' \n', 'line 2');
    await check('{\n"OTIO_SCHEMA": "Timeline.1",\n"name": "x', 'line 3', 'at /');
    await check('{"a": [1,\n2', /at \/a/, 'line 2');
    await check(Buffer.from([0x5b, 0x0a, 0x22, 0xff, 0x22, 0x5d]), 'UTF-8', 'line 2');
  });

  it('names the place of a wrong type', async () => {
    const text = '{"OTIO_SCHEMA": "SerializableCollection.1",\n"children": [\n{"OTIO_SCHEMA": "Clip.2", "name": 5}]}';
    const path = folder.put('a.otio', text);
    await assert.rejects(
      readFile(path, { mode: 'strict' }),
      refusal('TYPE_MISMATCH', path, '/children/0', "'name'", 'line 3'),
    );
    const { problems } = await readFile(path);
    assert.deepEqual(problems.map(({ code, path, line }) => [code, path, line])[0], [
      'TYPE_MISMATCH',
      '/children/0',
      3,
    ]);
  });

  it('refuses a large file before it reads it', async () => {
    const path = folder.put('huge.otio', '');
    truncateSync(path, 600 * 2 ** 20);
    await assert.rejects(readFile(path), refusal('LIMIT_EXCEEDED', path, String(600 * 2 ** 20)));
    await assert.rejects(
      readFile(folder.put('a.otio', '[1, 2]'), { maxBytes: 5 }),
      refusal('LIMIT_EXCEEDED', '6', '5'),
    );
    assert.deepEqual((await readFile(folder.at('a.otio'), { maxBytes: 6 })).root, [1n, 2n]);
  });
});

describe('otio/node writeFile', () => {
  const folder = new Folder();
  const text = () => readFileSync(folder.at('a.otio'), 'utf8');
  /** What cannot be written: it holds itself, and is noticed only after some pieces have gone to the disk. */
  const endless = () => {
    const clips = Array.from({ length: 500 }, () => new Clip());
    const circle: Dictionary = dictionary();
    circle.again = circle;
    clips[499]!.metadata.circle = circle;
    return clips;
  };

  it('writes the text of write, whatever its length', async () => {
    const timeline = timelineOf(...Array.from({ length: 300 }, (_, i) => `é${i}.mov`));
    await writeFile(folder.at('a.otio'), timeline, { indent: 2, targetVersions: '0.14.0' });
    assert.equal(text(), write(timeline, { indent: 2, targetVersions: '0.14.0' }));
    assert.deepEqual(folder.list(), ['a.otio']);
  });

  it('keeps what was there when asked', async () => {
    await writeFile(folder.at('a.otio'), 1n, { backup: true });
    assert.deepEqual(folder.list(), ['a.otio']);
    await writeFile(folder.at('a.otio'), 2n, { backup: true });
    await writeFile(folder.at('a.otio'), 3n, { backup: true });
    assert.deepEqual([text(), readFileSync(folder.at('a.otio.bak'), 'utf8')], ['3', '2']);
    await writeFile(folder.at('a.otio'), 4n);
    assert.deepEqual([text(), readFileSync(folder.at('a.otio.bak'), 'utf8')], ['4', '2']);
    assert.deepEqual(folder.list(), ['a.otio', 'a.otio.bak']);
  });

  it('leaves the old file and nothing else when it fails', async () => {
    folder.put('a.otio', 'old');
    await assert.rejects(writeFile(folder.at('a.otio'), endless(), { backup: true }), refusal('LIMIT_EXCEEDED'));
    assert.deepEqual([text(), folder.list()], ['old', ['a.otio']]);
    await assert.rejects(writeFile(folder.at('b.otio'), endless()), refusal('LIMIT_EXCEEDED'));
    assert.deepEqual(folder.list(), ['a.otio']);
  });

  it('says why it cannot write', async () => {
    mkdirSync(folder.at('dir'));
    await assert.rejects(writeFile(folder.at('dir'), 1n), refusal('FILE_WRITE_FAILED', folder.at('dir'), 'folder'));
    await assert.rejects(writeFile(folder.at('no/a.otio'), 1n), refusal('FILE_WRITE_FAILED', 'no such file or folder'));
    await assert.rejects(writeFile(folder.at(`${'n'.repeat(300)}.otio`), 1n), refusal('FILE_WRITE_FAILED', 'too long'));
    mkdirSync(folder.at('b.otio.bak'));
    folder.put('b.otio', 'old');
    await assert.rejects(
      writeFile(folder.at('b.otio'), 1n, { backup: true }),
      refusal('FILE_WRITE_FAILED', folder.at('b.otio')),
    );
    assert.equal(readFileSync(folder.at('b.otio'), 'utf8'), 'old');
    assert.deepEqual(folder.list(), ['b.otio', 'b.otio.bak', 'dir']);
  });

  it('follows a link and keeps permissions', async function () {
    notOnWindows(this, 'links need a right of their own');
    folder.put('real/a.otio', 'old');
    chmodSync(folder.at('real/a.otio'), 0o640);
    symlinkSync('real/a.otio', folder.at('a.otio'));
    await writeFile(folder.at('a.otio'), 1n);
    assert.equal(readlinkSync(folder.at('a.otio')), 'real/a.otio');
    assert.equal(readFileSync(folder.at('real/a.otio'), 'utf8'), '1');
    assert.equal(statSync(folder.at('real/a.otio')).mode & 0o777, 0o640);
    assert.deepEqual(folder.list('real'), ['a.otio']);
  });

  it('leaves an open file as its reader has it', async () => {
    folder.put('a.otio', 'old');
    const reader = openSync(folder.at('a.otio'), 'r');
    await writeFile(folder.at('a.otio'), 1n);
    assert.deepEqual([readFileSync(reader, 'utf8'), text()], ['old', '1']);
    closeSync(reader);
  });

  it('ends with one whole text when many write at once', async () => {
    const texts = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(50_000));
    await Promise.all(texts.map((one) => writeFile(folder.at('a.otio'), one)));
    assert.ok(texts.includes(JSON.parse(text())));
    assert.deepEqual(folder.list(), ['a.otio']);
  });
});
