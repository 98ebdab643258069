// Small timelines for the tests of fills, and an independent reading of what each frame of a track shows.
import * as otio from '../../../otio/index.ts';
import { named } from '../../fixtures/timeline.ts';

export const JOB = '0f3a99c1-5b1c-4c7e-9d54-0d7a3a1c2b11';
export const OTHER_JOB = 'a1b2c3d4-0000-4000-8000-000000000001';
export const MOVIE = '/media/made.mov';

export const info = (kind: otio.fill.FillKind = 'interpolate', job = JOB): otio.fill.FillInfo => ({
  job,
  kind,
  model: { name: 'Flow', version: '2.1', params: { effort: 'best', steps: 4 }, seed: 7 },
  created: new Date('2026-01-31T12:00:00.250Z'),
});

export {
  dissolve,
  file as media,
  gap,
  mark as marker,
  range,
  shot as clip,
  time as frames,
  trackOf,
} from '../../fixtures/timeline.ts';

export const track = (...children: otio.Child[]): otio.Track => named('Pictures', 'Video', ...children);

export function timeline(
  over: otio.Child | readonly otio.Child[],
  globalStartTime: otio.RationalTime | null = null,
): otio.Timeline {
  const made = new otio.Timeline({ name: 'cut', globalStartTime });
  made.tracks!.setChildren(Array.isArray(over) ? over : [over]);
  return made;
}

/** Plans and applies in one go. */
export function fillIn(
  on: otio.Timeline,
  request: otio.fill.FillRequest,
  given = info(),
  url = MOVIE,
): ReturnType<typeof otio.fill.apply> {
  const plan = otio.fill.plan(on, request);
  return otio.fill.apply(plan, { targetUrl: url, frames: plan.renderFrames }, given);
}

/** Doubles of one NTSC rate are one rate. */
const ratio = (a: number, b: number): number => (Math.abs(a / b - 1) < 1e-4 ? 1 : a / b);

/** What each frame of a track shows: a medium and its frame, or null. Written from the format's rules alone. */
export function pictures(of: otio.Track, rate = 24): (string | null)[] {
  const shown: (string | null)[] = [];
  for (const child of of.children) {
    if (!(child instanceof otio.Item)) continue;
    const { startTime, duration } = child.trimmedRange();
    const length = Math.round(duration.value * ratio(rate, duration.rate));
    const speed = child.effects.reduce(
      (all, effect) => all * (effect instanceof otio.LinearTimeWarp && effect.enabled ? effect.timeScalar : 1),
      1,
    );
    for (let i = 0; i < length; i++) {
      const frame = Math.round((startTime.value * ratio(rate, startTime.rate) + i * speed) * 1000) / 1000;
      const what = child instanceof otio.Clip ? urlOf(child) : child.name;
      shown.push(child instanceof otio.Gap ? null : `${what} ${frame}`);
    }
  }
  while (shown.at(-1) === null) shown.pop();
  return shown;
}

export function urlOf(of: otio.Clip, key = of.activeMediaReferenceKey): string | null {
  const reference = of.mediaReferences[key];
  return reference instanceof otio.ExternalReference ? reference.targetUrl : null;
}

/** The text of a value: two are the same file or not. */
export const text = (value: otio.AnyValue): string => otio.write(value, { indent: 0 });
