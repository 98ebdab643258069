// Things placed in time become tracks: what lies side by side in a lane is one track, and what overlaps gets a track of its own.
import { OtioError } from '../../errors.ts';
import type { RationalTime } from '../../opentime/index.ts';
import { Gap, type Item, Track, TrackKind, Transition } from '../../schema/index.ts';
import { Seconds } from './seconds.ts';

/** Tracks that a lane may become. */
const MOST = 1000;

export type Kind = 'Video' | 'Audio';

interface Placed {
  readonly start: Seconds;
  readonly end: Seconds;
  readonly child: Item | Transition;
  readonly role: string;
  /** Of the text. */
  readonly line: number;
}

export class Lanes {
  readonly #lanes = { Video: new Map<number, Placed[]>(), Audio: new Map<number, Placed[]>() };
  readonly #timeAt: (seconds: Seconds, from: { readonly line: number }) => RationalTime;

  constructor(timeAt: (seconds: Seconds, from: { readonly line: number }) => RationalTime) {
    this.#timeAt = timeAt;
  }

  /** Lanes count from the lowest; 0 is the primary storyline. A transition is placed at its cut, with no duration. */
  place(
    kind: Kind,
    lane: number,
    start: Seconds,
    duration: Seconds,
    child: Item | Transition,
    role: string,
    line: number,
  ): void {
    const lanes = this.#lanes[kind];
    if (!lanes.has(lane)) lanes.set(lane, []);
    lanes.get(lane)!.push({ start, end: start.plus(duration), child, role, line });
  }

  /** Whether what was placed last in a lane ends at a time. */
  endsAt(kind: Kind, lane: number, time: Seconds): boolean {
    const last = this.#lanes[kind].get(lane)?.at(-1);
    return last !== undefined && !(last.child instanceof Transition) && last.end.compare(time) === 0;
  }

  /** Video from the lowest lane up, then sound from the primary storyline outwards. */
  tracks(): Track[] {
    const ordered = (kind: Kind): [number, Placed[]][] => [...this.#lanes[kind]];
    const video = ordered('Video').sort(([a], [b]) => a - b);
    const audio = ordered('Audio').sort(([a], [b]) => Math.abs(a) - Math.abs(b) || b - a);
    return [
      ...video.flatMap(([, placed]) => this.#tracksOf('Video', placed)),
      ...audio.flatMap(([, placed]) => this.#tracksOf('Audio', placed)),
    ];
  }

  #tracksOf(kind: Kind, placed: readonly Placed[]): Track[] {
    const rows: { end: Seconds; children: (Item | Transition)[]; roles: Set<string> }[] = [];
    let row = rows[0];
    // A transition stays behind what ends at its cut: sorting is stable.
    for (const { start, end, child, role, line } of [...placed].sort((a, b) => a.start.compare(b.start))) {
      if (!(child instanceof Transition) || row === undefined) {
        row = rows.find((one) => one.end.compare(start) <= 0);
        if (row === undefined) {
          if (rows.length === MOST)
            throw new OtioError('LIMIT_EXCEEDED', `More than ${MOST} clips of a lane overlap.`, { line });
          row = { end: Seconds.zero, children: [], roles: new Set() };
          rows.push(row);
        }
      }
      if (start.compare(row.end) > 0) row.children.push(Gap.ofDuration(this.#timeAt(start.minus(row.end), { line })));
      row.children.push(child);
      if (!(child instanceof Transition)) row.roles.add(role);
      row.end = end;
    }
    return rows.map(({ children, roles }) => {
      const [role = ''] = roles;
      return new Track({ kind: TrackKind[kind], name: roles.size === 1 ? role : '', children });
    });
  }
}
