// What can have changed between two versions of an edit, in an editor's words.
import type { RationalTime } from '../opentime/index.ts';

/** What a change is about. */
export interface Subject {
  /** `Clip`, `Track`, `Transition`, `Timeline` … */
  readonly schema: string;
  readonly name: string;
  /** The short name of its track, in the second version where it is there: `V1`, `A2`; '' for the timeline itself. */
  readonly track: string;
  /** Where it starts on the timeline, in the second version where it is there; null for a track or a timeline. */
  readonly at: RationalTime | null;
  /** JSON pointer in the first version; null for what is new. */
  readonly before: string | null;
  /** JSON pointer in the second version; null for what is gone. */
  readonly after: string | null;
}

export interface Spot {
  readonly track: string;
  readonly at: RationalTime;
}

/** How a transition is: its kind and how far it reaches to both sides of its cut. */
export interface TransitionState {
  readonly type: string;
  readonly inOffset: RationalTime;
  readonly outOffset: RationalTime;
}

export type Change = { readonly subject: Subject } & (
  | {
      readonly kind: 'added' | 'removed';
      readonly duration: RationalTime | null /** Of a track: how many it has. */;
      readonly clips: number | null;
    }
  /** `count` things in a row, from the subject to `through`, moved alike. */
  | {
      readonly kind: 'moved';
      readonly from: Spot;
      readonly to: Spot;
      readonly by: RationalTime;
      readonly count: number;
      readonly through: Subject;
    }
  /** A track at another place among the tracks of its stack, counted from the bottom. */
  | { readonly kind: 'reordered'; readonly from: number; readonly to: number }
  /** How much longer the head and the tail are, in frames of the track; below 0: shorter. */
  | {
      readonly kind: 'trimmed';
      readonly head: RationalTime;
      readonly tail: RationalTime;
      readonly before: RationalTime;
      readonly after: RationalTime;
    }
  /** The same place and length, other frames: how much later they start in the media. */
  | { readonly kind: 'slipped'; readonly by: RationalTime }
  /** Cut in two at each of these places, nothing lost. */
  | { readonly kind: 'split'; readonly at: readonly RationalTime[] }
  /** Speeds: 2 is twice as fast, 0 a freeze; null for one that changes over time. */
  | { readonly kind: 'retimed'; readonly before: number | null; readonly after: number | null }
  | { readonly kind: 'media' | 'renamed'; readonly before: string; readonly after: string }
  | { readonly kind: 'enabled' | 'disabled' }
  | {
      readonly kind: 'effects';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    }
  | {
      readonly kind: 'marker-added' | 'marker-removed' | 'marker-changed';
      readonly marker: string /** In the time of what it is on. */;
      readonly markedAt: RationalTime;
    }
  | { readonly kind: 'transition'; readonly before: TransitionState; readonly after: TransitionState }
  /** The start of the timeline, or its whole length. */
  | { readonly kind: 'start' | 'length'; readonly before: RationalTime | null; readonly after: RationalTime | null }
  /** Keys as paths with points between them. */
  | {
      readonly kind: 'metadata';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    }
  /** Anything else: a member that differs, by its key in the file. */
  | { readonly kind: 'changed'; readonly key: string }
);

export type ChangeKind = Change['kind'];
