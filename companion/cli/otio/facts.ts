// The facts of a timeline for `info`: its times, its tracks, and how many of everything there are.
import {
  type Child,
  Clip,
  Composable,
  Composition,
  Gap,
  Item,
  type RationalTime,
  rationalRate,
  Stack,
  type Timeline,
  Track,
  Transition,
} from '../../../otio/index.ts';
import { frameRateOf, lengthOf, trackLabels } from '../../../otio/positions.ts';
import { framesOf, timecodeOf } from './words.ts';

export interface Counts {
  readonly clips: number;
  readonly gaps: number;
  readonly transitions: number;
  readonly nested: number;
  readonly effects: number;
  readonly markers: number;
  /** Objects of schemas that are not known here. */
  readonly unknown: number;
}

export interface TimeFact {
  readonly frames: number;
  readonly timecode: string;
  readonly seconds: number;
}

export interface TrackFacts extends Counts {
  readonly label: string;
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly duration: TimeFact;
}

export interface TimelineFacts {
  readonly name: string;
  /** Null where the timeline does not say when it starts. */
  readonly start: TimeFact | null;
  readonly rate: { readonly num: number; readonly den: number };
  readonly duration: TimeFact;
  readonly tracks: readonly TrackFacts[];
  readonly counts: Counts;
}

/** Frames per second that the times of a timeline are told in. */
export const rateFor = (timelines: readonly Timeline[]): number =>
  timelines.map(frameRateOf).find((rate) => rate !== null) ?? 24;

export function factsOf(timeline: Timeline): TimelineFacts {
  const rate = rateFor([timeline]);
  const { num, den } = rationalRate(rate);
  const fact = (time: RationalTime): TimeFact => ({
    frames: framesOf(time, rate),
    timecode: timecodeOf(time, rate),
    seconds: time.toSeconds(),
  });
  const stack = timeline.tracks ?? new Stack();
  const labels = trackLabels(stack);
  const tracks = stack.children.map(
    (child): TrackFacts => ({
      label: labels.get(child)!,
      name: child instanceof Composable ? child.name : '',
      kind: child instanceof Track ? child.kind : child.schemaName,
      enabled: !(child instanceof Item) || child.enabled,
      duration: fact(lengthOf(child)),
      ...counted(child),
    }),
  );
  const start = timeline.globalStartTime;
  return {
    name: timeline.name,
    start: start === null ? null : fact(start),
    rate: { num, den },
    duration: fact(lengthOf(stack)),
    tracks,
    counts: counted(stack),
  };
}

/** Everything below a child of a timeline's stack, or below the stack. Tracks themselves are not counted as nested. */
function counted(top: Child): Counts {
  const counts = { clips: 0, gaps: 0, transitions: 0, nested: 0, effects: 0, markers: 0, unknown: 0 };
  const visit = (child: Child, depth: number): void => {
    if (child instanceof Clip) counts.clips++;
    else if (child instanceof Gap) counts.gaps++;
    else if (child instanceof Transition) counts.transitions++;
    else if (!(child instanceof Composable)) counts.unknown++;
    if (child instanceof Item) {
      counts.effects += child.effects.length;
      counts.markers += child.markers.length;
    }
    if (!(child instanceof Composition)) return;
    const isTrackOfStack = child instanceof Track && !(child.parent instanceof Track);
    if (depth > 0 && !isTrackOfStack) counts.nested++;
    for (const one of child.children) visit(one, depth + 1);
  };
  visit(top, 0);
  return counts;
}
