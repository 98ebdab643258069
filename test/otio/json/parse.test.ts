// Reading JSON: every rule of SPEC §1.1, every error with its place, and damaged texts.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OtioError } from '../../../otio/errors.ts';
import { DEEPEST, type Json, type JsonValue, type ParseLimits, parse } from '../../../otio/json/parse.ts';
import { JsonWriter } from '../../../otio/json/write.ts';

const check = (text: string, expected: unknown): void => {
  const read = parse(text);
  assert.deepEqual(read, expected, text);
  assert.deepEqual(parse(new TextEncoder().encode(text)), read, `${text} as bytes`);
};

const dictionary = (members: [string, unknown][]): unknown =>
  members.reduce<Record<string, unknown>>((all, [key, value]) => {
    all[key] = value;
    return all;
  }, Object.create(null));

function errorOf(text: string | Uint8Array, limits: ParseLimits = {}): OtioError {
  try {
    parse(text, limits);
  } catch (error) {
    assert.ok(error instanceof OtioError, `${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: `${text} was read` });
}

/** The sentence and the path of a text that is no JSON; line and column stand in the sentence. */
const refused = (text: string, details: string, path = ''): void => {
  const error = errorOf(text);
  assert.deepEqual(
    { code: error.code, details: error.details, path: error.path },
    { code: 'JSON_PARSE_ERROR', details, path },
  );
  assert.equal(error.line, Number(/line (\d+)/.exec(details)![1]));
};

describe('otio/json parse', () => {
  it('reads values of every kind', () => {
    check('null', null);
    check(' true\r\n', true);
    check('\tfalse ', false);
    check('""', '');
    check('[]', []);
    check('[ ]', []);
    check('{ }', dictionary([]));
    check('[null,[true , "x"],{}]', [null, [true, 'x'], dictionary([])]);
    check(
      '{"a" : {"b":[1]} , "c":2.0}',
      dictionary([
        ['a', dictionary([['b', [1n]]])],
        ['c', 2],
      ]),
    );
  });

  it('keeps integers and doubles apart', () => {
    check('[5, 5.0, 5e0, 5E0]', [5n, 5, 5, 5]);
    check('[0, -0, 0.0, -0.0, -0e5]', [0n, 0n, 0, -0, -0]);
    check('[1023, 1024, -1, -1023]', [1023n, 1024n, -1n, -1023n]);
    check('123456789012345', 123456789012345n);
    check('-12345678901234567', -12345678901234567n);
    check('[9223372036854775807, 9223372036854775808, -9223372036854775809]', [
      9223372036854775807n,
      9223372036854775808n,
      -9223372036854775809n,
    ]);
    check(`1${'0'.repeat(300)}`, 10n ** 300n);
  });

  it('reads doubles correctly rounded', () => {
    for (const token of [
      '24.0',
      '-2.5',
      '23.976023976023978',
      '0.1',
      '0.000001',
      '123456789012.345',
      '12345678901234.5',
      '999999999999999.9',
      '9007199254740993.0',
      '1.7976931348623157e308',
      '5e-324',
      '2.2250738585072011e-308',
      '1e-400',
      '1e22',
      '1e23',
      '6.02E+23',
      '0.3e-1',
      `0.${'1'.repeat(900)}`,
    ])
      check(token, Number(token));
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e308, max: 1e308 }), fc.nat(20), (x, digits) => {
        for (const token of [x.toExponential(), x.toExponential(digits)])
          assert.ok(Object.is(parse(token.includes('e') ? token : `${token}e0`), Number(token)), token);
      }),
    );
    fc.assert(
      fc.property(fc.integer(), fc.nat(9_999_999), (whole, decimals) => {
        const token = `${whole}.${decimals}`;
        assert.ok(Object.is(parse(token), Number(token)), token);
      }),
    );
  });

  it('reads the extra number words', () => {
    check('[NaN, Infinity, Inf, -Infinity, -Inf]', [Number.NaN, Infinity, Infinity, -Infinity, -Infinity]);
  });

  it('reads strings with escapes and characters of every plane', () => {
    check('"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t');
    check('"\\u0041\\u00e9\\uD83D\\uDe00\\u0000"', 'Aé😀\0');
    check('"é\u2028\u007f😀\uffff"', 'é\u2028\u007f😀\uffff');
    check(`"${'\\n'.repeat(10_000)}"`, '\n'.repeat(10_000));
    check(`"${'😀'.repeat(10_000)}"`, '😀'.repeat(10_000));
    check('["short","short","shorn",""]', ['short', 'short', 'shorn', '']);
    check(`"${'long '.repeat(20)}"`, 'long '.repeat(20));
  });

  it('lets the first of duplicate keys win', () => {
    check(
      '{"a":1,"b":2,"a":3,"\\u0061":4}',
      dictionary([
        ['a', 1n],
        ['b', 2n],
      ]),
    );
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
    const twice = [...keys.map((key) => `"${key}":1`), ...keys.map((key) => `"${key}":2`)];
    check(`{${twice}}`, dictionary(keys.map((key) => [key, 1n])));
  });

  it('takes names of Object.prototype as keys like all others', () => {
    check(
      '{"__proto__":1,"constructor":2,"toString":3}',
      dictionary([
        ['__proto__', 1n],
        ['constructor', 2n],
        ['toString', 3n],
      ]),
    );
    const read = parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>;
    assert.equal(Object.getPrototypeOf(read), null);
    assert.deepEqual(Object.keys(read), ['__proto__']);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('drops a byte-order mark', () => {
    check('\ufeff{"a":1}', dictionary([['a', 1n]]));
    refused('\ufeff\ufeff1', 'Expected a value at line 1, column 2, found U+FEFF');
    assert.equal(errorOf(new TextEncoder().encode('\ufeff\ufeff1')).line, 1);
  });

  it('refuses what is no JSON, and says where and why', () => {
    refused('', 'Expected a value at line 1, column 1, found the end of the text');
    refused(' \n ', 'Expected a value at line 2, column 2, found the end of the text');
    refused('{', 'Expected a key in double quotes or "}" at line 1, column 2, found the end of the text');
    refused('[', 'Expected a value at line 1, column 2, found the end of the text', '/0');
    refused('[1', 'Expected "," or "]" at line 1, column 3, found the end of the text', '/1');
    refused('[1 2]', 'Expected "," or "]" at line 1, column 4, found "2"', '/1');
    refused('[1,\n]', 'Expected a value at line 2, column 1, found "]"', '/1');
    refused('[,1]', 'Expected a value at line 1, column 2, found ","', '/0');
    refused('{"a":1,}', 'Expected a key in double quotes at line 1, column 8, found "}"');
    refused('{,}', 'Expected a key in double quotes or "}" at line 1, column 2, found ","');
    refused('{"a":1\n"b":2}', 'Expected "," or "}" at line 2, column 1, found """');
    refused('{"a":1]', 'Expected "," or "}" at line 1, column 7, found "]"');
    refused('{"a" 1}', 'Expected ":" after the key at line 1, column 6, found "1"', '/a');
    refused('{"a":}', 'Expected a value at line 1, column 6, found "}"', '/a');
    refused("{'a':1}", `Expected a key in double quotes or "}" at line 1, column 2, found "'"`);
    refused('{"a":1}x', 'Expected the end of the text at line 1, column 8, found "x"');
    refused('// c\n{}', 'Expected a value at line 1, column 1, found "/"');
    refused('[1 /* c */]', 'Expected "," or "]" at line 1, column 4, found "/"', '/1');
    refused('\u00a01', 'Expected a value at line 1, column 1, found U+00A0');
    refused('😀', 'Expected a value at line 1, column 1, found U+1F600');
    refused('tru', 'Expected a value at line 1, column 1, found "t"');
    refused('nan', 'Expected a value at line 1, column 1, found "n"');
    refused('infinity', 'Expected a value at line 1, column 1, found "i"');
    refused('-NaN', 'Expected a value at line 1, column 1, found "-"');
    refused('Infx', 'Expected the end of the text at line 1, column 4, found "x"');
  });

  it('refuses numbers that JSON does not know or a double cannot hold', () => {
    refused('{"a":01}', 'Expected a number without leading zeros at line 1, column 6, found "0"', '/a');
    refused('-00', 'Expected a number without leading zeros at line 1, column 1, found "-"');
    refused('.5', 'Expected a value at line 1, column 1, found "."');
    refused('[\n5.]', 'Expected a digit after the point at line 2, column 3, found "]"', '/0');
    refused('5.e1', 'Expected a digit after the point at line 1, column 3, found "e"');
    refused('+1', 'Expected a value at line 1, column 1, found "+"');
    refused('-', 'Expected a value at line 1, column 1, found "-"');
    refused('1e', 'Expected a digit in the exponent at line 1, column 3, found the end of the text');
    refused('1e+', 'Expected a digit in the exponent at line 1, column 4, found the end of the text');
    refused('0x10', 'Expected the end of the text at line 1, column 2, found "x"');
    refused('[1e400]', 'Expected a number that a double can hold at line 1, column 2, found "1"', '/0');
    refused('-1e400', 'Expected a number that a double can hold at line 1, column 1, found "-"');
  });

  it('refuses faulty strings', () => {
    refused('"abc', 'Expected the closing quote at line 1, column 5, found the end of the text');
    refused(
      '"abc\\',
      'Expected one of " \\ / b f n r t or u and four hexadecimal digits after "\\" at line 1, column 6, found the end of the text',
    );
    refused(
      '"\\x"',
      'Expected one of " \\ / b f n r t or u and four hexadecimal digits after "\\" at line 1, column 3, found "x"',
    );
    refused(
      '"\\u12g4"',
      'Expected one of " \\ / b f n r t or u and four hexadecimal digits after "\\" at line 1, column 3, found "u"',
    );
    refused('"tab\there"', 'Expected an escape in place of a control character at line 1, column 5, found U+0009');
    refused(
      '["a",\n"line\nbreak"]',
      'Expected an escape in place of a control character at line 2, column 6, found U+000A',
      '/1',
    );
    for (const half of [
      '\\ud800',
      '\\ud800x',
      '\\ud800\\n',
      '\\ud800\\u0041',
      '\\ud800\\ud800',
      '\ud800',
      '\ud800\\udc00',
      '\ud800x',
    ])
      refused(`"${half}"`, 'Half a surrogate pair, U+D800, stands alone at line 1, column 2');
    for (const half of ['\\udc00', '\udc00', '\udc00\ud800'])
      refused(`"${half}"`, 'Half a surrogate pair, U+DC00, stands alone at line 1, column 2');
    refused('{"\\ud800":1}', 'Half a surrogate pair, U+D800, stands alone at line 1, column 3');
  });

  it('refuses bytes that are not UTF-8, and names the line', () => {
    for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const error = errorOf(Uint8Array.of(0x5b, 0x0a, 0x0a, 0x22, ...bad, 0x22, 0x0a, 0x5d));
      assert.deepEqual([error.code, error.line], ['JSON_PARSE_ERROR', 3]);
    }
  });

  it('gives the path as a JSON pointer', () => {
    const error = errorOf('{"tracks":{"a/b":[0,\n{"c~d":[tru]}]}}');
    assert.deepEqual([error.path, error.line], ['/tracks/a~1b/1/c~0d/0', 2]);
    assert.match(error.message, /at \/tracks\/a~1b\/1\/c~0d\/0, line 2/);
  });

  it('limits nesting, length and digits', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    parse(nested(512));
    parse(`${'{"a":'.repeat(512)}1${'}'.repeat(512)}`);
    for (const text of [nested(513), '['.repeat(1e6), '{"a":'.repeat(1e6), '[{"":'.repeat(1e6)]) {
      const error = errorOf(text);
      assert.equal(error.code, 'LIMIT_EXCEEDED');
      assert.match(error.details, /^More than 512 containers stand inside each other at line 1, column \d+$/);
    }
    assert.equal(errorOf('\n[[[1]]]', { maxDepth: 2 }).line, 2);
    assert.equal(errorOf('\n[[[1]]]', { maxDepth: 2 }).path, '/0/0');
    parse(nested(DEEPEST), { maxDepth: Infinity });
    assert.equal(errorOf('['.repeat(1e6), { maxDepth: Infinity }).code, 'LIMIT_EXCEEDED');
    parse('[10]', { maxSize: 4 });
    for (const text of ['[100]', new TextEncoder().encode('[100]')]) {
      const error = errorOf(text, { maxSize: 4 });
      assert.equal(error.code, 'LIMIT_EXCEEDED');
      assert.match(error.details, /use the streaming reader or a smaller file/);
    }
    assert.equal(errorOf(new Uint8Array(2 ** 29)).code, 'LIMIT_EXCEEDED');
    const error = errorOf(`[1,\n${'1'.repeat(10_001)}]`);
    assert.deepEqual([error.code, error.line, error.path], ['LIMIT_EXCEEDED', 2, '/1']);
  });
});

describe('otio/json parse with a hook', () => {
  it('hands over each object when it ends, with its line', () => {
    const calls: [string[], Json<string>[], number][] = [];
    const root = parse<string>('{"a":{"c":1,"c":2},\n"b":[\n{"d":{}}]}', {
      object: (keys, values, line) => {
        calls.push([keys, values, line]);
        return `object ${calls.length}`;
      },
    });
    assert.equal(root, 'object 4');
    assert.deepEqual(calls, [
      [['c'], [1n], 1],
      [[], [], 3],
      [['d'], ['object 2'], 3],
      [['a', 'b'], ['object 1', ['object 3']], 1],
    ]);
  });

  it('gives an OtioError of the hook its place', () => {
    const thrown = (inner: OtioError | Error): unknown => {
      try {
        parse<null>('[\n{"x":{},\n"y":{"bad":\n1}}]', {
          object: (keys) => {
            if (keys[0] === 'bad') throw inner;
            return null;
          },
        });
      } catch (error) {
        return error;
      }
      return undefined;
    };
    const place = (context?: { path?: string; line?: number }): unknown => {
      const { code, details, path, line } = thrown(new OtioError('TYPE_MISMATCH', 'No', context)) as OtioError;
      return [code, details, path, line];
    };
    assert.deepEqual(place(), ['TYPE_MISMATCH', 'No', '/0/y', 3]);
    assert.deepEqual(place({ path: '/bad', line: 4 }), ['TYPE_MISMATCH', 'No', '/0/y/bad', 4]);
    const other = new Error('not ours');
    assert.equal(thrown(other), other);
  });
});

describe('otio/json parse of damaged texts', () => {
  const sound = `{"OTIO_SCHEMA": "Clip.2", "metadata": {"n": [1, -2.5e3, NaN, "\\ud83d\\ude00 é \\n"], "t": true},
    "source_range": {"duration": {"rate": 24.0, "value": 12}}, "markers": [], "color": null}`;
  const read = (text: string | Uint8Array): void => {
    let value: JsonValue;
    try {
      value = parse(text);
    } catch (error) {
      assert.ok(error instanceof OtioError && error.line !== undefined, `${error}`);
      return;
    }
    const writer = new JsonWriter();
    writer.value(value);
    assert.deepEqual(parse(writer.take()), value);
  };

  it('gives a value or an OtioError for 2,000 of them', () => {
    const piece = fc.constantFrom(...'{}[],:"\\-+.0e19 \n\t\0', 'u12', '\ud800', 'é', 'null', '1e999', '//');
    fc.assert(
      fc.property(fc.nat(sound.length), fc.nat(20), piece, (at, dropped, inserted) => {
        read(sound.slice(0, at) + inserted + sound.slice(at + dropped));
      }),
      { numRuns: 1500 },
    );
    const bytes = new TextEncoder().encode(sound);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        read(bytes.with(at, byte));
      }),
      { numRuns: 500 },
    );
  });
});
