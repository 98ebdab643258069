// The clip of a fill: what it takes over from what it replaces, its media, its record, its marker.

import { shownRange } from '../edit/frames.ts';
import { OtioError } from '../errors.ts';
import { FILE_URLS, filepathCandidates, isDrivePath, isNetworkPath, mirrorStyle, urlInStyle } from '../media-urls.ts';
import { Clip, DEFAULT_MEDIA } from '../schema/clip.ts';
import { cloneValue } from '../schema/compare.ts';
import type { Composable } from '../schema/composable.ts';
import { TimeEffect } from '../schema/effect.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import { ExternalReference } from '../schema/media.ts';
import type { Timeline } from '../schema/timeline.ts';
import { Track } from '../schema/track.ts';
import type { UnknownSchema } from '../schema/unknown.ts';
import { type AnyValue, type Dictionary, dictionary, isDictionary } from '../schema/value.ts';
import { type Coverage, copyOf } from './coverage.ts';
import { disclosure, withoutJobs } from './markers.ts';
import { NS, nativeKey, words } from './namespace.ts';
import type { FillPlan } from './plan.ts';
import {
  type FillInfo,
  type FillMedia,
  nativeData,
  newRecord,
  type Restore,
  recordOf,
  restoreData,
  restoreOf,
} from './record.ts';
import { restored } from './restored.ts';
import { withFill } from './versions.ts';

/** What the fill of a plan is written as, without parent. @throws OtioError TYPE_MISMATCH without a job */
export function clipOf(plan: FillPlan, covered: Coverage, media: FillMedia, info: FillInfo): Clip {
  if (info.job === '')
    throw new OtioError('TYPE_MISMATCH', 'A fill needs the id of its job: its markers are found by it.');
  const { rateDouble: rate } = plan;
  const old = covered.only instanceof Item && !(covered.only instanceof Gap) ? covered.only : null;
  const restore = before(covered, rate);
  const record = newRecord({ ...plan, rate }, media, info);
  const earlier = old instanceof Clip ? recordOf(old) : null;
  const made = references(plan, media, record);
  const mediaReferences = old instanceof Clip ? withFill(old, made) : made;

  const clip =
    old instanceof Clip ? old : new Clip(old === null ? {} : { color: old.color, metadata: cloneValue(old.metadata) });
  clip.name = `${nameOf(plan, covered, restore.item)} (${words[info.kind].done})`;
  clip.effects = (old?.effects ?? []).filter((effect) => !(effect instanceof TimeEffect));
  clip.markers = [
    ...withoutJobs(old?.markers ?? [], new Set([info.job, earlier?.job ?? info.job])),
    disclosure(record, plan.sourceRange),
  ];
  clip.enabled = true;
  clip.metadata[NS] = Object.assign(dictionary(), foreignMembers(clip.metadata[NS]), record, {
    restore: restoreData(restore),
  });
  clip.setMediaReferences(mediaReferences, DEFAULT_MEDIA);
  clip.sourceRange = plan.sourceRange;
  return clip;
}

/** What is there, to be put back. Of an earlier fill: what that one replaced. */
function before(covered: Coverage, rate: number): Restore {
  const { only } = covered;
  const isFill = only instanceof Clip && recordOf(only)?.revertible === true;
  const items = isFill
    ? restored(only, rate)
    : only === null
      ? covered.parts.map((part) => copyOf(part, rate))
      : [only.clone()];
  const [first] = items;
  const item =
    items.length === 1 && !(first instanceof Track) ? first! : new Track({ name: 'replaced', children: items });
  const clip = item instanceof Item && !(item instanceof Gap || item instanceof Track) ? item : null;
  return {
    item,
    effects: (clip?.effects ?? []).filter((effect) => effect instanceof TimeEffect).map((effect) => effect.clone()),
    sourceRange: clip === null ? null : shownRange(clip),
    transitions: isFill ? restoreOf(recordOf(only)!.data)!.transitions : [],
  };
}

/** The previous name, or that of the track. */
function nameOf({ track, trackLabel }: FillPlan, { parts }: Coverage, item: Composable | UnknownSchema): string {
  const clips = parts.map(({ child }) => child).filter((child) => child instanceof Clip);
  const name =
    item instanceof Item && !(item instanceof Gap || item instanceof Track)
      ? item.name
      : clips.length === 1
        ? nameBefore(clips[0]!)
        : '';
  return name || track.name || trackLabel;
}

/** Without what an earlier fill has put behind it. */
function nameBefore(clip: Clip): string {
  const kind = recordOf(clip)?.kind;
  const written = kind ? ` (${words[kind].done})` : '';
  return written !== '' && clip.name.endsWith(written) ? clip.name.slice(0, -written.length) : clip.name;
}

const OWN = new Set([
  'schema',
  'job',
  'kind',
  'version',
  'head',
  'tail',
  'record',
  'inputs',
  'model',
  'native',
  'digitalSourceType',
  'created',
  'sha256',
  'restore',
]);

/** Members of our metadata that no record of a fill has: others' notes. */
function foreignMembers(data: AnyValue | undefined): Dictionary {
  const kept = dictionary();
  if (isDictionary(data)) for (const key of Object.keys(data)) if (!OWN.has(key)) kept[key] = data[key]!;
  return kept;
}

function references(
  { timeline, availableRange }: FillPlan,
  media: FillMedia,
  record: Dictionary,
): { [key: string]: ExternalReference } {
  const reference = (url: string, data: Dictionary): ExternalReference => {
    const targetUrl = placed(url, timeline, media.folder);
    return new ExternalReference({ name: baseName(targetUrl), targetUrl, availableRange, metadata: { [NS]: data } });
  };
  const made: { [key: string]: ExternalReference } = {
    [DEFAULT_MEDIA]: reference(media.targetUrl, cloneValue(record)),
  };
  if (media.native)
    made[nativeKey(media.native.rate.num / media.native.rate.den)] = reference(media.native.targetUrl, {
      native: nativeData(media.native),
    });
  return made;
}

/** A path in the style of the timeline's media; a URL as it is. */
function placed(target: string, timeline: Timeline, folder: string | undefined): string {
  const isPath = target.startsWith('/') || isDrivePath(target) || isNetworkPath(target);
  return isPath ? urlInStyle(target, mirrorStyle(timeline) ?? FILE_URLS, folder) : target;
}

const baseName = (url: string): string => (filepathCandidates(url)[0] ?? url).split(/[\\/]/).at(-1)!;
