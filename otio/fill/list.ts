// The fills of a timeline, found by their records or, where an editor has dropped those, by the names of their files.
import { shownRange } from '../edit/frames.ts';
import { locationOf } from '../media-urls.ts';
import type { TimeRange } from '../opentime/index.ts';
import { Clip } from '../schema/clip.ts';
import { type Child, Composition } from '../schema/composition.ts';
import type { Timeline } from '../schema/timeline.ts';
import { Track } from '../schema/track.ts';
import { type FillFileName, parseFileName } from './file-name.ts';
import { type FillRecord, recordOf } from './record.ts';
import { type Trim, trimOf } from './restored.ts';
import { shownKeyOf } from './shown.ts';

export interface FoundFill {
  readonly clip: Clip;
  /** Null in a stack. */
  readonly track: Track | null;
  /** In the time of its track or stack. */
  readonly range: TimeRange;
  /** Null when an editor has dropped the metadata. */
  readonly record: FillRecord | null;
  /** What the name of its file says. */
  readonly file: FillFileName | null;
  /** Of the media that it shows: `inbetween:original` or a version, for `show`. Null without metadata. */
  readonly shown: string | null;
  /** Frames of its own rate by which it was trimmed since. */
  readonly trim: Trim;
}

/** All fills, nested ones too, in the order of the file. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE where a fill's place is not known */
export function list(timeline: Timeline): FoundFill[] {
  return [...fillsAmong(timeline.tracks?.children ?? [])].map(
    ({ clip, record, file }): FoundFill => ({
      clip,
      track: clip.parent instanceof Track ? clip.parent : null,
      range: clip.rangeInParent(),
      record,
      file,
      shown: shownKeyOf(clip),
      trim: trimOf(clip, shownRange(clip).duration.rate),
    }),
  );
}

/** The fills among children and below them. */
export function* fillsAmong(children: readonly Child[]): Generator<Pick<FoundFill, 'clip' | 'record' | 'file'>> {
  for (const child of children)
    if (child instanceof Composition) yield* fillsAmong(child.children);
    else if (child instanceof Clip) {
      const record = recordOf(child);
      const file = parseFileName(locationOf(child.mediaReference) ?? '');
      if (record !== null || file !== null) yield { clip: child, record, file };
    }
}
