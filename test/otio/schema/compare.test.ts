// When two values say the same.
import assert from 'node:assert/strict';
import {
  type AnyValue,
  Color,
  equalValues,
  RationalTime,
  read,
  TimeRange,
  TimeTransform,
  V2d,
} from '../../../otio/index.ts';

describe('equality of values', () => {
  const check = (a: AnyValue, b: AnyValue, expected: boolean): void => {
    assert.equal(equalValues(a, b), expected);
    assert.equal(equalValues(b, a), expected);
  };
  const time = (value: number, rate = 24) => new RationalTime(value, rate);

  it('times by what they say', () => {
    check(time(10), time(20, 48), true);
    check(time(10), time(11), false);
    check(new TimeRange(time(1), time(2)), new TimeRange(time(2, 48), time(4, 48)), true);
    check(new TimeTransform(time(1), 2, 24), new TimeTransform(time(2, 48), 2, 24), true);
    check(new TimeTransform(time(1), 2, 24), new TimeTransform(time(1), 3, 24), false);
    check(time(1), new TimeRange(time(1)), false);
    check(new V2d(1, 2), new V2d(1, 2), true);
    check(new Color(1, 0, 0, 1, 'a'), new Color(1, 0, 0, 1, 'b'), false);
  });
  it('integers and doubles are never equal', () => check(5n, 5, false));
  it('a file equals itself, whatever is in it', () => {
    const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of [nan, infinite]) {
      check(value, value, true);
      check(time(value), time(value), true);
      check(new TimeRange(time(value), time(value)), new TimeRange(time(value), time(value)), true);
      check(new V2d(value, value), new V2d(value, value), true);
      check(new TimeTransform(time(1), value), new TimeTransform(time(1), value), true);
    }
    check(time(nan), time(1), false);
    const text = '[{"OTIO_SCHEMA":"RationalTime.1","rate":24,"value":NaN}]';
    check(read(text).root, read(text).root, true);
  });
});
