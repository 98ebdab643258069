// Reading and writing lose nothing, on anything that can be made and on anything that can be damaged.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { equalValues, Item, OtioError, read, type SerializableObject, write } from '../../otio/index.ts';
import { metadata, timeline } from './trees.ts';

describe('otio: what was written reads back', function () {
  this.timeout(300_000);
  it('as the same text and an equivalent object, 10,000 timelines', () => {
    fc.assert(
      fc.property(timeline, fc.constantFrom(0, 2, 4), (made, indent) => {
        const text = write(made, { indent });
        const { root } = read(text);
        assert.equal(write(root, { indent }), text);
        assert.ok((root as SerializableObject).isEquivalentTo(made));
      }),
      { numRuns: 10_000, seed: 7 },
    );
  });
  it('as metadata of any kind', () => {
    fc.assert(
      fc.property(metadata, (made) => {
        const { root, problems } = read(write(made));
        assert.deepEqual(problems, []);
        assert.ok(equalValues(root, made));
      }),
      { numRuns: 3000, seed: 8 },
    );
  });
});

describe('otio: a clone', () => {
  it('is equal, has no parent, and shares nothing that can change', () => {
    fc.assert(
      fc.property(timeline, (made) => {
        const before = write(made);
        const copy = made.clone();
        assert.ok(copy.isEquivalentTo(made));
        copy.metadata.added = 5n;
        copy.name += '!';
        for (const track of copy.tracks?.children ?? []) {
          if (!(track instanceof Item)) continue;
          track.metadata.added = 1n;
          track.effects.length = 0;
        }
        if (copy.tracks) copy.tracks.clearChildren();
        assert.equal(write(made), before);
      }),
      { numRuns: 1000, seed: 9 },
    );
  });
});

/** A text with a few places cut out, doubled, swapped or overwritten. */
function damaged(text: string, next: () => number): string {
  let result = text;
  for (let n = 1 + Math.floor(next() * 3); n > 0; n--) {
    const at = Math.floor(next() * result.length);
    const length = Math.floor(next() * 20);
    const pieces = [
      '',
      '"',
      '{',
      '}',
      ']',
      ',',
      ':',
      '\\',
      'null',
      '1e999',
      '5',
      '"OTIO_SCHEMA":"Clip.9"',
      '\u0000',
      'Clip.1',
      result.slice(at, at + length * 4),
    ];
    result = result.slice(0, at) + pieces[Math.floor(next() * pieces.length)]! + result.slice(at + length);
  }
  return result;
}

describe('otio: damaged files', function () {
  this.timeout(300_000);
  it('give an error or problems, never anything else, 10,000 files', () => {
    let state = 11;
    const next = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 0x80000000;
    };
    const texts = fc.sample(timeline, { numRuns: 200, seed: 10 }).map((made) => write(made, { indent: 1 }));
    let read_ = 0;
    for (let i = 0; i < 10_000; i++) {
      const text = damaged(texts[i % texts.length]!, next);
      try {
        const { root } = read(text);
        assert.equal(write(read(write(root)).root), write(root));
        read_++;
      } catch (error) {
        if (!(error instanceof OtioError)) throw new Error(`on ${JSON.stringify(text)}`, { cause: error });
        assert.ok(error.message.length > 20);
      }
    }
    assert.ok(read_ > 100 && read_ < 9900, `${read_} could be read`);
  });
});

describe('otio: hostile files', () => {
  const check = (text: string, code: string): void => {
    assert.throws(
      () => read(text),
      (error) => error instanceof OtioError && error.code === code,
    );
  };
  it('a million brackets', () => check('['.repeat(1e6), 'LIMIT_EXCEEDED'));
  it('a million objects inside one another', () => check('{"a":'.repeat(1e6), 'LIMIT_EXCEEDED'));
  it('references that multiply', () => {
    const levels = Array.from({ length: 20 }, (_, i) => {
      const reference = `{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"${i - 1}"}`;
      return `{"OTIO_SCHEMA":"Note.1","OTIO_REF_ID":"${i}","x":[${i === 0 ? '1' : `${reference},${reference},${reference}`}]}`;
    });
    check(`[${levels.join(',')}]`, 'LIMIT_EXCEEDED');
  });
  it('an object that contains itself', () =>
    check(
      '{"OTIO_SCHEMA":"Note.1","OTIO_REF_ID":"a","x":{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"a"}}',
      'OBJECT_CYCLE',
    ));
  it('keys that would change prototypes are just keys', () => {
    const text =
      '{"OTIO_SCHEMA":"Timeline.1","__proto__":{"evil":true},"metadata":{"__proto__":{"evil":true},"constructor":5},"tracks":null}';
    const { root } = read(text);
    assert.equal(({} as { evil?: boolean }).evil, undefined);
    assert.equal(
      write(root, { indent: 0 }),
      '{"OTIO_SCHEMA":"Timeline.1","__proto__":{"evil":true},"metadata":{"__proto__":{"evil":true},"constructor":5},"name":"","global_start_time":null,"tracks":null}',
    );
  });
  it('a version far below the first', () => assert.ok(read('{"OTIO_SCHEMA":"Clip.-99999999999"}').root));
});
