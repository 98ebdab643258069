// Names that reading and writing agree on: items of a story, kinds of transitions, colours of markers, media that are missing.
import type { Marker, Transition } from '../../schema/index.ts';

/** Where FCPXML keeps what timelines have no member for. */
export const KEY = 'fcpxml';

/** Elements that are items of a story. */
export const STORY = new Set([
  'asset-clip',
  'audio',
  'audition',
  'clip',
  'mc-clip',
  'ref-clip',
  'sync-clip',
  'title',
  'video',
]);

/** A file has to be somewhere: one that is known to be missing is here. */
export const MISSING = 'file:///missing-media/';

/** Final Cut's own cross dissolves. */
export const CROSS_DISSOLVE = { name: 'Cross Dissolve', uid: 'FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265' };
export const CROSS_FADE = { name: 'Audio Crossfade', uid: 'FFAudioTransition' };

const WIPE = 'Wipe';

/** The type of a transition by the name of its effect. */
export function transitionType(name: string): string {
  if (name === '' || /^cross dissolve$/i.test(name) || name === CROSS_FADE.name) return 'SMPTE_Dissolve';
  return name === WIPE ? 'SMPTE_Wipe' : 'Custom_Transition';
}

/** The name of its effect. */
export function transitionName({ transitionType: type, name }: Transition, audio: boolean): string {
  if (type === 'SMPTE_Dissolve') return (audio ? CROSS_FADE : CROSS_DISSOLVE).name;
  return type === 'SMPTE_Wipe' ? WIPE : name || type;
}

/** Final Cut shows a marker's state as its colour. */
const states: readonly { color: string; element: string; completed?: string }[] = [
  { color: 'ORANGE', element: 'chapter-marker' },
  { color: 'RED', element: 'marker', completed: '0' },
  { color: 'GREEN', element: 'marker', completed: '1' },
  { color: 'BLUE', element: 'marker' },
];

/** The colour of a marker element. */
export const colorOf = (element: string, completed: string | undefined): string =>
  states.find((state) => state.element === element && (element === 'chapter-marker' || state.completed === completed))
    ?.color ?? 'BLUE';

/** How a marker of a colour is written; blue for colours that are no state. */
export const stateOf = ({ color }: Marker): (typeof states)[number] =>
  states.find((state) => state.color === color.toUpperCase()) ?? states.at(-1)!;
