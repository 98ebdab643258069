// What readers say of files that are not as their schemas say, and what they keep of them.
import assert from 'node:assert/strict';
import {
  Clip,
  define,
  type Gap,
  OtioError,
  type OtioErrorCode,
  Registry,
  read,
  Stack,
  Timeline,
  Track,
  UnknownSchema,
  write,
} from '../../otio/index.ts';
import { text } from '../../otio/schema/fields.ts';
import { SerializableObjectWithMetadata } from '../../otio/schema/with-metadata.ts';

const time = (value: number): string => `{"OTIO_SCHEMA":"RationalTime.1","rate":24.0,"value":${value}.0}`;
const range = `{"OTIO_SCHEMA":"TimeRange.1","duration":${time(10)},"start_time":${time(0)}}`;
const track = (children: string, more = ''): string =>
  `{"OTIO_SCHEMA":"Track.1",${more}"kind":"Video","children":[\n${children}\n]}`;

interface Expected {
  readonly code: OtioErrorCode;
  readonly path: string;
  readonly line: number;
}

/** Strict reading refuses by the code; lenient reading tells the one problem, and what it writes reads back the same. */
function check(source: string, { code, path, line }: Expected): unknown {
  assert.throws(
    () => read(source, { mode: 'strict' }),
    (error) => error instanceof OtioError && error.code === code && error.message.includes(`[${code}]`),
  );
  const { root, problems } = read(source);
  assert.deepEqual(
    problems.map((problem) => ({ code: problem.code, path: problem.path, line: problem.line })),
    [{ code, path, line }],
  );
  assert.equal(write(read(write(root)).root), write(root));
  return root;
}

describe('otio: reading leniently', () => {
  it('an unknown child of a track keeps its place and its time', () => {
    const root = check(
      track(`{"OTIO_SCHEMA":"Gap.1"},\n{"OTIO_SCHEMA":"Studio.Shot.3","source_range":${range},"x":5}`),
      {
        code: 'TYPE_MISMATCH',
        path: '',
        line: 1,
      },
    ) as Track;
    const [, shot] = root.children;
    assert.ok(shot instanceof UnknownSchema);
    assert.equal(shot.sourceRange!.duration.value, 10);
    assert.equal(shot.members.x, 5n);
    assert.equal(shot.parent, root);
  });
  it('a newer version is kept and told', () => {
    const root = check(`[{"OTIO_SCHEMA":"Clip.7","name":"future"}]`, {
      code: 'SCHEMA_VERSION_UNSUPPORTED',
      path: '/0',
      line: 1,
    });
    assert.match(write(root as never, { indent: 0 }), /"Clip\.7","name":"future"/);
  });
  it('a missing member takes its default', () => {
    const root = check('{"OTIO_SCHEMA":"Track.1","kind":"Audio"}', {
      code: 'KEY_NOT_FOUND',
      path: '',
      line: 1,
    }) as Track;
    assert.deepEqual(root.children, []);
  });
  it('a null where there must be a list takes its default', () => {
    const root = check('{"OTIO_SCHEMA":"Gap.1","effects":null}', { code: 'TYPE_MISMATCH', path: '', line: 1 }) as Gap;
    assert.deepEqual(root.effects, []);
  });
  it('a null name is an empty name', () => {
    const { root, problems } = read('{"OTIO_SCHEMA":"Gap.1","name":null}', { mode: 'strict' });
    assert.deepEqual(problems, []);
    assert.equal((root as Gap).name, '');
  });
  it('an object with a member of a wrong type is kept whole', () => {
    const root = check(`{"a~/b":{"OTIO_SCHEMA":"Gap.1","enabled":1,"name":"odd"}}`, {
      code: 'TYPE_MISMATCH',
      path: '/a~0~1b',
      line: 1,
    });
    assert.equal(write(root as never, { indent: 0 }), '{"a~/b":{"OTIO_SCHEMA":"Gap.1","enabled":1,"name":"odd"}}');
  });
  it('a schema that is no schema is a dictionary', () => {
    const root = check('{"OTIO_SCHEMA":"Clip","x":1}', { code: 'MALFORMED_SCHEMA', path: '', line: 1 });
    assert.equal(write(root as never, { indent: 0 }), '{"OTIO_SCHEMA":"Clip","x":1}');
  });
  it('a version that is no number here is kept as it is written', () => {
    const source = '{"OTIO_SCHEMA":"Foo.12345678901234567890","x":1}';
    const root = check(source, { code: 'MALFORMED_SCHEMA', path: '', line: 1 });
    assert.equal(write(root as never, { indent: 0 }), source);
  });
  it('a long label is looked at once', () => {
    const start = performance.now();
    check(`{"OTIO_SCHEMA":"a.${'1'.repeat(300_000)}."}`, { code: 'MALFORMED_SCHEMA', path: '', line: 1 });
    assert.ok(performance.now() - start < 5000);
  });
  it('an integer that no double holds is kept', () => {
    const integer = `1${'0'.repeat(400)}`;
    const source = `{"OTIO_SCHEMA":"RationalTime.1","rate":24,"value":${integer}}`;
    assert.match(
      write(check(source, { code: 'TYPE_MISMATCH', path: '', line: 1 }) as never),
      new RegExp(`${integer}$`, 'm'),
    );
    check(`{"OTIO_SCHEMA":"LinearTimeWarp.1","effect_name":"x","time_scalar":${integer}}`, {
      code: 'TYPE_MISMATCH',
      path: '',
      line: 1,
    });
  });
  it('what a file says is not repeated at length', () => {
    const { problems } = read(`{"OTIO_SCHEMA":"LinearTimeWarp.1","effect_name":${'9'.repeat(5000)},"time_scalar":1}`);
    assert.ok(problems[0]!.message.length < 200);
  });
  it('an unresolved reference is kept', () =>
    check('[{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"nope"}]', {
      code: 'UNRESOLVED_OBJECT_REFERENCE',
      path: '/0',
      line: 1,
    }));
  it('references become copies', () => {
    const { root } = read(
      '[{"OTIO_SCHEMA":"Gap.1","OTIO_REF_ID":"g","name":"one"},{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"g"}]',
    );
    const [first, second] = root as unknown as [Gap, Gap];
    assert.notEqual(first, second);
    assert.ok(second.isEquivalentTo(first));
    assert.doesNotMatch(write(root), /REF/);
  });
});

