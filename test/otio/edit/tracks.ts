// Tracks in a line of text, for tests: `A10+24` a clip from source frame 10, 24 frames long; `/0+40` its media; `x2` its speed; `-20` a gap; `<6|4>` a transition.
import assert from 'node:assert/strict';
import {
  type Child,
  type Clip,
  ExternalReference,
  type edit,
  Gap,
  Item,
  LinearTimeWarp,
  OtioError,
  Track,
  Transition,
  write,
} from '../../../otio/index.ts';
import { clip, dissolve, gap, range } from '../../fixtures/timeline.ts';

export { RATE, range, time } from '../../fixtures/timeline.ts';

export function childOf(text: string): Child {
  const transition = /^<(\d+)\|(\d+)>$/.exec(text);
  if (transition) return dissolve(Number(transition[1]), Number(transition[2]), undefined, '');
  if (text.startsWith('-')) return gap(Number(text.slice(1)));
  const words = /^([A-Z])(-?[\d.]+)\+(\d+)(?:x(-?[\d.]+))?(?:\/(\d+)\+(\d+))?$/.exec(text);
  if (!words) throw new SyntaxError(`no child: ${text}`);
  const [, name = '', start, frames, speed, first, available] = words;
  const media = new ExternalReference({
    targetUrl: `file:///${name}.mov`,
    availableRange: first === undefined ? null : range(Number(first), Number(available)),
  });
  return clip(name, Number(start), Number(frames), undefined, {
    metadata: { of: name },
    mediaReferences: { DEFAULT_MEDIA: media },
    effects: speed === undefined ? [] : [new LinearTimeWarp({ timeScalar: Number(speed) })],
  });
}

export const clipOf = (text: string): Clip => childOf(text) as Clip;

export const trackOf = (text: string): Track =>
  new Track({ name: 'V1', children: text.split(' ').filter(Boolean).map(childOf) });

/** The track in the same words, without media. */
export const textOf = ({ children }: Track): string =>
  children
    .map((child) => {
      if (child instanceof Transition) return `<${child.inOffset.value}|${child.outOffset.value}>`;
      const { startTime, duration } = (child as Item).trimmedRange();
      if (child instanceof Gap) return `-${duration.value}`;
      const warp = (child as Item).effects.find((effect) => effect instanceof LinearTimeWarp);
      return `${(child as Item).name}${startTime.value}+${duration.value}${warp ? `x${warp.timeScalar}` : ''}`;
    })
    .join(' ');

/** The first item of a name. */
export const named = (track: Track, name: string): Item =>
  track.children.find((child) => child instanceof Item && child.name === name) as Item;

/** What an edit leaves of a track, or its error; then it is undone or has changed nothing. */
export function check(before: string, wanted: string, act: (track: Track) => edit.EditResult): void {
  it(`${before || 'empty'}  →  ${wanted || 'empty'}`, () => {
    const track = trackOf(before);
    const text = write(track);
    let result: edit.EditResult;
    try {
      result = act(track);
    } catch (error) {
      if (!(error instanceof OtioError)) throw error;
      assert.equal(error.code, wanted);
      assert.equal(write(track), text);
      return;
    }
    assert.equal(textOf(track), wanted);
    const after = write(track);
    result.undo.apply();
    assert.equal(write(track), text);
    result.undo.redo();
    assert.equal(write(track), after);
  });
}
