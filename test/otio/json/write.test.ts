// Writing JSON: SPEC §1.2, and that what is written reads back as what it was.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OtioError } from '../../../otio/errors.ts';
import { type JsonValue, parse } from '../../../otio/json/parse.ts';
import { compareKeys, formatDouble, JsonWriter, quote } from '../../../otio/json/write.ts';

const write = (value: unknown, indent = 0): string => {
  const writer = new JsonWriter({ indent });
  writer.value(value);
  return writer.take();
};

describe('otio/json formatDouble', () => {
  it('writes the shortest digits, never as an integer', () => {
    for (const [value, text] of [
      [0, '0.0'],
      [-0, '-0.0'],
      [24, '24.0'],
      [-1, '-1.0'],
      [23.976023976023978, '23.976023976023978'],
      [1e-6, '0.000001'],
      [1.25e-6, '0.00000125'],
      [1e-7, '1e-7'],
      [-2.5e-8, '-2.5e-8'],
      [5e-324, '5e-324'],
      [1e16, '10000000000000000.0'],
      [1e20, '100000000000000000000.0'],
      [1e21, '1e21'],
      [-1.5e21, '-1.5e21'],
      [1.7976931348623157e308, '1.7976931348623157e308'],
      [Number.NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [-Infinity, '-Infinity'],
    ] as const)
      assert.equal(formatDouble(value), text);
  });

  it('reads back to the same double', () => {
    fc.assert(fc.property(fc.double(), (x) => Object.is(parse(formatDouble(x)), x)));
  });
});

describe('otio/json quote', () => {
  it('escapes what must be escaped and nothing else', () => {
    assert.equal(quote('plain / text'), '"plain / text"');
    assert.equal(quote('"\\\b\f\n\r\t'), '"\\"\\\\\\b\\f\\n\\r\\t"');
    assert.equal(quote('\0\u000b\u001f'), '"\\u0000\\u000B\\u001F"');
    assert.equal(quote('\u007f\u2028\u2029é😀\uffff'), '"\u007f\u2028\u2029é😀\uffff"');
  });

  it('replaces half a surrogate pair, which no file could hold', () => {
    assert.equal(quote('\ud800'), '"\ufffd"');
    assert.equal(quote('a\udc00\ud83d\ude00\ud83d"'), '"a\ufffd😀\ufffd\\""');
  });
});

describe('otio/json compareKeys', () => {
  it('orders by the bytes of UTF-8', () => {
    assert.ok(compareKeys('😀', '\uffff') > 0);
    assert.ok(compareKeys('a😀', 'a\ue000') > 0);
    assert.ok(compareKeys('\ud7ff', '😀') < 0);
    assert.ok(compareKeys('a', 'ab') < 0);
    assert.equal(compareKeys('a', 'a'), 0);
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '\ue000', '😀', '🧵') }),
    );
    fc.assert(
      fc.property(key, key, (a, b) => Math.sign(compareKeys(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });
});

describe('otio/json JsonWriter', () => {
  it('writes compact and indented', () => {
    const value = { b: [1n, 2.5, {}, []], a: { c: null, '\uffff': true, '😀': 'x' } };
    assert.equal(write(value), '{"a":{"c":null,"\uffff":true,"😀":"x"},"b":[1,2.5,{},[]]}');
    assert.equal(
      write(value, 2),
      `{
  "a": {
    "c": null,
    "\uffff": true,
    "😀": "x"
  },
  "b": [
    1,
    2.5,
    {},
    []
  ]
}`,
    );
    for (const [scalar, text] of [
      [null, 'null'],
      [5n, '5'],
      [5, '5.0'],
      ['s', '"s"'],
      [[], '[]'],
      [{}, '{}'],
    ] as const)
      for (const indent of [0, 4]) assert.equal(write(scalar, indent), text);
  });

  it('takes members in the order they are pushed', () => {
    const writer = new JsonWriter({ indent: 1 });
    writer.beginObject();
    writer.key('z');
    writer.beginArray();
    writer.boolean(false);
    writer.integer(-(2n ** 70n));
    writer.endArray();
    writer.key('a "key"');
    writer.null();
    writer.endObject();
    assert.equal(writer.take(), '{\n "z": [\n  false,\n  -1180591620717411303424\n ],\n "a \\"key\\"": null\n}');
  });

  it('asks for every object that is no array', () => {
    class Point {
      readonly x = 1;
    }
    const writer = new JsonWriter({
      indent: 0,
      object: (object, to) => (object instanceof Point ? to.string('point') : to.dictionary(object)),
    });
    writer.value([new Point(), { b: new Point(), a: {} }]);
    assert.equal(writer.take(), '["point",{"a":{},"b":"point"}]');
  });

  it('gives its text in pieces when asked', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => ({ number: i, name: `clip ${i}` }));
    const writer = new JsonWriter();
    const pieces: string[] = [];
    writer.beginArray();
    for (const value of values) {
      writer.value(value);
      if (writer.size < 65_536) continue;
      const { size } = writer;
      pieces.push(writer.take());
      assert.deepEqual([pieces.at(-1)!.length, writer.size], [size, 0]);
    }
    writer.endArray();
    pieces.push(writer.take());
    assert.ok(pieces.length > 10 && pieces.every((piece) => piece.length < 66_000));
    assert.equal(pieces.join(''), write(values, 4));
  });

  it('refuses what JSON cannot hold', () => {
    const circle: unknown[] = [];
    circle.push({ circle });
    assert.throws(
      () => write(circle),
      (error) => error instanceof OtioError && error.code === 'LIMIT_EXCEEDED',
    );
    for (const value of [undefined, () => 1, Symbol('s')])
      assert.throws(
        () => write({ value }),
        (error) => error instanceof OtioError && error.code === 'TYPE_MISMATCH',
      );
  });
});

describe('otio/json write and parse', () => {
  const key = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty', '', '10', '😀', '\ue000', 'a\0b'),
  );
  const { value } = fc.letrec<{ value: JsonValue; leaf: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc.array(tie('value')),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 40 }).map((members) => {
        const dictionary = Object.create(null);
        for (const [name, member] of members) dictionary[name] = member;
        return dictionary;
      }),
    ),
    leaf: fc.oneof(
      fc.constantFrom(null, true, false, -0, 0, 0n, Number.NaN, Infinity, -Infinity, 5e-324, 2n ** 63n, -(2n ** 64n)),
      fc.double(),
      fc.double({ min: -2.3e-308, max: 2.3e-308 }),
      fc.integer().map(Number),
      fc.bigInt(),
      fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
      key,
    ),
  }));

  it('is the identity, compact and indented, as text and as bytes', () => {
    fc.assert(
      fc.property(value, fc.nat(8), (original, indent) => {
        const text = write(original, indent);
        assert.deepEqual(parse(text), original);
        assert.deepEqual(parse(new TextEncoder().encode(text)), original);
        assert.equal(write(parse(text), indent), text);
      }),
      { numRuns: 400 },
    );
  });
});
