// Trees deeper than the stack: whatever is asked of them answers, or says so in one error of the library.
import assert from 'node:assert/strict';
import * as otio from '../../otio/index.ts';
import { mediaIn } from '../../otio/media-urls.ts';

const DEEP = 20_000;
const nested = <T>(inner: T, around: (inner: T) => T): T => {
  let value = inner;
  for (let i = 0; i < DEEP; i++) value = around(value);
  return value;
};
const list = () => nested<otio.AnyValue>([], (inner) => [inner]);
const dictionary = () => nested<otio.AnyValue>({}, (inner) => ({ inner }));
const unknown = () => nested<otio.AnyValue>({}, (inner) => new otio.UnknownSchema('Note', 1, { inner }));
const stack = () => nested<otio.Stack>(new otio.Stack(), (inner) => new otio.Stack({ children: [inner] }));
const holdsItself = (): otio.AnyValue => {
  const circle = otio.dictionary();
  circle.again = circle;
  return circle;
};

const check = (work: () => unknown): void => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof otio.OtioError, String(error));
    assert.equal(error.code, 'LIMIT_EXCEEDED');
  }
};

describe('otio: trees deeper than the stack', () => {
  for (const [name, make] of Object.entries({ list, dictionary, unknown, stack, holdsItself }))
    it(name, () => {
      const [a, b] = [make(), make()];
      check(() => otio.cloneValue(a));
      check(() => otio.equalValues(a, b));
      check(() => otio.write(a));
      check(() => otio.write(a, { profile: 'kdenlive' }));
      check(() => otio.diff(a, b));
      check(() => [...mediaIn(a)]);
      if (!(a instanceof otio.UnknownSchema)) check(() => otio.meta(a));
    });
  it('questions to a stack', () => {
    const deep = stack();
    check(() => deep.duration());
    check(() => deep.findClips());
    check(() => deep.hasClips());
    check(() => deep.childAtTime(new otio.RationalTime(0, 24)));
    check(() => otio.filteredComposition(deep, (object) => object));
    check(() => otio.drawTimeline(new otio.Timeline({ tracks: deep }), 80));
  });
  it('what a file may hold is no deeper than copies can go', () => {
    const text = `${'{"OTIO_SCHEMA":"Stack.1","children":['.repeat(250)}${']}'.repeat(250)}`;
    const { root } = otio.read(text);
    assert.ok(otio.equalValues(otio.cloneValue(root), root));
  });
});