describe('otio: references that cannot be followed', () => {
  const refused = (source: string, code: OtioErrorCode, path: string, line: number): void => {
    assert.throws(
      () => read(source, { mode: 'strict' }),
      (error) => error instanceof OtioError && error.code === code && error.path === path && error.line === line,
    );
  };
  const reference = '{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"a"}';
  it('name their place', () => {
    const gap = '{"OTIO_SCHEMA":"Gap.1","OTIO_REF_ID":"a"}';
    refused(`[\n${gap},\n${gap},${reference}]`, 'DUPLICATE_OBJECT_REFERENCE', '/1', 3);
    refused(`[\n{"a/b":${reference}}]`, 'UNRESOLVED_OBJECT_REFERENCE', '/0/a~1b', 2);
    refused(`[\n{"OTIO_SCHEMA":"Note.1","OTIO_REF_ID":"a","x":\n${reference}}]`, 'OBJECT_CYCLE', '/0/x', 2);
    refused(`[${gap},${reference},\n{"OTIO_SCHEMA":"Clip.2"}]`, 'KEY_NOT_FOUND', '/2', 2);
  });
  it('are many in a row', () => {
    const links = Array.from(
      { length: 20_000 },
      (_, i) =>
        `{"OTIO_SCHEMA":"Note.1","OTIO_REF_ID":"${i}","next":{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"${i + 1}"}}`,
    );
    assert.throws(() => read(`[${links.join(',')}]`), { code: 'LIMIT_EXCEEDED' });
  });
});

describe('otio: one schema of a user', () => {
  class Shot extends define(
    SerializableObjectWithMetadata,
    'Studio.Shot',
    2,
    { take: text('1') },
    { upgrade: { 1: (m) => (m.take = m.slate ?? '0') } },
  ) {}
  const registry = new Registry();
  registry.register(Shot);
  it('is read as its class, raised from older versions', () => {
    const { root } = read('{"OTIO_SCHEMA":"Studio.Shot.1","slate":"7"}', { registry });
    assert.ok(root instanceof Shot);
    assert.equal(root.take, '7');
    assert.deepEqual({ ...root.dynamicFields }, { slate: '7' });
  });
  it('cannot be registered twice', () =>
    assert.throws(() => registry.register(Shot), { code: 'SCHEMA_ALREADY_REGISTERED' }));
});

describe('otio: parents', () => {
  const clip = (): Clip => new Clip({ name: 'A' });
  it('are set by the track and taken back', () => {
    const made = new Track();
    const child = clip();
    made.appendChild(child);
    assert.equal(child.parent, made);
    assert.equal(made.removeChild(-1), child);
    assert.equal(child.parent, null);
  });
  it('are one only', () => {
    const child = clip();
    new Track({ children: [child] });
    const other = new Track();
    assert.throws(() => other.appendChild(child), { code: 'CHILD_ALREADY_PARENTED' });
    assert.deepEqual(other.children, []);
  });
  it('are none of their own children', () => {
    const outer = new Stack({ name: 'outer' });
    const inner = new Stack();
    outer.appendChild(inner);
    assert.throws(() => inner.appendChild(outer), { code: 'OBJECT_CYCLE' });
    assert.throws(() => outer.appendChild(outer), { code: 'OBJECT_CYCLE' });
  });
  it('know no child twice', () => {
    const child = clip();
    assert.throws(() => new Track().setChildren([child, child]), { code: 'CHILD_ALREADY_PARENTED' });
    assert.equal(child.parent, null);
  });
  it('keep their children through reordering', () => {
    const [a, b] = [clip(), clip()];
    const made = new Track({ children: [a, b] });
    made.setChildren([b, a]);
    assert.deepEqual([made.indexOfChild(a), made.indexOfChild(b), a.parent === made], [1, 0, true]);
  });
  it('of a child that is not there are asked in vain', () =>
    assert.throws(() => new Track().indexOfChild(clip()), { code: 'NOT_A_CHILD_OF' }));
});

describe('otio: media of a clip', () => {
  it('a fresh clip misses its media', () => assert.equal(new Clip().mediaReference?.schemaName, 'MissingReference'));
  it('a key that is not there cannot be active', () =>
    assert.throws(() => new Clip().setActiveMediaReferenceKey('proxy'), {
      code: 'MEDIA_REFERENCES_DO_NOT_CONTAIN_ACTIVE_KEY',
    }));
  it('an empty key cannot be', () =>
    assert.throws(() => new Clip().setMediaReferences({ '': null }, ''), {
      code: 'MEDIA_REFERENCES_CONTAIN_EMPTY_KEY',
    }));
  it('a timeline has a stack named tracks', () => assert.equal(new Timeline().tracks?.name, 'tracks'));
});
