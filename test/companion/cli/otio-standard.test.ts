// `inbetween otio` as a process: `-` for stdin and stdout, and an interrupt while it writes.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { write } from '../../../otio/index.ts';
import { clip, edit, file, named } from '../../fixtures/timeline.ts';
import { programFile } from '../../support/programs.ts';
import { notOnWindows } from '../../support/stand-aside.ts';

const args = (...own: string[]): string[] => [programFile('inbetween'), 'otio', ...own];

const shown = clip('é & <b>', 0, 24, 24, { mediaReferences: { DEFAULT_MEDIA: file('big.mov') } });
const text = write(edit('cut', null, named('V1', 'Video', shown)));

describe('inbetween otio: stdin and stdout', () => {
  function run(input: string | Uint8Array, ...own: string[]): { exit: number | null; out: string; err: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args(...own), { input, encoding: 'utf8' });
    return { exit: status, out: stdout, err: stderr };
  }
  it('reads -, and writes it', () => {
    assert.deepEqual(run(text, 'convert', '-', '-', '--from', 'otio', '--to', 'otio'), { exit: 0, out: text, err: '' });
    const { exit, out, err } = run(text, 'convert', '-', '-', '--from', 'otio', '--to', 'edl');
    assert.equal(exit, 0);
    assert.match(out, /^TITLE: cut\n/);
    assert.equal(err, 'lost: The length of a medium is left out.\n');
  });
  it('info, validate and diff read it', () => {
    assert.match(run(text, 'info', '-', '--from', 'otio').out, /timeline cut/);
    assert.equal(run(text, 'validate', '-', '--from', 'otio').exit, 0);
    const edl = 'TITLE: t\n001 R V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n';
    assert.match(run(edl, 'info', '-', '--from', 'edl', '--rate', '29.97').out, /30 frames at 29.97 fps/);
  });
  for (const [what, own, said] of [
    ['no format to read', ['info', '-'], /name it with --from otio\|/],
    ['no format to write', ['convert', '-', '-', '--from', 'otio'], /name it with --to otio\|/],
    ['an archive to read', ['info', '-', '--from', 'otioz'], /cannot be read from '-'/],
    ['an archive to write', ['convert', '-', '-', '--from', 'otio', '--to', 'otioz'], /cannot be written to '-'/],
    ['a report beside it', ['convert', '-', '-', '--from', 'otio', '--to', 'edl', '--json'], /both write to stdout/],
    ['a format that is only written', ['info', '-', '--from', 'mlt'], /only written/],
  ] as const)
    it(`refused: ${what}`, () => {
      const { exit, out, err } = run(text, ...own);
      assert.equal(exit, 2);
      assert.doesNotMatch(out, /TITLE/);
      assert.match(err + out, said);
    });
  it('refused: nothing', () => assert.match(run('', 'info', '-', '--from', 'otio').err, /INPUT_EMPTY/));
});

describe('inbetween otio: Ctrl-C', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-otio-'));
    writeFileSync(path.join(folder, 'cut.otio'), text);
    writeFileSync(path.join(folder, 'big.mov'), '');
    truncateSync(path.join(folder, 'big.mov'), 2 ** 31); // holes take no room; copying them takes a while
    mkdirSync(path.join(folder, 'out'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`while it writes (${signal}): exit code 130, and nothing is left`, async function () {
      notOnWindows(this, 'no signal can be sent');
      const out = path.join(folder, 'out');
      const child = spawn(
        process.execPath,
        args('convert', path.join(folder, 'cut.otio'), path.join(out, 'cut.otioz')),
      );
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      while (readdirSync(out).length === 0 && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill(signal);
      assert.equal(await ended, 130);
      assert.deepEqual(readdirSync(out), []);
    });
});
