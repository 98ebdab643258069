// Shells complete our words: the script for bash is run, those for the others name the same words.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { completionFor, shells } from '../../../companion/cli/completion.ts';
import { commandLine } from '../../../companion/cli/program.ts';
import { standAside } from '../../support/stand-aside.ts';

describe('completion', () => {
  const program = commandLine({ ended: () => {} });
  const bash = completionFor(program, 'bash');
  const hasBash = spawnSync('bash', ['--version']).status === 0;

  const check = (typed: string, expected: readonly string[]) =>
    it(`bash: ${typed || 'nothing'}`, function () {
      if (!hasBash) standAside(this, 'there is no bash here');
      const words = ['inbetween', ...typed.split(' ')];
      const script = `${bash}\nCOMP_WORDS=(${words.map((word) => `"${word}"`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_inbetween\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
      assert.equal(stderr, '');
      assert.deepEqual(stdout.split('\n').filter(Boolean), expected);
    });
  check('inter', ['interpolate']);
  check('jobs pa', ['pause']);
  check('presets save c', ['compare']);
  check('interpolate clip.mov --fp', ['--fps']);
  check('interpolate jobs pau', []);
  check('jobs pause --js', ['--json']);
  check('stop --h', ['--help']);

  for (const shell of shells)
    it(`${shell} knows every command`, () => {
      const script = completionFor(program, shell);
      for (const { commands } of [program, ...program.commands])
        for (const each of commands) assert.ok(script.includes(each.name()), each.name());
    });
  it('a shell that is not known is refused', () => assert.throws(() => completionFor(program, 'tcsh'), /not tcsh/));
});
