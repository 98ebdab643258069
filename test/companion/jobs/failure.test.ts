// Whatever is thrown becomes one row of the table, and data.
import assert from 'node:assert/strict';
import { CompanionError } from '../../../companion/api/errors.ts';
import { failureOf, isAbort } from '../../../companion/jobs/failure.ts';

const coded = (code: string): Error => Object.assign(new Error('because'), { code });

describe('failureOf', () => {
  const check = (thrown: unknown, code: string, exit: number, sentence: RegExp) => () => {
    const failure = failureOf(thrown);
    assert.equal(failure.code, code);
    assert.equal(failure.exit, exit);
    assert.match(failure.message, sentence);
    assert.deepEqual(JSON.parse(JSON.stringify(failure)), failure, 'survives JSON');
  };
  it('ours', check(new CompanionError('INPUT_MISSING', { path: '/x' }), 'INPUT_MISSING', 2, /\/x/));
  it('no engine', check(coded('ENGINE_MISSING'), 'ENGINE_MISSING', 4, /because/));
  it('engine without memory', check(coded('ENGINE_OUT_OF_MEMORY'), 'ENGINE_OUT_OF_MEMORY', 4, /because/));
  it('engine', check(coded('ENGINE_BUSY'), 'ENGINE_FAILED', 1, /ENGINE_BUSY.*because/));
  it('anything else is our mistake', check(new TypeError('x is not y'), 'INTERNAL', 1, /x is not y.*our mistake/));
  it('not even an error', check('text', 'INTERNAL', 1, /text/));
  it(
    'an abort is a cancel',
    check(Object.assign(new Error('a'), { name: 'AbortError' }), 'CANCELLED', 130, /Cancelled/),
  );
  it('says where it came from', () => assert.match(failureOf(coded('ENGINE_BUSY')).stack!, /caused by Error: because/));
});

describe('isAbort', () => {
  const check = (thrown: unknown, expected: boolean) => () => assert.equal(isAbort(thrown), expected);
  it('signal', check(AbortSignal.abort().reason, true));
  it('coded', check(coded('ABORT_ERR'), true));
  it('cancel', check(new CompanionError('CANCELLED'), true));
  it('other', check(new Error('x'), false));
  it('nothing', check(undefined, false));
});
