// The XML of the adapters: the tree that is read, what is refused, and that text comes back as it was written.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { child, children, parseXml, textOf, writeXml, type XmlElement, xml } from '../../../otio/adapters/xml.ts';

const plain = ({ name, attributes, children: inside }: XmlElement): unknown => [
  name,
  { ...attributes },
  inside.map((one) => (typeof one === 'string' ? one : plain(one))),
];

describe('xml: read', () => {
  const check = (text: string, expected: unknown): void => assert.deepEqual(plain(parseXml(text)), expected);

  it('elements, attributes, text', () =>
    check('<a x="1"><b>t</b><c/></a>', [
      'a',
      { x: '1' },
      [
        ['b', {}, ['t']],
        ['c', {}, []],
      ],
    ]));
  it('white space between elements is none, inside text it is', () =>
    check('<a>\n  <b> t </b>\n</a>', ['a', {}, [['b', {}, [' t ']]]]));
  it('white space alone is text', () => check('<a> </a>', ['a', {}, [' ']]));
  it('the five entities, numbers and CDATA', () =>
    assert.equal(
      textOf(parseXml('<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F3AC;<![CDATA[<b>&amp;]]></a>')),
      '<>&"\'A🎬<b>&amp;',
    ));
  it('byte-order mark, declaration, doctype, comments', () =>
    check('\uFEFF<?xml version="1.0"?><!DOCTYPE a><!-- c --><a/>', ['a', {}, []]));
  it('keys of objects are names like any other', () =>
    check('<__proto__ constructor="x"/>', ['__proto__', { constructor: 'x' }, []]));
  it('lines', () => {
    const root = parseXml('<a>\n<b x="1"\ny="2"/>\n<c/></a>');
    assert.deepEqual(
      children(root).map(({ line }) => line),
      [2, 4],
    );
  });
  it('finders', () => {
    const root = parseXml('<a><b>1</b><c/><b>2</b></a>');
    assert.equal(textOf(child(root, 'b')), '1');
    assert.deepEqual(children(root, 'b').map(textOf), ['1', '2']);
    assert.equal(children(root).length, 3);
    assert.equal(textOf(child(root, 'd')), '');
  });
});

describe('xml: refused', () => {
  const check = (text: string, line: number): void =>
    assert.throws(() => parseXml(text), { name: 'OtioError', code: 'FORMAT_UNSUPPORTED', line });

  it('no text', () => check('', 1));
  it('no XML', () => check('hello', 1));
  it('cut off', () => check('<a>\n<b>\n', 3));
  it('cut off inside a tag', () => check('<a>\n<b x="', 2));
  it('tags that do not match', () => check('<a>\n</b>', 2));
  it('two roots', () => check('<a/>\n<b/>', 2));
  it("an entity that is not XML's own", () => check('<a>\n&nbsp;</a>', 2));
  it('an entity that the document defines', () => check('<!DOCTYPE a [<!ENTITY x "xxxx">]>\n<a>&x;</a>', 2));
  it('an entity from a file', () => check('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a>&x;</a>', 2));
  it('the same attribute twice', () => check('<a x="1" x="2"/>', 1));
  it('too deep', () => assert.throws(() => parseXml('<a>'.repeat(300)), { code: 'LIMIT_EXCEEDED', line: 1 }));
  it('too long', () => assert.throws(() => parseXml('<a></a>', { maxLength: 6 }), { code: 'LIMIT_EXCEEDED' }));
  it('as deep as allowed', () => assert.equal(parseXml('<a>'.repeat(3) + '</a>'.repeat(3), { maxDepth: 3 }).name, 'a'));
});

describe('xml: written', () => {
  const check = (root: XmlElement, ...lines: string[]): void =>
    assert.equal(writeXml(root), ['<?xml version="1.0" encoding="UTF-8"?>', ...lines, ''].join('\n'));

  it('indented elements', () =>
    check(xml('a', { x: 1 }, [xml('b', {}, ['t']), xml('c')]), '<a x="1">', '  <b>t</b>', '  <c/>', '</a>'));
  it('a doctype', () => assert.match(writeXml(xml('a'), { doctype: 'xmeml' }), /\n<!DOCTYPE xmeml>\n<a\/>\n$/));
  it('what is undefined is left out', () =>
    check(xml('a', { x: undefined, y: false }, [undefined, 0]), '<a y="false">0</a>'));
  it('text is escaped', () =>
    check(xml('a', { x: '<&>"\n' }, ['<&>"\r']), '<a x="&lt;&amp;&gt;&quot;&#10;">&lt;&amp;&gt;"&#13;</a>'));
  it('mixed content keeps its spaces', () =>
    check(xml('a', {}, ['x ', xml('b', {}, [xml('c')]), ' y']), '<a>x <b><c></c></b> y</a>'));
  it('what XML cannot hold', () =>
    check(xml('a', { x: '\u0000' }, ['\u0008\uD800\uFFFF']), '<a x="\uFFFD">\uFFFD\uFFFD\uFFFD</a>'));
  it('any text comes back', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .map((one) => one.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?'));
    fc.assert(
      fc.property(text, text, (value, inside) => {
        const root = parseXml(writeXml(xml('a', { value }, [inside])));
        assert.equal(root.attributes.value, value);
        assert.equal(textOf(root), inside);
      }),
    );
  });
});
