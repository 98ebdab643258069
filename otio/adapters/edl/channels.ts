// Which tracks an EDL holds: one of video and two of audio.
import { type Timeline, Track, TrackKind } from '../../schema/index.ts';
import type { Losses } from '../report.ts';

/** The tracks that are written, each with its channel; the others are losses. */
export function channelsOf(timeline: Timeline, losses: Losses): [string, Track][] {
  const chosen: [string, Track][] = [];
  const free: { [kind: string]: string[] | undefined } = { [TrackKind.Video]: ['V'], [TrackKind.Audio]: ['A', 'A2'] };
  for (const track of timeline.tracks?.children ?? []) {
    const channel = track instanceof Track && track.enabled ? free[track.kind]?.shift() : undefined;
    if (track instanceof Track && channel !== undefined) chosen.push([channel, track]);
    else {
      const title =
        track instanceof Track
          ? `The ${track.kind.toLowerCase()} track '${track.name}'`
          : `The ${track.schemaName} beside the tracks`;
      losses.add(
        `${title} is left out: an EDL holds one video track and two of audio, none of them disabled. Flatten the timeline first to keep what is seen.`,
      );
    }
  }
  return chosen;
}
