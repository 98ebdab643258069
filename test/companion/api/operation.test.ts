// Parameters are checked once, against the declaration, and every refusal says what was expected.
import assert from 'node:assert/strict';
import { z } from 'zod';
import { CompanionError, errorRows } from '../../../companion/api/errors.ts';
import { expectation, flagOf, flagsOf, paramsOf, parseParams } from '../../../companion/api/operation.ts';
import { verbs } from '../../../companion/jobs/run.ts';

const params = z.strictObject({
  crop: z.int().min(0).max(30).default(5).meta({ title: 'Crop', unit: '%', description: 'How much.' }),
  border: z.enum(['crop', 'mirror']).default('crop').meta({ title: 'Border', description: 'What fills it.' }),
});

describe('parseParams', () => {
  const check = (raw: unknown, expected: unknown) => () => assert.deepEqual(parseParams(params, raw), expected);
  const refused = (raw: unknown, code: string, message: string) => () =>
    assert.throws(
      () => parseParams(params, raw),
      (error) => error instanceof CompanionError && error.code === code && error.message === message,
    );
  it('fills in defaults', check({}, { crop: 5, border: 'crop' }));
  it('takes what is given', check({ crop: 30, border: 'mirror' }, { crop: 30, border: 'mirror' }));
  it('out of range', refused({ crop: 99 }, 'PARAM_INVALID', 'crop must be a whole number from 0 to 30 %, but was 99.'));
  it(
    'another type',
    refused({ crop: '5' }, 'PARAM_INVALID', 'crop must be a whole number from 0 to 30 %, but was "5".'),
  );
  it(
    'not a choice',
    refused({ border: 'black' }, 'PARAM_INVALID', 'border must be one of crop, mirror, but was "black".'),
  );
  it('misspelt', refused({ bordr: 'crop' }, 'PARAM_UNKNOWN', 'There is no parameter bordr. Known are crop, border.'));
});

describe('expectation', () => {
  const check = (field: z.ZodType, expected: string) => () => {
    const [param] = paramsOf(z.strictObject({ field: field.meta({ title: 't', description: 'd' }) }));
    assert.equal(expectation(param!), expected);
  };
  it('least', check(z.number().min(2), 'a number of at least 2'));
  it('most', check(z.number().max(2), 'a number of at most 2'));
  it('any', check(z.number(), 'a number'));
  it('text', check(z.string(), 'text'));
  it('yes or no', check(z.boolean(), 'true or false'));
});

describe('flagOf', () => {
  const check = (name: string, expected: string) => () => assert.equal(flagOf(name), expected);
  it('one word', check('fps', '--fps'));
  it('two words', check('cutThreshold', '--cut-threshold'));
});

describe('flagsOf', () => {
  const check = (params: Record<string, unknown>, expected: string) => () =>
    assert.equal(flagsOf(params).join(' '), expected);
  it('text and numbers', check({ fps: '60', cutThreshold: 0.4 }, '--fps 60 --cut-threshold 0.4'));
  it('switches', check({ dedup: true, other: false }, '--dedup --no-other'));
  it('a value that looks like a flag', check({ range: '-48' }, '--range=-48'));
  it('none', check({}, ''));
});

describe('every verb', () => {
  for (const verb of verbs) {
    it(`${verb.name} is fully declared`, () => {
      assert.match(verb.name, /^[a-z][a-z-]*$/);
      assert.ok(verb.summary.endsWith('.'));
      for (const { name, title, description } of paramsOf(verb.params)) {
        assert.ok(title && /^\S.*\.$/s.test(description), `${verb.name} ${name} needs a title and a sentence`);
      }
      assert.throws(() => parseParams(verb.params, { noSuchThing: 1 }), /noSuchThing/);
    });
  }
});

describe('errors', () => {
  for (const { code, exit, sentence } of errorRows()) {
    it(`${code} has a sentence and an exit code`, () => {
      assert.match(code, /^[A-Z][A-Z_]+$/);
      assert.ok([1, 2, 3, 4, 5, 6, 130].includes(exit));
      assert.ok(code === 'USAGE' || /[.}]$/.test(sentence), sentence);
      assert.ok(!sentence.includes('undefined') && !sentence.includes('[object'), sentence);
    });
  }
});
