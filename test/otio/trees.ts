// Generated values and timelines for properties: everything the format can hold, and objects of unknown schemas in every place.
import fc from 'fast-check';
import * as otio from '../../otio/index.ts';

const { RationalTime, TimeRange } = otio;

const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const rate = fc.constantFrom(24000 / 1001, 23.976, 24, 25, 30000 / 1001, 30, 48, 50, 60000 / 1001, 60, 48000);
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 5 }));
const time = fc
  .tuple(fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), double), rate)
  .map(([value, r]) => new RationalTime(value, r));
const range = fc
  .tuple(fc.nat(100_000), fc.nat(1000), rate)
  .map(([start, duration, r]) => new TimeRange(new RationalTime(start, r), new RationalTime(duration, r)));
const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'toString', '10', '2', '', '\u{1f600}', '\ue000', 'OTIO'),
);

const members = (value: fc.Arbitrary<otio.AnyValue>): fc.Arbitrary<otio.Dictionary> =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((pairs) => {
    const made = otio.dictionary();
    for (const [name, content] of pairs) made[name] = content;
    return made;
  });

const unknown = (value: fc.Arbitrary<otio.AnyValue>): fc.Arbitrary<otio.UnknownSchema> =>
  fc
    .tuple(fc.constantFrom('Studio.Shot', 'Foo', 'Note'), fc.integer({ min: 1, max: 9 }), members(value))
    .map(([name, version, own]) => new otio.UnknownSchema(name, version, own));

/** Any value, as metadata may hold it. */
export const value: fc.Arbitrary<otio.AnyValue> = fc.letrec<{ value: otio.AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<otio.AnyValue>(
      null,
      true,
      false,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2n ** 70n,
      -(2n ** 63n),
    ),
    fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
    double,
    text,
    time,
    range,
    fc.constantFrom<otio.AnyValue>(
      new otio.Color(0.5, 0, 1, 1, 'x'),
      new otio.Box2d(),
      new otio.TimeTransform(new RationalTime(3, 24), 2, 24),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    members(tie('value')),
    unknown(tie('value')),
  ),
})).value;

export const metadata = members(value);
const named = { metadata, name: text };

const marker = fc
  .record({ ...named, color: fc.constantFrom('RED', 'GREEN', ''), markedRange: range, comment: text })
  .map((v) => new otio.Marker(v));
const effect = fc.oneof(
  fc.record({ ...named, effectName: text, enabled: fc.boolean() }).map((v) => new otio.Effect(v)),
  fc
    .record({ ...named, timeScalar: fc.constantFrom(2, 0.5, -1, 1.0000000000000002) })
    .map((v) => new otio.LinearTimeWarp(v)),
  fc.constant(null).map(() => new otio.FreezeFrame()),
  unknown(value),
);
const media = fc.oneof(
  fc.record({ ...named, availableRange: fc.option(range), targetUrl: text }).map((v) => new otio.ExternalReference(v)),
  fc.record({ ...named, generatorKind: text, parameters: metadata }).map((v) => new otio.GeneratorReference(v)),
  fc
    .record({
      ...named,
      targetUrlBase: text,
      namePrefix: text,
      startFrame: fc.integer(),
      frameZeroPadding: fc.nat(8),
      rate,
      missingFramePolicy: fc.constantFrom('error', 'hold', 'black'),
    })
    .map((v) => new otio.ImageSequenceReference(v)),
  fc.record(named).map((v) => new otio.MissingReference(v)),
  unknown(value),
);
const item = {
  ...named,
  sourceRange: fc.option(range),
  effects: fc.array(effect, { maxLength: 2 }),
  markers: fc.array(fc.oneof(marker, unknown(value)), { maxLength: 2 }),
  enabled: fc.boolean(),
  color: fc.option(fc.constant(new otio.Color(1, 0.5, 0, 1, 'ORANGE'))),
};
const clip = fc
  .tuple(fc.record(item), fc.array(fc.tuple(key, media), { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([own, references, first]) => {
    const mediaReferences = otio.dictionary() as { [key: string]: otio.ClipMedia };
    for (const [name, reference] of references) mediaReferences[name] = reference;
    return new otio.Clip({ ...own, mediaReferences, activeMediaReferenceKey: first ? references[0]![0] : 'nowhere' });
  });
const gap = fc.record({ ...item, sourceRange: range }).map((v) => new otio.Gap(v));
const transition = fc
  .record({ ...named, inOffset: time, outOffset: time, transitionType: text })
  .map((v) => new otio.Transition(v));

const tree = fc.letrec<{ child: otio.Child; track: otio.Track; stack: otio.Stack }>((tie) => ({
  child: fc.oneof({ maxDepth: 2 }, clip, gap, transition, unknown(value), tie('stack'), tie('track')),
  track: fc
    .record({ ...item, kind: fc.constantFrom('Video', 'Audio', 'Other') })
    .chain((own) => fc.array(tie('child'), { maxLength: 4 }).map((children) => new otio.Track({ ...own, children }))),
  stack: fc
    .record(item)
    .chain((own) => fc.array(tie('child'), { maxLength: 3 }).map((children) => new otio.Stack({ ...own, children }))),
}));

/** A timeline with all that can be in one. */
export const timeline: fc.Arbitrary<otio.Timeline> = fc
  .tuple(
    fc.record({ ...named, globalStartTime: fc.option(time) }),
    fc.option(tree.stack, { freq: 20 }),
    fc.option(metadata, { freq: 3 }),
  )
  .map(([own, tracks, other]) => {
    const made = new otio.Timeline({ ...own, tracks });
    if (other !== null) {
      for (const { key: taken } of otio.Timeline.schema.fields) delete other[taken];
      for (const taken of ['OTIO_SCHEMA', 'OTIO_REF_ID']) delete other[taken];
      if (Object.keys(other).length > 0) made.dynamicFields = other;
    }
    return made;
  });
