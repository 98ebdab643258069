// Transitions of two versions: known again by the things they join.
import type { Change } from './change.ts';
import type { Entry, Lane } from './lanes.ts';
import { about, ownFindings } from './parts.ts';
import { aloneChange, subjectOf } from './times.ts';

/** What changed among the transitions of a lane whose entries are matched. */
export function transitionChanges(before: Lane, after: Lane): Change[] {
  const left = new Set(after.transitions);
  const byPrevious = new Map(after.transitions.map((one) => [one.previous, one]));
  const byNext = new Map(after.transitions.map((one) => [one.next, one]));
  const among = (map: typeof byNext, neighbour: Entry | null) => {
    const found = neighbour?.match ? map.get(neighbour.match) : undefined;
    return found !== undefined && left.has(found) ? found : undefined;
  };
  const changes: Change[] = [];
  for (const { entry, previous, next } of before.transitions) {
    const found = among(byNext, next) ?? among(byPrevious, previous);
    if (found === undefined) changes.push(aloneChange(entry, 'removed'));
    else {
      left.delete(found);
      const subject = subjectOf(found.entry, entry, found.entry);
      changes.push(...ownFindings(entry.item, found.entry.item).map((finding) => about(subject, finding)));
    }
  }
  return [...changes, ...[...left].map(({ entry }) => aloneChange(entry, 'added'))];
}
