// Flags follow from the schema, and wrong values are named as the flag a person typed.
import assert from 'node:assert/strict';
import { Command } from 'commander';
import { z } from 'zod';
import { CompanionError } from '../../../companion/api/errors.ts';
import { addFlags, paramsFrom } from '../../../companion/cli/flags.ts';

const params = z.strictObject({
  cutThreshold: z.number().min(0).max(1).default(0.5).meta({ title: 'Cut', description: 'How sure.' }),
  effort: z.enum(['best', 'fast']).default('best').meta({ title: 'Effort', description: 'How hard.' }),
  dedup: z.boolean().default(false).meta({ title: 'Dedup', description: 'Drop repeats.' }),
  times: z.int().min(1).max(9).optional().meta({ title: 'Times', unit: 'turns', description: 'How often.' }),
  fps: z.string().transform(Number).optional().meta({ title: 'Rate', unit: 'frames a second', description: 'Rate.' }),
});

function parse(args: string[]): Record<string, unknown> {
  const command = new Command('verb').exitOverride().configureOutput({ writeErr: () => {} });
  addFlags(command, params);
  command.parse(args, { from: 'user' });
  return paramsFrom(command.opts(), params);
}

describe('flags', () => {
  const check = (args: string[], expected: Record<string, unknown>) => () => assert.deepEqual(parse(args), expected);
  it('nothing given, nothing sent: defaults stay in the declaration', check([], {}));
  it('kebab-case and numbers', check(['--cut-threshold', '0.25'], { cutThreshold: 0.25 }));
  it('with an equals sign', check(['--effort=fast'], { effort: 'fast' }));
  it('booleans need no value', check(['--dedup'], { dedup: true }));
  it('booleans are turned off too', check(['--no-dedup'], { dedup: false }));
  it('text stays text', check(['--fps', '60000/1001'], { fps: '60000/1001' }));
  it('all of them', check(['--times', '3', '--dedup', '--fps', '60'], { times: 3, dedup: true, fps: '60' }));

  const refused = (args: string[], message: RegExp) => () =>
    assert.throws(
      () => parse(args),
      (error) => error instanceof CompanionError && error.code === 'PARAM_INVALID' && message.test(error.message),
    );
  it('out of range', refused(['--cut-threshold', '3'], /^--cut-threshold must be a number from 0 to 1, but was 3\.$/));
  it(
    'not a number',
    refused(['--cut-threshold', 'high'], /^--cut-threshold must be a number from 0 to 1, but was "high"\.$/),
  );
  it('an empty number', refused(['--cut-threshold', ''], /but was ""/));
  it('not one of the choices', refused(['--effort', 'bst'], /^--effort must be one of best, fast, but was "bst"\.$/));
  it('not whole', refused(['--times', '1.5'], /^--times must be a whole number from 1 to 9 turns, but was 1\.5\.$/));
  it('a flag where a value should be', () =>
    assert.throws(() => parse(['--effort', '--dedup']), /--dedup is a flag, and the value is missing/));
  it('suggests for a misspelling', () => assert.throws(() => parse(['--effrt', 'fast']), /Did you mean --effort/));

  it('help says unit, range, default and choices', () => {
    const command = new Command('verb');
    addFlags(command, params);
    const help = command.helpInformation().replace(/\s+/g, ' ');
    assert.match(help, /--cut-threshold <number> Cut\. How sure\. \(a number from 0 to 1; default: 0\.5\)/);
    assert.match(help, /--effort <best\|fast> Effort\. How hard\. \(default: best\)/);
    assert.match(help, /--times <number> Times\. How often\. \(a whole number from 1 to 9 turns\)/);
    assert.match(help, /--dedup Dedup\. Drop repeats\./);
  });
});
