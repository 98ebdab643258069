// Names the media of clips by where they were found, for what is shown or packed elsewhere.

import path from 'node:path';
import {
  type Clip,
  ExternalReference,
  GeneratorReference,
  ImageSequenceReference,
  rationalRate,
  type Timeline,
  TimeRange,
} from '../../../otio/index.ts';
import { urlFromFilepath } from '../../../otio/node/index.ts';
import type { Media } from '../../media/fitted.ts';
import { Rational } from '../../media/rational.ts';
import { durationOf } from '../../media/timing.ts';
import type { LocatedMedia } from '../../timeline/media.ts';
import { countedFrom, type Reels } from './reels.ts';

/** Names the media of one clip. Returns why they are not there, else null. */
export async function nameInPlace(clip: Clip, reels: Reels): Promise<string | null> {
  if (clip.mediaReference instanceof GeneratorReference) return null;
  const located = await reels.locate(clip);
  if (!located.found) return located.reason;
  await name(clip, located, reels);
  return null;
}

/** Names the media of all clips that were found elsewhere than the timeline says, or by the name of the clip. */
export async function nameMoved(timeline: Timeline, reels: Reels): Promise<void> {
  for (const clip of timeline.findClips()) {
    if (clip.mediaReference instanceof GeneratorReference) continue;
    const located = await reels.locate(clip);
    if (located.found && located.moved !== null) await name(clip, located, reels);
  }
}

async function name(clip: Clip, located: LocatedMedia, reels: Reels): Promise<void> {
  const reference = clip.mediaReference;
  if (reference instanceof ImageSequenceReference) {
    reference.targetUrlBase = `${urlFromFilepath(path.dirname(located.path))}/`;
    return;
  }
  const { availableRange } = reference ?? { availableRange: null };
  const known = availableRange ?? rangeOf(await reels.open(located.path), clip);
  const placed = reference instanceof ExternalReference ? reference : new ExternalReference();
  placed.targetUrl = urlFromFilepath(located.path);
  placed.availableRange = known;
  clip.mediaReference = placed;
}

/** What a file has, as a clip counts it that does not say. */
function rangeOf(media: Media, { sourceRange }: Clip): TimeRange | null {
  if (sourceRange === null) return null;
  const { startTime } = sourceRange;
  const { num, den } = rationalRate(startTime.rate);
  const rate = new Rational(num, den);
  const first = countedFrom(media, rate, new Rational(Math.floor(startTime.value)));
  const frames = durationOf(media.timing).mul(rate);
  return new TimeRange(first.toNumber(), frames.toNumber(), startTime.rate);
}
