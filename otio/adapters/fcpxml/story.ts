// A storyline and what is connected to it: every element is placed in time, in the lane that becomes its track.
import { OtioError } from '../../errors.ts';
import { type ExactRate, TimeRange } from '../../opentime/index.ts';
import { type Item, Stack, Transition } from '../../schema/index.ts';
import type { Problems } from '../report.ts';
import { child, children, type XmlElement } from '../xml.ts';
import { Clips } from './clips.ts';
import { type Kind, Lanes } from './lanes.ts';
import type { Resources } from './resources.ts';
import { Seconds } from './seconds.ts';
import { STORY, transitionType } from './words.ts';

const DEEPEST = 64;
/** Items inside compound clips that are read: those inside one another multiply. */
const MOST = 100_000;

/** One sequence, and the lanes that it becomes. */
export class Story {
  readonly lanes: Lanes;
  readonly clips: Clips;
  readonly #rate: ExactRate;
  readonly #resources: Resources;
  readonly #problems: Problems;
  readonly #root: Story;
  readonly #depth: number;
  #nested = 0;
  readonly #markers: Stack['markers'][number][] = [];

  constructor(rate: ExactRate, resources: Resources, problems: Problems, above: Story | null = null) {
    this.clips = new Clips(rate, resources, problems);
    this.lanes = new Lanes((seconds, from) => this.clips.timeAt(seconds, null, from));
    this.#rate = rate;
    this.#resources = resources;
    this.#problems = problems;
    this.#root = above === null ? this : above.#root;
    this.#depth = above === null ? 0 : above.#depth + 1;
  }

