// Filtered copies: what is replaced, removed and left, with and without neighbours in view.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import { clip, content, cross, gap, opaque, outcome, stack, track } from './tracks.ts';

const named = (object: otio.Filterable): string => object.name || object.schemaName;

describe('filteredComposition', () => {
  const tree = () =>
    new otio.Timeline({
      name: 't',
      tracks: stack(
        track(clip('a', 0, 1), cross(0, 0), clip('b', 0, 1), opaque(3)),
        track(gap(2), stack(clip('c', 0, 1))),
      ),
    });
  const check = (
    filter: (object: otio.Filterable) => otio.Filtered,
    expected: string | null,
    prune?: Parameters<typeof otio.filteredComposition>[2],
  ) => {
    const root = tree();
    const before = otio.write(root);
    const made = outcome(() => otio.filteredComposition(root, filter, prune));
    const text =
      made instanceof otio.Timeline
        ? (made.tracks?.children ?? []).map((each) => content(each as otio.Track)).join(' | ')
        : made;
    assert.equal(text, expected);
    assert.equal(otio.write(root), before);
  };

  it('asks parents before their children, and makes a copy', () => {
    const asked: string[] = [];
    check((object) => {
      asked.push(named(object));
      return object;
    }, 'a[0+1] x b[0+1] ?[0+3] | Gap[0+2] Stack');
    assert.deepEqual(asked, ['t', 'Stack', 'Track', 'a', 'x', 'b', 'Track', 'Gap', 'Stack', 'c']);
  });
  it('leaves out, exchanges, changes and multiplies', () => {
    check((object) => (object instanceof otio.Clip ? null : object), 'x ?[0+3] | Gap[0+2] Stack');
    check((object) => (named(object) === 'Track' ? null : object), '');
    check((object) => (named(object) === 'b' ? gap(7) : object), 'a[0+1] x Gap[0+7] ?[0+3] | Gap[0+2] Stack');
    check(
      (object) => (named(object) === 'b' ? [object as otio.Clip, gap(7)] : object),
      'a[0+1] x b[0+1] Gap[0+7] ?[0+3] | Gap[0+2] Stack',
    );
    check((object) => Object.assign(object, { name: `${object.name}!` }), 'a![0+1] x! b![0+1] ?[0+3] | ![0+2] !');
    check(() => null, null);
  });
  it('leaves out classes without asking', () => {
    check((object) => (object instanceof otio.Clip ? assert.fail() : object), 'x ?[0+3] | Stack', [
      otio.Clip,
      otio.Gap,
    ]);
  });
  it('refuses what cannot be there', () => {
    check((object) => (object instanceof otio.Clip ? new otio.Timeline() : object), 'TYPE_MISMATCH');
    check((object) => (object instanceof otio.Stack ? gap(1) : object), 'TYPE_MISMATCH');
    check((object) => [object], 'TYPE_MISMATCH');
  });
});

describe('filteredWithSequenceContext', () => {
  it('shows the neighbours on the track, as they were', () => {
    const seen: string[] = [];
    const name = (child: otio.Child | otio.Filterable | null) =>
      child === null ? '-' : child instanceof otio.UnknownSchema ? '?' : named(child);
    const made = otio.filteredWithSequenceContext(
      track(clip('a', 0, 1), clip('b', 0, 1), opaque(1), stack(clip('c', 0, 1))),
      (before, object, after) => {
        seen.push(`${name(before)}<${name(object)}>${name(after)}`);
        return object instanceof otio.Clip ? null : object;
      },
    );
    assert.deepEqual(seen, ['-<Track>-', '-<a>b', 'a<b>?', '?<Stack>-', '-<c>-']);
    assert.equal(content(made as otio.Track), '?[0+1] Stack');
  });
});
