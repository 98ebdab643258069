// From a timeline to the text of a CMX3600 EDL: one video track and two of audio, a dissolve from the frame where it starts.
import { nearestSmpteTimecodeRate, RationalTime } from '../../opentime/index.ts';
import {
  type AnyValue,
  Clip,
  Composition,
  ExternalReference,
  Gap,
  Marker,
  MissingReference,
  type Timeline,
  type Track,
  type Transition,
} from '../../schema/index.ts';
import { isDictionary } from '../../schema/value.ts';
import type { AdapterWriteOptions, AdapterWriteResult } from '../adapter.ts';
import {
  exactRate,
  frames,
  layOutTrack,
  type Placed,
  type PlacedTransition,
  rateOf,
  speedAndOthers,
  usedRange,
} from '../layout.ts';
import { leaveOut } from '../left-out.ts';
import { Losses } from '../report.ts';
import { channelsOf } from './channels.ts';
import { CHANNEL, KEPT } from './kept.ts';
import { gradeNotes } from './metadata.ts';
import { Reels } from './reels.ts';
import { speedText } from './speed.ts';

/** Frames of a source and of the record. */
interface Edit {
  readonly clip: Clip | Composition | null;
  readonly reel: string;
  readonly source: number;
  readonly speed: number;
  readonly start: number;
  readonly end: number;
  readonly head: { readonly transition: Transition; readonly length: number } | null;
}

/**
 * Writes the first video track and the first two audio tracks. Frame codes are drop frame wherever the rate has it.
 * @throws OtioError INVALID_TIMECODE_RATE for a rate without timecode, such as 120
 */
export function writeEdl(timeline: Timeline, { rate: given }: AdapterWriteOptions = {}): AdapterWriteResult {
  const losses = new Losses();
  const rate = given === undefined ? rateOf(timeline) : exactRate(given);
  const writer = new EdlWriter(
    rate,
    timeline.globalStartTime === null ? 0 : frames(timeline.globalStartTime, rate, losses),
    losses,
  );
  writer.open(timeline.name);
  leaveOut(timeline, losses, KEPT);
  const { tracks } = timeline;
  if (tracks) {
    leaveOut(tracks, losses, KEPT);
    if (!tracks.enabled) losses.add('That the timeline is disabled is left out.');
    if (tracks.markers.length > 0) losses.add('An EDL has no markers of its own: those of the timeline are left out.');
  }
  for (const [channel, track] of channelsOf(timeline, losses)) writer.track(channel, track, tracks);
  return { text: writer.text, losses: losses.sentences };
}

class EdlWriter {
  readonly #rate: number;
  readonly #first: number;
  readonly #losses: Losses;
  readonly #reels = new Reels();
  readonly #lines: string[] = [];
  #number = 0;

