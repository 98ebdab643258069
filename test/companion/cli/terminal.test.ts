// A reader that goes away changes nothing about the work and its exit code.
import assert from 'node:assert/strict';
import { setOut } from '../../support/journey.ts';

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
});