  /** The tracks of a sequence, or of whatever else holds a storyline. */
  stack(holder: XmlElement, name: string): Stack {
    for (const spine of children(holder, 'spine')) this.spine(spine, Seconds.zero, 0);
    return new Stack({ name, children: this.lanes.tracks(), markers: this.#markers });
  }

  /** One after the other from `at` on. */
  spine(spine: XmlElement, at: Seconds, lane: number): void {
    let end: Seconds | null = null; // of the last one, on the clock of the offsets
    let now = at;
    const elements = children(spine);
    for (const [i, element] of elements.entries()) {
      const offset = this.#resources.time(element, 'offset');
      if (element.name === 'transition') {
        const next = elements[i + 1];
        this.#transition(element, now, end ?? (next && this.#resources.time(next, 'offset')) ?? offset, lane);
        continue;
      }
      if (element.name !== 'gap' && !STORY.has(element.name)) {
        this.#passOver(element);
        continue;
      }
      if (end !== null && offset !== null && offset.compare(end) !== 0) {
        const early = offset.compare(end) < 0;
        this.#problems.add(
          'INVALID_TIME_RANGE',
          `A <${element.name}> starts ${early ? 'before' : 'after'} the end of what precedes it.`,
          early ? 'It is placed at that end.' : 'A gap is left.',
          element.line,
        );
        if (!early) now = now.plus(offset.minus(end));
      }
      const duration = this.place(element, now, lane);
      now = now.plus(duration);
      end = (offset ?? end ?? Seconds.zero).plus(duration);
    }
  }

  #transition(element: XmlElement, now: Seconds, cut: Seconds | null, lane: number): void {
    const duration = this.#resources.time(element, 'duration') ?? Seconds.zero;
    const offset = this.#resources.time(element, 'offset');
    const before = offset && cut ? cut.minus(offset) : duration.over(new Seconds(2n));
    const after = duration.minus(before);
    if (duration.num <= 0n || before.num < 0n || after.num < 0n) {
      this.#problems.add(
        'INVALID_TIME_RANGE',
        'A transition does not lie over a cut.',
        'It is passed over.',
        element.line,
      );
      return;
    }
    const effect = child(element, 'filter-video') ?? child(element, 'filter-audio');
    const name = element.attributes.name ?? effect?.attributes.name ?? '';
    const make = (): Transition =>
      new Transition({
        name,
        transitionType: transitionType(name),
        inOffset: this.clips.timeAt(before, null, element),
        outOffset: this.clips.timeAt(after, null, element),
      });
    const sound = child(element, 'filter-audio') !== undefined;
    if (!sound || child(element, 'filter-video') !== undefined)
      this.lanes.place('Video', lane, now, Seconds.zero, make(), '', element.line);
    if (sound && (lane < 0 || this.lanes.endsAt('Audio', lane, now)))
      this.lanes.place('Audio', lane, now, Seconds.zero, make(), '', element.line);
  }

  /** An element and what is connected to it; gives its duration. */
  place(given: XmlElement, at: Seconds, lane: number): Seconds {
    if (this.#depth > 0 && ++this.#root.#nested > MOST)
      throw new OtioError('LIMIT_EXCEEDED', `There are more than ${MOST} items in compound clips.`, {
        line: given.line,
      });
    const element = given.name === 'audition' ? (children(given).find(({ name }) => STORY.has(name)) ?? given) : given;
    const asset = element.name === 'asset-clip' ? this.#resources.asset(element) : null;
    const start = this.#resources.time(element, 'start') ?? asset?.start ?? Seconds.zero;
    const duration = this.#resources.time(element, 'duration') ?? asset?.duration ?? Seconds.zero;
    if (element.name === 'gap') this.#markers.push(...this.clips.markers(element, at.minus(start)));
    else if (duration.num > 0n) this.#show(element, at, start, duration, lane);
    else
      this.#problems.add(
        'INVALID_TIME_RANGE',
        `A <${element.name}> has no duration.`,
        'It is passed over.',
        element.line,
      );
    for (const one of children(element)) {
      const own = Number(one.attributes.lane ?? '');
      if (!Number.isInteger(own) || own === 0) continue;
      const anchor = at.plus((this.#resources.time(one, 'offset') ?? start).minus(start));
      if (anchor.num < 0n) this.#passOver(one);
      else if (one.name === 'spine') this.spine(one, anchor, own);
      else if (STORY.has(one.name)) this.place(one, anchor, own);
      else if (one.name === 'caption') this.#passOver(one);
    }
    return duration;
  }

  #show(element: XmlElement, at: Seconds, start: Seconds, duration: Seconds, lane: number): void {
    const { name, attributes } = element;
    const put = (kind: Kind, item: Item, role: string): void =>
      this.lanes.place(kind, lane, at, duration, item, role, element.line);
    const { audioRole = '', videoRole = '', role = '', srcEnable } = attributes;
    if (
      name === 'ref-clip' ||
      name === 'mc-clip' ||
      ((name === 'clip' || name === 'sync-clip') && !this.#single(element))
    ) {
      put(srcEnable === 'audio' || lane < 0 ? 'Audio' : 'Video', this.#compound(element, start, duration), role);
      return;
    }
    const sources =
      name === 'clip' || name === 'sync-clip'
        ? this.#sourcesIn(element, Seconds.zero)
        : [{ element, shift: Seconds.zero }];
    if (name === 'title' || (name === 'video' && this.#resources.asset(element) === null)) {
      put(
        'Video',
        this.clips.clip({
          element,
          start,
          duration,
          shift: Seconds.zero,
          media: this.clips.generatorOf(element),
          mediaRate: null,
        }),
        role,
      );
      return;
    }
    let shown = false;
    for (const source of sources) {
      const asset = this.#resources.asset(source.element);
      if (asset === null) continue;
      const content = { element, start, duration, shift: source.shift, mediaRate: asset.rate };
      const kinds: readonly [Kind, boolean, string][] = [
        ['Video', source.element.name !== 'audio' && srcEnable !== 'audio' && asset.hasVideo, videoRole || role],
        [
          'Audio',
          source.element.name !== 'video' && srcEnable !== 'video' && asset.hasAudio,
          audioRole || source.element.attributes.role || role,
        ],
      ];
      for (const [kind, has, itsRole] of kinds) {
        if (!has) continue;
        shown = true;
        put(kind, this.clips.clip({ ...content, media: this.clips.mediaOf(asset) }), itsRole);
      }
    }
    if (!shown)
      this.#problems.add(
        'KEY_NOT_FOUND',
        `A <${name}> shows no asset of this document.`,
        'It is passed over.',
        element.line,
      );
  }

  /** Whether a clip is made of single media, not of a story. */
  #single(element: XmlElement): boolean {
    return element.name === 'clip' && child(element, 'spine') === undefined;
  }

  /** The picture and the sound that a clip is made of: the first of each, however deep. */
  #sourcesIn(element: XmlElement, shift: Seconds): { element: XmlElement; shift: Seconds }[] {
    const found = new Map<string, { element: XmlElement; shift: Seconds }>();
    const look = (holder: XmlElement, by: Seconds): void => {
      for (const one of children(holder)) {
        if (!['video', 'audio', 'gap'].includes(one.name)) continue;
        if (holder === element && one.attributes.lane !== undefined) continue; // connected, not content
        const start = this.#resources.time(one, 'start') ?? this.#resources.asset(one)?.start ?? Seconds.zero;
        const inside = by.plus(start).minus(this.#resources.time(one, 'offset') ?? Seconds.zero);
        if (one.name !== 'gap' && !found.has(one.name)) found.set(one.name, { element: one, shift: inside });
        look(one, inside);
      }
    };
    look(element, shift);
    return [...found.values()];
  }

  /** A stack of its own: a compound clip, one angle of a multicam, or a story inside a clip. */
  #compound(element: XmlElement, start: Seconds, duration: Seconds): Stack {
    const sequence = element.attributes.ref === undefined ? element : this.#resources.sequence(element.attributes.ref);
    const deeper = new Story(
      (sequence && this.#resources.rateOf(sequence.attributes.format)) ?? this.#rate,
      this.#resources,
      this.#problems,
      this,
    );
    if (sequence === null)
      this.#problems.add(
        'KEY_NOT_FOUND',
        `A <${element.name}> refers to no media of this document.`,
        'It is read as empty.',
        element.line,
      );
    const origin = (sequence && this.#resources.time(sequence, 'tcStart')) ?? Seconds.zero;
    if (sequence !== null && this.#depth >= DEEPEST)
      throw new OtioError('LIMIT_EXCEEDED', `Compound clips are more than ${DEEPEST} deep.`, { line: element.line });
    const inside = sequence === null ? new Stack() : deeper.#contents(sequence, element, origin);
    if (child(element, 'timeMap'))
      this.#problems.add(
        'FORMAT_UNSUPPORTED',
        'A compound clip has a speed.',
        'It is read at normal speed.',
        element.line,
      );
    const { name, enabled, markers, metadata } = this.clips.described(element, Seconds.zero.minus(origin));
    inside.name = name;
    inside.enabled = enabled;
    inside.markers = [...inside.markers, ...markers];
    inside.metadata = metadata;
    inside.effects = this.clips.effects(element);
    inside.sourceRange = new TimeRange(
      this.clips.timeAt(start.minus(origin), null, element),
      this.clips.timeAt(duration, null, element),
    );
    return inside;
  }

  #contents(holder: XmlElement, user: XmlElement, origin: Seconds): Stack {
    if (holder.name === 'sequence') return this.stack(holder, '');
    if (holder.name === 'multicam') {
      const wanted = children(user, 'mc-source').find(
        ({ attributes }) => !['audio', 'none'].includes(attributes.srcEnable ?? 'all'),
      );
      const angles = children(holder, 'mc-angle');
      const angle = angles.find(({ attributes }) => attributes.angleID === wanted?.attributes.angleID) ?? angles[0];
      if (angles.length > 1)
        this.#problems.add(
          'FORMAT_UNSUPPORTED',
          'A multicam clip has several angles.',
          'The one that is shown is read.',
          user.line,
        );
      if (angle) this.spine(angle, Seconds.zero, 0);
      return this.stack(angle ?? holder, '');
    }
    for (const one of children(holder)) {
      if (one.attributes.lane !== undefined || !(STORY.has(one.name) || one.name === 'gap' || one.name === 'spine'))
        continue;
      const at = (this.#resources.time(one, 'offset') ?? origin).minus(origin);
      if (one.name === 'spine') this.spine(one, at, 0);
      else this.place(one, at, 0);
    }
    return new Stack({ children: this.lanes.tracks(), markers: this.#markers });
  }

  #passOver({ name, line }: XmlElement): void {
    this.#problems.add('FORMAT_UNSUPPORTED', `A <${name}> has no place in a timeline.`, 'It is passed over.', line);
  }
}
