// A timeline as FCPXML 1.10: the lowest video track is the primary storyline, every other track is connected to it in a lane of its own.
import { type ExactRate, rationalRate } from '../../opentime/index.ts';
import { type Child, type Composition, Gap, Stack, type Timeline, Track, TrackKind } from '../../schema/index.ts';
import type { AdapterWriteOptions, AdapterWriteResult } from '../adapter.ts';
import { frames, layOut, type Placed, type PlacedTransition, rateOf } from '../layout.ts';
import { Losses } from '../report.ts';
import { writeXml, type XmlElement, xml } from '../xml.ts';
import { Assets } from './assets.ts';
import { Entries, type Entry, type Lane, own } from './entries.ts';
import { Seconds } from './seconds.ts';
import { transitionName } from './words.ts';

export interface FcpxmlWriteOptions extends AdapterWriteOptions {
  /** Pixels of the picture; 1920 × 1080 by default. */
  readonly width?: number;
  readonly height?: number;
  /** Clips start in the middle of their first frame: at NTSC rates Resolve may round an exact start to the frame before. */
  readonly midFrameStarts?: boolean;
}

/** @throws OtioError INVALID_TIMECODE_RATE, INVALID_TIME_RANGE */
export function writeFcpxml(timeline: Timeline, options: FcpxmlWriteOptions = {}): AdapterWriteResult {
  const { rate = rateOf(timeline), width = 1920, height = 1080, midFrameStarts = false } = options;
  const exact = rationalRate(rate);
  const losses = new Losses();
  const assets = new Assets(timeline, exact, { width, height });
  const tcFormat = own(timeline, 'tcFormat') ?? (isDropRate(exact) ? 'DF' : 'NDF');
  const writer = new Writer(exact, assets, losses, midFrameStarts, tcFormat);
  writer.leaveOut(timeline);
  const start = timeline.globalStartTime === null ? undefined : frames(timeline.globalStartTime, rate, losses);
  const project = xml('project', { name: timeline.name }, [writer.timeline(timeline.tracks ?? new Stack(), start)]);
  const library = xml('library', {}, [xml('event', { name: timeline.name }, [project])]);
  const root = xml('fcpxml', { version: '1.10' }, [xml('resources', {}, assets.elements()), library]);
  return { text: writeXml(root, { doctype: 'fcpxml' }), losses: losses.sentences };
}

const isDropRate = ({ num, den }: ExactRate): boolean => den === 1001 && (num === 30000 || num === 60000);

/** A track, or what counts as one. */
interface Row {
  readonly kind: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly children: readonly Child[];
  readonly markers: readonly unknown[];
}

const rowOf = (track: Track): Row => (track.sourceRange === null ? track : { ...loose(track), kind: track.kind });
const loose = (child: Child): Row => ({
  kind: TrackKind.Video,
  name: '',
  enabled: true,
  children: [child],
  markers: [],
});

class Writer {
  readonly #rate: ExactRate;
  readonly #fps: number;
  readonly #assets: Assets;
  readonly #losses: Losses;
  readonly #entries: Entries;
  readonly #tcFormat: string;
  readonly #compounds = new Map<Composition, string>();

  constructor(rate: ExactRate, assets: Assets, losses: Losses, midFrameStarts: boolean, tcFormat: string) {
    this.#rate = rate;
    this.#fps = rate.num / rate.den;
    this.#assets = assets;
    this.#losses = losses;
    this.#entries = new Entries(rate, assets, losses, midFrameStarts, (composition) => this.#compound(composition));
    this.#tcFormat = tcFormat;
  }

  leaveOut(timeline: Timeline): void {
    this.#entries.leaveOut(timeline);
  }

  /** `start`: the frame that its timecode starts at. */
  timeline(stack: Stack, start: number | undefined): XmlElement {
    this.#entries.leaveOut(stack);
    if (!stack.enabled) this.#losses.add('That the timeline is disabled is left out.');
    if (stack.sourceRange !== null) return this.#sequence([loose(stack)], [], start); // a trim needs a compound clip
    return this.#sequence(this.#rowsIn(stack), stack.markers, start);
  }

