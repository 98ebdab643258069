// Changes which of a filled clip's media is seen, the original or any version, and keeps them all.
import { framesOf, shownRange } from '../edit/frames.ts';
import { later } from '../edit/source.ts';
import { Editing } from '../edit/stretch.ts';
import { type Change, finished, Step, type Undo } from '../edit/undo.ts';
import { OtioError } from '../errors.ts';
import { RationalTime, TimeRange } from '../opentime/index.ts';
import { Clip, DEFAULT_MEDIA } from '../schema/clip.ts';
import { cloneValue } from '../schema/compare.ts';
import { titleOf } from '../schema/composable.ts';
import { TimeEffect } from '../schema/effect.ts';
import type { Item } from '../schema/item.ts';
import { type Dictionary, dictionary, isDictionary } from '../schema/value.ts';
import { type Coverage, coverage } from './coverage.ts';
import { disclosure, jobOf, withoutJobs } from './markers.ts';
import { isOurKey, NS, ORIGINAL_MEDIA, versionKey } from './namespace.ts';
import { markedRange, outermost } from './place.ts';
import { recordOf, restoreOf } from './record.ts';
import { restored, trimOf } from './restored.ts';
import { exchanged, shownKeyOf, showsOriginal } from './shown.ts';

export interface ShowResult {
  readonly undo: Undo;
}

/** What of a clip changes. */
interface Shown {
  readonly mediaReferences: Clip['mediaReferences'];
  readonly activeMediaReferenceKey: string;
  readonly effects: Item['effects'];
  readonly sourceRange: TimeRange;
  readonly metadata: Dictionary;
}

/**
 * Puts other media of a filled clip under DEFAULT_MEDIA, where every reader looks: `inbetween:original`, or a version as `inbetween:v002`. What was
 * there moves to its own key, so that it can be shown again. Retimes that were baked into the fill come back with the original, and go with the fill;
 * a trim is kept in frames of the track. Markers stay, but those of the fill tell of the version that is shown. Use `revert` to take a fill off.
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH for a clip that is not on a track; KEY_NOT_FOUND for one that is no fill, or without such media. Then
 * nothing has changed.
 */
export function show(clip: Clip, key: string): ShowResult {
  const { track } = Editing.ofItem(clip, {});
  const now = shownAs(clip, key);
  const changes: Change[] = Object.entries(now).map(([name, after]) => ({
    target: clip,
    name,
    before: clip[name as keyof Shown],
    after,
  }));
  const old = recordOf(clip)!;
  const data = now.metadata[NS] as Dictionary;
  if (key !== ORIGINAL_MEDIA && data !== old.data) {
    const { startTime, duration } = now.sourceRange;
    const stack = outermost(track);
    const jobs = new Set([old.job, data.job].filter((job) => typeof job === 'string'));
    const place = track.rangeOfChild(clip);
    const marked = markedRange(stack, track, place.startTime, place.duration, duration.rate);
    const lasting = stack.markers.filter((marker) => jobOf(marker) !== old.job && jobOf(marker) !== data.job);
    changes.push(
      {
        target: clip,
        name: 'markers',
        before: clip.markers,
        after: [...withoutJobs(clip.markers, jobs), disclosure(data, new TimeRange(startTime, duration))],
      },
      { target: stack, name: 'markers', before: stack.markers, after: [...lasting, disclosure(data, marked)] },
    );
  }
  const step = new Step(track, 0, [], [], changes);
  step.redo();
  return { undo: finished({ changed: [], removed: [], warnings: [], undo: step }).undo };
}

function shownAs(clip: Clip, key: string): Shown {
  const shown = shownKeyOf(clip);
  const { mediaReferences } = clip;
  if (shown === null || (key !== shown && !(isOurKey(key) && Object.hasOwn(mediaReferences, key))))
    throw new OtioError(
      'KEY_NOT_FOUND',
      shown === null
        ? `${titleOf(clip)} is no fill, or does not say so.`
        : `${titleOf(clip)} has no media '${key}': it has ${[shown, ...Object.keys(mediaReferences).filter(isOurKey)].join(', ')}.${key === ORIGINAL_MEDIA ? ' A fill of a gap has no original: revert it.' : ''}`,
    );
  const { rate } = shownRange(clip).duration;
  const same: Shown = {
    mediaReferences,
    activeMediaReferenceKey: DEFAULT_MEDIA,
    effects: clip.effects,
    sourceRange: shownRange(clip),
    metadata: clip.metadata,
  };
  if (key === shown) return same;
  const next = { ...same, mediaReferences: exchanged(clip, shown, key) };
  if (key === ORIGINAL_MEDIA) {
    const [original] = restored(clip, rate) as Clip[];
    return { ...next, effects: original!.effects, sourceRange: shownRange(original!) };
  }
  const filled = shown === ORIGINAL_MEDIA ? { ...next, ...filledAgain(clip, rate) } : next;
  return { ...filled, metadata: recordedAs(clip, filled, key, rate) };
}

/** The range of the fill, with the trim that the original has been given, and effects without what is baked in. */
function filledAgain(clip: Clip, rate: number): Pick<Shown, 'effects' | 'sourceRange'> {
  const old = restoreOf(recordOf(clip)!.data)!.item as Clip;
  const start = later(shownRange(old).startTime, trimOf(clip, rate).head, rate, 1);
  return {
    effects: clip.effects.filter((effect) => !(effect instanceof TimeEffect)),
    sourceRange: new TimeRange(new RationalTime(framesOf(start, rate), rate), shownRange(clip).duration),
  };
}

/** The record of the version that comes, over the frames that the clip was filled for. */
function recordedAs(clip: Clip, { mediaReferences }: Shown, key: string, rate: number): Dictionary {
  const { data, version } = recordOf(clip)!;
  const media = mediaReferences[DEFAULT_MEDIA]!;
  const own = media.schemaName === 'ExternalReference' && 'metadata' in media ? media.metadata[NS] : null;
  if (versionKey(version) === key || !isDictionary(own)) return clip.metadata;
  const last = mediaReferences[versionKey(version)] ?? clip.mediaReferences[DEFAULT_MEDIA]!;
  const [there, wanted] = [last.availableRange, media.availableRange].map(
    (range) => range && { start: framesOf(range.startTime, rate), length: framesOf(range.duration, rate) },
  );
  const written = Object.assign(dictionary(), cloneValue(data), cloneValue(own), {
    record: data.record,
    restore: data.restore,
  });
  if (there && wanted) {
    const frames = there.length - recordOf(clip)!.head - recordOf(clip)!.tail;
    const head = Math.max(0, there.start + recordOf(clip)!.head - wanted.start);
    written.head = BigInt(head);
    written.tail = BigInt(Math.max(0, wanted.length - head - frames));
  }
  return Object.assign(dictionary(), clip.metadata, { [NS]: written });
}

/** What a fill would cover; of a filled clip that shows its original, as if it showed its fill. */
export function filledCoverage(editing: Editing, from: number, to: number): Coverage {
  const covered = coverage(editing, from, to);
  const { only } = covered;
  if (!(only instanceof Clip) || !showsOriginal(only)) return covered;
  return { ...covered, only: Object.assign(only, shownAs(only, versionKey(recordOf(only)!.version))) };
}
