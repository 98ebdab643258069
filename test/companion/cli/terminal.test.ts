// A reader that goes away changes nothing about the work and its exit code.
import assert from 'node:assert/strict';
import { existsSync, openSync } from 'node:fs';
import { setOut } from '../../support/journey.ts';
import { standAside } from '../../support/stand-aside.ts';

describe('a reader of stdout that went away', () => {
  const check = (what: string, args: readonly string[], exit: number) =>
    it(what, async () => {
      const journey = setOut(args);
      journey.child.stdout!.destroy();
      const { code, stderr } = await journey.ended;
      assert.equal(code, exit, stderr);
    });
  check('leaves a failure a failure', ['interpolate', '/nowhere/clip.mov', '--json-lines'], 2);
  check('leaves a success a success', ['--version'], 0);

  it('does not matter to the work when it was that of stderr', async () => {
    const journey = setOut(['interpolate', '/nowhere/clip.mov', '--json']);
    journey.child.stderr!.destroy();
    const { code, stdout } = await journey.ended;
    assert.deepEqual([code, JSON.parse(stdout).exit], [2, 2]);
  });

  it('is told when a full disk takes no words', async function () {
    if (!existsSync('/dev/full')) standAside(this, 'there is no /dev/full');
    const { code, stderr } = await setOut(['--version'], { stdout: openSync('/dev/full', 'w') }).ended;
    assert.equal(code, 4);
    assert.match(stderr, /^error: What was to be said could not be written .*\n$/);
  });
});

describe('colour', () => {
  const check = (what: string, args: readonly string[], env: Record<string, string>, coloured: boolean) =>
    it(what, async () => {
      const { stderr } = await setOut(['probe', '/nowhere/clip.mov', ...args], { env }).ended;
      assert.equal(stderr.includes('\u001b['), coloured, stderr);
    });
  check('none in a pipe', [], {}, false);
  check('--color', ['--color'], { NO_COLOR: '1' }, true);
  check('--no-color', ['--no-color'], { FORCE_COLOR: '1' }, false);
  check('after -- it is the name of a file', ['--', '--color'], {}, false);
});

describe('wrong use is data where data was asked for', () => {
  const check = (flag: string, ...args: string[]) =>
    it(`${args.join(' ')} ${flag}`, async () => {
      const { code, stdout } = await setOut([...args, flag]).ended;
      const { exit, error } = JSON.parse(stdout);
      assert.deepEqual([code, exit, error.stack], [2, 2, undefined]);
      assert.match(error.message, /bogus/);
    });
  check('--json', 'interpolate', 'a.mov', '--bogus');
  check('--json-lines', 'interpolate', 'a.mov', '--bogus');
  check('--json', 'interpolate', 'a.mov', '--fps', 'bogus');
  check('--json-lines', 'interpolate', 'a.mov', '--fps', 'bogus');
});
