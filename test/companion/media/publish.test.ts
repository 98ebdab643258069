// Claiming, publishing and discarding outputs: nothing overwritten, nothing half written.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CompanionError, type ErrorCode } from '../../../companion/api/errors.ts';
import { claimOutput, discard, outputError, publish } from '../../../companion/media/publish.ts';
import { standAside } from '../../support/stand-aside.ts';

describe('publishing', () => {
  const fresh = () => mkdtempSync(join(tmpdir(), 'inbetween-publish-'));
  const claim = (output: string, more: { inputs?: string[]; force?: boolean; folder?: boolean } = {}) =>
    claimOutput({ output, inputs: [], force: false, folder: false, ...more });
  const refuses = (code: ErrorCode, work: () => unknown) =>
    assert.throws(
      work,
      (error) => error instanceof CompanionError && error.code === code && !error.message.includes('undefined'),
    );

  it('gives the final name at the end alone', () => {
    const folder = fresh();
    const place = claim(join(folder, 'out.mov'));
    assert.deepEqual(readdirSync(folder), ['out.mov.partial']);
    writeFileSync(place.partial, 'whole');
    publish(place);
    assert.deepEqual(readdirSync(folder), ['out.mov']);
    assert.equal(readFileSync(place.final, 'utf8'), 'whole');
  });

  it('has a folder of its own around it where room is asked for', () => {
    for (const [folder, name] of [
      [false, 'out.mov'],
      [true, 'out'],
    ] as const) {
      const place = fresh();
      const { final, partial } = claimOutput({
        output: join(place, name),
        inputs: [],
        force: false,
        folder,
        roomy: true,
      });
      assert.deepEqual(readdirSync(place), [`${name}.partial`]);
      assert.equal(partial, join(place, `${name}.partial`, 'output'));
      assert.equal(statSync(partial).isDirectory(), folder);
      publish({ final, partial, folder, force: false });
      assert.deepEqual(readdirSync(place), [name, `${name}.partial`]);
      assert.deepEqual(readdirSync(join(place, `${name}.partial`)), []);
    }
  });

  it('discards without a trace', () => {
    const folder = fresh();
    const file = claim(join(folder, 'out.mov'));
    const pictures = claim(join(folder, 'out'), { folder: true });
    writeFileSync(join(pictures.partial, 'a.png'), 'x');
    discard(file);
    discard(pictures);
    discard(file);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('replaces with force alone', () => {
    const path = join(fresh(), 'out.mov');
    writeFileSync(path, 'old');
    refuses('OUTPUT_EXISTS', () => claim(path));
    const place = claim(path, { force: true });
    writeFileSync(place.partial, 'new');
    assert.equal(readFileSync(path, 'utf8'), 'old');
    publish(place);
    assert.equal(readFileSync(path, 'utf8'), 'new');
  });

  it('does not replace what appeared meanwhile', () => {
    const place = claim(join(fresh(), 'out.mov'));
    writeFileSync(place.final, "somebody else's");
    refuses('OUTPUT_EXISTS', () => publish(place));
    assert.equal(readFileSync(place.final, 'utf8'), "somebody else's");
  });

  it('gives two jobs two partials', () => {
    const path = join(fresh(), 'out.mov');
    assert.notEqual(claim(path).partial, claim(path).partial);
  });

  it('publishes and replaces folders', () => {
    const folder = fresh();
    for (const content of ['one', 'two']) {
      const place = claim(join(folder, 'shot'), { folder: true, force: true });
      writeFileSync(join(place.partial, 'shot.000001.png'), content);
      publish(place);
      assert.equal(readFileSync(join(folder, 'shot', 'shot.000001.png'), 'utf8'), content);
    }
    assert.deepEqual(readdirSync(folder), ['shot']);
    refuses('OUTPUT_EXISTS', () => claim(join(folder, 'shot'), { folder: true }));
    refuses('OUTPUT_UNWRITABLE', () => claim(join(folder, 'shot'), { force: true }));
  });

  it('replaces a folder although an earlier replacement was cut off', () => {
    const folder = fresh();
    for (const name of ['shot', 'shot.replaced.partial']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'old.000001.png'), 'old');
    }
    const place = claim(join(folder, 'shot'), { folder: true, force: true });
    writeFileSync(join(place.partial, 'new.000001.png'), 'new');
    publish(place);
    assert.deepEqual([readdirSync(folder), readdirSync(place.final)], [['shot'], ['new.000001.png']]);
  });

  it('puts the old folder back when the new one cannot take its place', () => {
    const partial = fresh();
    const final = join(partial, 'shot'); // a folder cannot be moved into itself
    mkdirSync(final);
    writeFileSync(join(final, 'old.000001.png'), 'old');
    refuses('OUTPUT_UNWRITABLE', () => publish({ final, partial, folder: true, force: true }));
    assert.deepEqual(readdirSync(final), ['old.000001.png']);
  });

  it('does not replace a folder that holds anything but numbered pictures', () => {
    const folder = fresh();
    const path = join(folder, 'shot');
    const place = claim(path, { folder: true, force: true });
    mkdirSync(path);
    writeFileSync(join(path, 'shot.000001.png'), '');
    writeFileSync(join(path, 'edit.prproj'), 'days of work');
    refuses('OUTPUT_UNWRITABLE', () => claim(path, { folder: true, force: true }));
    refuses('OUTPUT_UNWRITABLE', () => publish(place)); // it appeared meanwhile
    assert.equal(readFileSync(join(path, 'edit.prproj'), 'utf8'), 'days of work');
  });

  it('does not replace a folder that holds an input', () => {
    const path = join(fresh(), 'shot');
    mkdirSync(path);
    const input = join(path, 'shot.000001.png');
    writeFileSync(input, 'original');
    refuses('OUTPUT_IS_INPUT', () => claim(path, { inputs: [input], folder: true, force: true }));
    const link = join(fresh(), 'link');
    symlinkSync(path, link);
    refuses('OUTPUT_IS_INPUT', () =>
      claim(path, { inputs: [join(link, 'shot.000001.png')], folder: true, force: true }),
    );
  });

  describe('never takes the input', () => {
    const check = (what: string, link: (input: string, path: string) => void) =>
      it(what, () => {
        const folder = fresh();
        const input = join(folder, 'in.mov');
        writeFileSync(input, 'original');
        const path = join(folder, 'out.mov');
        link(input, path);
        refuses('OUTPUT_IS_INPUT', () => claim(existsSync(path) ? path : input, { inputs: [input], force: true }));
        assert.equal(readFileSync(input, 'utf8'), 'original');
      });
    check('by name', () => {});
    check('through a symbolic link', symlinkSync);
    check('through a hard link', linkSync);
  });

  it('takes names of 250 characters', () => {
    const place = claim(join(fresh(), `${'ü'.repeat(123)}.mov`));
    assert.ok(Buffer.byteLength(basename(place.partial)) <= 255);
    publish(place);
    assert.ok(existsSync(place.final));
  });

  it('refuses what cannot be', () => {
    const folder = fresh();
    refuses('OUTPUT_FOLDER_MISSING', () => claim(join(folder, 'none', 'out.mov')));
    refuses('OUTPUT_NAME_INVALID', () => claim(join(folder, 'x'.repeat(300))));
    writeFileSync(join(folder, 'file'), '');
    refuses('OUTPUT_FOLDER_MISSING', () => claim(join(folder, 'file', 'out.mov')));
  });

  it('refuses a read-only folder', function () {
    if (process.getuid?.() === 0) standAside(this, 'permissions do not bind this user');
    const folder = join(fresh(), 'locked');
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    refuses('OUTPUT_UNWRITABLE', () => claim(join(folder, 'out.mov')));
  });

  describe('errors of the file system', () => {
    const check = (code: string, expected: ErrorCode) =>
      it(`${code} is ${expected}`, () => {
        const error = outputError(Object.assign(new Error(code), { code }), '/a/b.mov');
        assert.ok(error instanceof CompanionError && error.code === expected);
      });
    check('ENOSPC', 'DISK_FULL');
    check('EDQUOT', 'DISK_FULL');
    check('EACCES', 'OUTPUT_UNWRITABLE');
    check('EROFS', 'OUTPUT_UNWRITABLE');
    check('ENOENT', 'OUTPUT_FOLDER_MISSING');
    check('ENAMETOOLONG', 'OUTPUT_NAME_INVALID');
  });
});