  /** Id of the media that a nested stack or track becomes, untrimmed. */
  #compound(composition: Composition): string {
    const known = this.#compounds.get(composition);
    if (known !== undefined) return known;
    const rows =
      composition instanceof Track
        ? [{ ...rowOf(composition), children: composition.children }]
        : this.#rowsIn(composition);
    const id = this.#assets.addMedia(composition.name, this.#sequence(rows, [], undefined));
    this.#compounds.set(composition, id);
    return id;
  }

  #rowsIn(composition: Composition): Row[] {
    return composition.children.map((child) => {
      if (!(child instanceof Track)) return loose(child);
      if (child.sourceRange === null) this.#entries.leaveOut(child);
      return rowOf(child);
    });
  }

  #sequence(rows: readonly Row[], markers: readonly unknown[], start: number | undefined): XmlElement {
    const video = rows.filter(({ kind }) => kind === TrackKind.Video);
    const audio = rows.filter(({ kind }) => kind === TrackKind.Audio);
    if (video.length + audio.length < rows.length)
      this.#losses.add('A track that is neither video nor audio is left out.');
    const lanes = [
      ...video.map((row, i) => ({ row, number: i })),
      ...audio.map((row, i) => ({ row, number: -i - 1 })),
    ].map(({ row, number }) => ({
      lane: { kind: row.kind as Lane['kind'], number, role: row.name.replace(/[.?]/g, ' '), enabled: row.enabled },
      ...layOut(row.children, this.#fps, this.#losses),
    }));
    const ends = lanes.map(({ items }) => endOf(items.at(-1)));
    const primary = lanes.find(({ lane }) => lane.number === 0) ?? {
      items: [],
      transitions: [],
      lane: { kind: 'Video', number: 0, role: '', enabled: true } as const,
    };
    const entries = this.#filled(primary.items, primary.lane, 0, Math.max(0, ...ends));
    for (const one of lanes) if (one.lane.number !== 0) this.#connect(one.items, one.transitions, one.lane, entries);
    this.#mark(markers, entries);
    for (const { markers: ofTrack } of rows) this.#mark(ofTrack, entries);
    const attributes = {
      format: this.#assets.format(this.#rate),
      duration: this.#text(entries.at(-1)?.end ?? 0),
      tcStart: start === undefined ? undefined : this.#text(start),
      tcFormat: this.#tcFormat,
      audioLayout: 'stereo',
      audioRate: '48k',
    };
    return xml('sequence', attributes, [
      xml('spine', {}, this.#story(entries, primary.transitions, primary.lane, start ?? 0)),
    ]);
  }

  /** The items from `from` on, with gaps between them, up to `end`. */
  #filled(items: readonly Placed[], lane: Lane, from: number, end: number): Entry[] {
    const entries: Entry[] = [];
    let now = from;
    for (const placed of items) {
      if (placed.start > now) entries.push(this.#entries.gap(now, placed.start));
      entries.push(this.#entries.entry(placed, lane) ?? this.#entries.gap(placed.start, endOf(placed)));
      now = endOf(placed);
    }
    if (end > now) entries.push(this.#entries.gap(now, end));
    return entries;
  }

  /** Entries and the transitions over their cuts; `origin` is the frame on the story's clock where frame 0 is. */
  #story(
    entries: readonly Entry[],
    transitions: readonly PlacedTransition[],
    { kind }: Lane,
    origin: number,
  ): XmlElement[] {
    const [first, last] = [entries[0]?.at ?? 0, entries.at(-1)?.end ?? 0];
    const byCut = new Map<number, PlacedTransition>();
    for (const one of transitions) {
      if (one.cut - one.inOffset < first || one.cut + one.outOffset > last)
        this.#losses.add('A transition at an end of a track is left out: nothing lies beyond.');
      else byCut.set(one.cut, one);
    }
    const over = (cut: number): XmlElement[] => {
      const one = byCut.get(cut);
      return one ? [this.#transition(one, kind === 'Audio', origin)] : [];
    };
    const story = entries.flatMap((entry) => [
      entry.build({ offset: this.#text(origin + entry.at) }),
      ...over(entry.end),
    ]);
    return [...over(first), ...story];
  }

  #transition({ transition, cut, inOffset, outOffset }: PlacedTransition, audio: boolean, origin: number): XmlElement {
    this.#entries.leaveOut(transition);
    const name = transitionName(transition, audio);
    const dissolves = transition.transitionType === 'SMPTE_Dissolve';
    if (!dissolves)
      this.#losses.add(`A transition of the type '${transition.transitionType}' is written by name only.`);
    const effect =
      dissolves || audio
        ? [xml(audio ? 'filter-audio' : 'filter-video', { ref: this.#assets.dissolve(audio), name })]
        : [];
    return xml(
      'transition',
      { name, offset: this.#text(origin + cut - inOffset), duration: this.#text(inOffset + outOffset) },
      effect,
    );
  }

  /** Puts a track over or under the primary storyline: its items one by one, or as a storyline where it has transitions. */
  #connect(
    items: readonly Placed[],
    transitions: readonly PlacedTransition[],
    lane: Lane,
    entries: readonly Entry[],
  ): void {
    const anchored = (at: number, make: (place: { lane: number; offset: string }) => XmlElement): void => {
      const anchor = anchorAt(entries, at);
      const offset = anchor.local.plus(Seconds.ofFrames(at - anchor.at, this.#rate));
      anchor.connected.push(make({ lane: lane.number, offset: offset.text(this.#rate) }));
    };
    if (transitions.length === 0) {
      for (const placed of items) {
        const entry = placed.item instanceof Gap ? null : this.#entries.entry(placed, lane);
        if (entry) anchored(entry.at, (place) => entry.build(place));
      }
      return;
    }
    const shown = items.filter(
      ({ item, head, tail }, i) => !(item instanceof Gap) || (i === 0 ? tail : i === items.length - 1 ? head : true),
    );
    const [first] = shown;
    if (first === undefined) return;
    const story = this.#story(this.#filled(shown, lane, first.start, 0), transitions, lane, -first.start);
    anchored(first.start, (place) => xml('spine', place, story));
  }

  /** Markers of a sequence: Final Cut has them on clips only. */
  #mark(markers: readonly unknown[], entries: readonly Entry[]): void {
    for (const marker of this.#entries.markersIn(markers)) {
      this.#losses.add('A marker of the timeline or of a track is put on the clip or gap at its time.');
      const at = this.#entries.timeOf(marker);
      const anchor = entries.length > 0 ? anchorAt(entries, Math.floor(at.framesAt(this.#rate))) : null;
      anchor?.markers.push(
        this.#entries.marker(marker, anchor.local.plus(at).minus(Seconds.ofFrames(anchor.at, this.#rate))),
      );
    }
  }

  #text(frame: number): string {
    return Seconds.ofFrames(frame, this.#rate).text(this.#rate);
  }
}

const endOf = (placed: Placed | undefined): number => (placed ? placed.start + placed.duration : 0);

/** The entry at a frame; the first or last one for frames outside. */
function anchorAt(entries: readonly Entry[], frame: number): Entry {
  let [low, high] = [0, entries.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.end <= frame) low = middle + 1;
    else high = middle;
  }
  return entries[low]!;
}