  constructor(rate: number, first: number, losses: Losses) {
    this.#rate = rate;
    this.#first = first;
    this.#losses = losses;
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  open(name: string): void {
    const drop = this.#timecode(0).includes(';');
    this.#lines.push(`TITLE: ${this.#oneLine(name)}`, `FCM: ${drop ? 'DROP FRAME' : 'NON-DROP FRAME'}`, '');
  }

  track(channel: string, track: Track, stack: Composition | null): void {
    leaveOut(track, this.#losses, KEPT);
    if (track.markers.length > 0) this.#losses.add('An EDL has no markers on a track.');
    if (!CHANNEL.test(track.name)) this.#losses.add('The name of a track is left out.');
    let before: Edit | null = null;
    for (const edit of this.#edits(track, stack)) {
      this.#event(channel, edit, before);
      before = edit;
    }
  }

  #edits(track: Track, stack: Composition | null): Edit[] {
    const { items, transitions } = layOutTrack(track, stack, this.#rate, this.#losses);
    for (const { transition } of transitions) leaveOut(transition, this.#losses, KEPT);
    for (const { item } of items) {
      if (!(item instanceof Gap)) continue;
      leaveOut(item, this.#losses, KEPT);
      if (item.markers.length > 0) this.#losses.add('Markers on a gap are left out.');
    }
    const last = transitions.at(-1);
    const kept = new Set(transitions.filter((one) => this.#fits(one)));
    const edits = items.map((placed): Edit => {
      const { item, start, duration } = placed;
      const seen = (item instanceof Clip || item instanceof Composition) && item.enabled ? item : null;
      if (seen === null && !(item instanceof Gap)) this.#losses.add('An item that is disabled is written as black.');
      const head = placed.head && kept.has(placed.head) ? placed.head : null;
      const tail = placed.tail && kept.has(placed.tail) ? placed.tail : null;
      const early = head?.inOffset ?? 0;
      if (early > 0)
        this.#losses.add(
          'The cut inside a transition is moved to its start: an EDL has transitions that start at their cut.',
        );
      const { speed } = speedAndOthers(item);
      return {
        clip: seen,
        reel: seen === null ? 'BL' : this.#reels.of(seen, this.#losses),
        source: seen === null ? 0 : this.#sourceStart(placed) - Math.round(early * speed),
        speed: seen === null ? 1 : speed,
        start: start - early,
        end: start + duration - (tail?.inOffset ?? 0),
        head: head && { transition: head.transition, length: early + head.outOffset },
      };
    });
    if (last !== undefined && last === items.at(-1)?.tail && kept.has(last)) {
      this.#losses.add('A transition at the end of a track is written with black behind it.');
      const start = last.cut - last.inOffset;
      const length = last.inOffset + last.outOffset;
      edits.push({
        clip: null,
        reel: 'BL',
        source: 0,
        speed: 1,
        start,
        end: start + length,
        head: { transition: last.transition, length },
      });
    }
    return edits.filter((edit, at) => edit.clip !== null || edit.head !== null || at === 0 || at === edits.length - 1);
  }

  /** Whether a transition has room before and after it, on the track and in its sources. */
  #fits({ cut, inOffset, outOffset, before, after }: PlacedTransition): boolean {
    const left = before ? before.duration - (before.head?.outOffset ?? 0) : 0;
    const right = after ? after.duration - (after.tail?.inOffset ?? 0) : outOffset;
    const handle =
      after?.item instanceof Clip
        ? this.#sourceStart(after) - Math.round(inOffset * speedAndOthers(after.item).speed)
        : 0;
    const fits = cut - inOffset >= 0 && left >= inOffset + (before ? 1 : 0) && right >= outOffset && handle >= 0;
    if (!fits) this.#losses.add('A transition longer than the clips beside it, or than their media, is left out.');
    return fits;
  }

  #sourceStart({ item }: Placed): number {
    const start = frames(usedRange(item).startTime, this.#rate, this.#losses);
    if (start < 0) this.#losses.add('A source time before 0 is moved to 0.');
    return Math.max(0, start);
  }

  #event(channel: string, edit: Edit, before: Edit | null): void {
    this.#number++;
    if (this.#number === 1000) this.#losses.add('An EDL counts to 999 events: many programs refuse more.');
    const { head, source, start, end, speed, reel } = edit;
    const used = speed === 0 ? 1 : Math.max(1, Math.round((end - start) * Math.abs(speed)));
    if (head) {
      const touching = before !== null && before.end === start;
      const from = touching ? Math.max(0, before.source + Math.round((before.end - before.start) * before.speed)) : 0;
      this.#line(touching ? before.reel : 'BL', channel, 'C', '', from, from, start, start);
    }
    this.#line(
      reel,
      channel,
      head ? this.#editOf(head.transition) : 'C',
      head ? String(head.length).padStart(3, '0') : '',
      source,
      source + used,
      start,
      end,
    );
    if (speed !== 1)
      this.#lines.push(`M2   ${reel.padEnd(8)}       ${this.#speed(speed)}                ${this.#timecode(source)}`);
    if (edit.clip !== null) this.#notes(edit, edit.clip, before);
  }

  #line(
    reel: string,
    channel: string,
    edit: string,
    length: string,
    ...[source, sourceEnd, start, end]: [number, number, number, number]
  ): void {
    const times = [source, sourceEnd, this.#first + start, this.#first + end].map((time) => this.#timecode(time));
    this.#lines.push(
      `${String(this.#number).padStart(3, '0')}  ${reel.padEnd(8)} ${channel.padEnd(5)} ${edit.padEnd(4)} ${length.padStart(3)} ${times.join(' ')}`,
    );
  }

  #editOf({ transitionType, metadata }: Transition): string {
    const own = isDictionary(metadata.cmx_3600) ? metadata.cmx_3600.transition : null;
    if (transitionType === 'SMPTE_Wipe') return typeof own === 'string' && /^W\d{3}$/.test(own) ? own : 'W001';
    if (transitionType !== 'SMPTE_Dissolve')
      this.#losses.add(`A transition of the type '${transitionType}' is written as a dissolve.`);
    return 'D';
  }

  #speed(speed: number): string {
    const text = speedText(speed, this.#rate);
    if (Math.abs(Number(text) / Math.ceil(this.#rate) - speed) > 1e-9 && Math.round(speed * 100) / 100 !== speed)
      this.#losses.add(`The speed ${speed} is written as ${Number(text)} frames per second.`);
    return text;
  }

  #notes(edit: Edit, clip: Clip | Composition, before: Edit | null): void {
    const arriving = edit.head !== null;
    const name = this.#oneLine(clip.name) + (edit.speed === 0 && clip.name !== '' ? ' FF' : '');
    if (arriving && before?.clip && before.clip.name !== '')
      this.#note(`FROM CLIP NAME: ${this.#oneLine(before.clip.name)}`);
    if (name !== '') this.#note(`${arriving ? 'TO' : 'FROM'} CLIP NAME: ${name}`);
    if (edit.speed === 0) this.#note('* FREEZE FRAME');
    const media = clip instanceof Clip ? clip.mediaReference : null;
    if (media instanceof ExternalReference)
      this.#note(`${arriving && name !== '' ? 'TO' : 'FROM'} CLIP: ${this.#oneLine(media.targetUrl)}`);
    else if (!(media instanceof MissingReference))
      this.#losses.add(
        `${clip instanceof Clip ? 'Media that is no file' : 'A nested composition'} is written by name alone.`,
      );
    this.#markers(edit, clip);
    for (const line of gradeNotes(clip.metadata.cdl)) this.#note(line);
    const own = clip.metadata.cmx_3600;
    const comments = isDictionary(own) && Array.isArray(own.comments) ? (own.comments as AnyValue[]) : [];
    for (const comment of comments) if (typeof comment === 'string') this.#note(this.#oneLine(comment));
    this.#left(clip);
  }

  #note(text: string): void {
    this.#lines.push(`* ${text}`);
  }

  #markers(edit: Edit, clip: Clip | Composition): void {
    for (const marker of clip.markers) {
      if (!(marker instanceof Marker)) continue;
      const into = frames(marker.markedRange.startTime, this.#rate, this.#losses) - edit.source;
      const at = this.#first + edit.start + (edit.speed === 0 ? 0 : Math.round(into / edit.speed));
      if (at < 0) {
        this.#losses.add('A marker before the start of the list is left out.');
        continue;
      }
      if (marker.markedRange.duration.value !== 0) this.#losses.add('A marker has no length in an EDL.');
      if (marker.comment !== '') this.#losses.add('A marker has a name but no comment in an EDL.');
      this.#note(
        `LOC: ${this.#timecode(at)} ${(marker.color || 'GREEN').padEnd(7)} ${this.#oneLine(marker.name)}`.trimEnd(),
      );
    }
  }

  /** What an event has no place for. */
  #left(clip: Clip | Composition): void {
    leaveOut(clip, this.#losses, KEPT);
    const media = clip instanceof Clip ? clip.mediaReference : null;
    if (!(media instanceof ExternalReference)) return;
    if (media.availableRange !== null) this.#losses.add('The length of a medium is left out.');
    if (media.name !== '') this.#losses.add('The name of a medium is left out.');
  }

  #oneLine(text: string): string {
    const line = text.replace(/\s+/g, ' ').trim();
    if (line !== text) this.#losses.add('White space in a name is written as single spaces.');
    return line;
  }

  #timecode(frame: number): string {
    const text = new RationalTime(frame, this.#rate).toTimecode();
    if (frame >= this.#day) this.#losses.add('Times from 24 hours on start at 0 again.');
    return text;
  }

  get #day(): number {
    const code = `24:00:00${new RationalTime(0, this.#rate).toTimecode().at(8)}00`;
    return RationalTime.fromTimecode(code, nearestSmpteTimecodeRate(this.#rate)).value;
  }
}
