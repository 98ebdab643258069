// The markers that disclose a fill: one on its clip, one on the stack of the timeline. Found by their job and replaced, never two for one.
import type { Change } from '../edit/undo.ts';
import type { TimeRange } from '../opentime/index.ts';
import type { Clip } from '../schema/clip.ts';
import { type Child, Composition } from '../schema/composition.ts';
import { Marker } from '../schema/marker.ts';
import type { UnknownSchema } from '../schema/unknown.ts';
import { type Dictionary, isDictionary } from '../schema/value.ts';
import { fillsAmong } from './list.ts';
import { isFillKind, NS, words } from './namespace.ts';
import { recordOf } from './record.ts';

type AnyMarker = Marker | UnknownSchema;

/** The job that a marker of ours belongs to; null for all other markers. */
export function jobOf(marker: AnyMarker): string | null {
  const data = marker instanceof Marker ? marker.metadata[NS] : null;
  return isDictionary(data) && data.aiGenerated === true && typeof data.job === 'string' ? data.job : null;
}

/** The marker of a fill over `range`, from the record of its clip. */
export function disclosure(record: Dictionary, range: TimeRange): Marker {
  const done = isFillKind(record.kind) ? words[record.kind].done : 'filled';
  const comment = commentOf(record);
  return new Marker({
    name: `AI ${done}`,
    color: 'PURPLE',
    markedRange: range,
    comment,
    metadata: {
      [NS]: { job: record.job ?? '', aiGenerated: true },
      Resolve_OTIO: { Keywords: [], Note: comment },
    },
  });
}

/** Model, version and date in a line for a person: `Flow 2.1, version 3, 2026-01-31`. */
function commentOf({ model, version, created }: Dictionary): string {
  const said = isDictionary(model)
    ? [model.name, model.version].filter((word) => typeof word === 'string').join(' ')
    : '';
  const date = typeof created === 'string' ? created.slice(0, 10) : '';
  return [said, version === undefined ? '' : `version ${String(version)}`, date]
    .filter((part) => part !== '')
    .join(', ');
}

/** The markers without those of some jobs. */
export const withoutJobs = <M extends AnyMarker>(markers: readonly M[], jobs: ReadonlySet<string>): M[] =>
  markers.filter((marker) => {
    const job = jobOf(marker);
    return job === null || !jobs.has(job);
  });

/**
 * The change of a stack's markers when a fill comes onto it: with its marker over `range`, without an earlier one of its job and those of fills that go and
 * lie nowhere else. `gone`: children that the fill replaces.
 */
export function disclosed(stack: Composition, fill: Clip, range: TimeRange, gone: readonly Child[]): Change {
  const { job, data } = recordOf(fill)!;
  const jobs = jobsOnlyIn(stack, gone).add(job!);
  return {
    target: stack,
    name: 'markers',
    before: stack.markers,
    after: [...withoutJobs(stack.markers, jobs), disclosure(data, range)],
  };
}

/** The jobs of fills that lie in `gone` and nowhere else on the stack. */
export function jobsOnlyIn(stack: Composition, gone: readonly Child[]): Set<string> {
  const left = new Set<string>();
  const going = new Set<string>();
  for (const { clip, record } of fillsAmong(stack.children))
    if (record?.job)
      (gone.some((child) => child === clip || (child instanceof Composition && child.isParentOf(clip)))
        ? going
        : left
      ).add(record.job);
  return new Set([...going].filter((job) => !left.has(job)));
}
