// Interchange files: what our adapters read agrees with what the reference's adapters read, in the facts of the edit.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../../../otio/adapters/index.ts';
import {
  type Child,
  Clip,
  Composition,
  Gap,
  Item,
  LinearTimeWarp,
  read,
  Timeline,
  Track,
  Transition,
} from '../../../otio/index.ts';
import type { Judge } from '../suite.ts';
import { Tally } from './tally.ts';

type Seconds = number;

/** One thing on a track. Times in seconds, since the reference mixes rates in one file. */
interface Fact {
  readonly what: 'clip' | 'composition' | 'transition';
  readonly name: string;
  readonly record: Seconds;
  readonly source: readonly [start: Seconds, duration: Seconds];
  readonly speed: number;
}

interface TrackFacts {
  readonly kind: string;
  readonly facts: readonly Fact[];
}

/** Where we differ on purpose: what we read instead of the reference's facts, or null where the file is not compared. */
const ours: { readonly [file: string]: ((wanted: TrackFacts[]) => TrackFacts[]) | undefined } = {
  // The second freeze is one frame long on both sides, so the reference takes it for a cut named "… FF"; its M2 line says it is a freeze.
  'speed_effects_small.edl': (wanted) => change(wanted, 'Z682_157 (LAY2) FF', { name: 'Z682_157 (LAY2)', speed: 0 }),
  // `AUD  3` adds a third audio channel to the event; the reference keeps it as a comment.
  'multi_audio.edl': (wanted) => [...wanted, wanted[1]!],
  // The reference leaves the speed of a Time Remap in an effect that says nothing; Hiero writes it as a factor.
  'fcp7_hiero_xml_export.xml': (wanted) => change(wanted, '/', { speed: 0.25 }),
};
// Not compared, and different on purpose: an EDL's first record time is our global start, the reference's track start with the sign turned; markers
// (`LOC`) are at record times and ours are moved into the clip's own time; names of transitions.

const change = (wanted: TrackFacts[], name: string, by: Partial<Fact>): TrackFacts[] =>
  wanted.map(({ kind, facts }) => ({
    kind,
    facts: facts.map((fact) => (fact.name === name ? { ...fact, ...by } : fact)),
  }));

/** Files that the reference's adapters refuse: strictly we do, leniently we read so many clips. */
const refused: readonly (readonly [file: string, rate: number, clips: number])[] = [
  ['dissolve_test_fail.edl', 24, 3],
  ['timecode_mismatch.edl', 25, 20],
];

export async function interchange(data: string, judge: Judge): Promise<void> {
  const folder = join(data, 'samples/interchange');
  for (const file of readdirSync(join(folder, 'as_otio')).sort()) {
    const name = file.replace(/\.otio$/, '');
    const adapter = adapters.find(({ extensions }) => extensions.includes(name.split('.').at(-1)!));
    if (adapter?.read === undefined) {
      judge.aside(`interchange/${name}`, 'no adapter reads it');
      continue;
    }
    const reference = factsOf(read(readFileSync(join(folder, 'as_otio', file), 'utf8')).root);
    const text = readFileSync(join(folder, name), 'utf8');
    const found = factsOf(adapter.read(text, { rate: reference.rate }).root);
    const wanted = ours[name]?.(reference.tracks) ?? reference.tracks;
    const tally = new Tally(`interchange/${name}`);
    tally.check(
      'kinds of tracks',
      found.tracks.map(({ kind }) => kind),
      wanted.map(({ kind }) => kind),
    );
    for (const [at, track] of wanted.entries()) {
      const facts = found.tracks[at]?.facts ?? [];
      tally.check(`number of items on track ${at}`, facts.length, track.facts.length);
      for (const [place, fact] of track.facts.entries()) tally.check(`track ${at}, item ${place}`, facts[place], fact);
    }
    tally.decide(judge);
  }
  const tally = new Tally('interchange/refused by the reference');
  const edl = adapters.find(({ name }) => name === 'edl')!;
  for (const [file, rate, clips] of refused) {
    const text = readFileSync(join(folder, file), 'utf8');
    let refusal = '';
    try {
      edl.read!(text, { rate, mode: 'strict' });
    } catch (error) {
      refusal = (error as Error).name;
    }
    tally.check(`${file}, strict`, refusal, 'OtioError');
    const { root, problems } = edl.read!(text, { rate });
    tally.check(`${file}, problems with lines`, problems.length > 0 && problems.every(({ line }) => line > 0), true);
    tally.check(`${file}, clips`, factsOf(root).tracks[0]!.facts.filter(({ what }) => what === 'clip').length, clips);
  }
  tally.decide(judge);
}

function factsOf(root: unknown): { readonly rate: number; readonly tracks: TrackFacts[] } {
  if (!(root instanceof Timeline)) return { rate: 24, tracks: [] };
  const tracks = (root.tracks?.children ?? []).filter((track) => track instanceof Track);
  const first = tracks[0]?.children.find((child) => child instanceof Item);
  const rate = first?.sourceRange?.duration.rate ?? 24;
  return { rate, tracks: tracks.map((track) => ({ kind: track.kind, facts: factsOn(track.children) })) };
}

function factsOn(children: readonly Child[]): Fact[] {
  const facts: Fact[] = [];
  let record = 0;
  for (const child of children) {
    if (child instanceof Transition) {
      const source = [child.inOffset.toSeconds(), child.outOffset.toSeconds()] as const;
      facts.push({
        what: 'transition',
        name: child.transitionType,
        record: round(record),
        source: [round(source[0]), round(source[1])],
        speed: 1,
      });
    }
    if (!(child instanceof Item)) continue;
    const range = child.sourceRange ?? (child instanceof Clip ? child.mediaReference?.availableRange : null);
    const [start, duration] = [range?.startTime.toSeconds() ?? 0, range?.duration.toSeconds() ?? 0];
    const warp = child.effects.find((effect) => effect instanceof LinearTimeWarp);
    if (!(child instanceof Gap))
      facts.push({
        what: child instanceof Composition ? 'composition' : 'clip',
        name: child.name,
        record: round(record),
        source: [round(start), round(duration)],
        speed: round(warp?.timeScalar ?? 1),
      });
    record += duration;
  }
  return facts;
}

/** To a hundredth of a sample: sums of seconds differ in their last bits. */
const round = (value: number): number => Math.round(value * 1e7) / 1e7 + 0;
