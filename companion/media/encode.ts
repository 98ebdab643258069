// What an output will be, decided before anything is encoded: how its pictures are stored, what goes along, and what must be found in the end.
// Its pictures are made in parts (segment.ts) that are joined with the rest (join.ts).

import { type Carried, decideCarried } from './carry.ts';
import { storedChapters } from './chapters.ts';
import type { Container } from './codecs.ts';
import { type Cut, partOf } from './cut.ts';
import type { Delivery } from './delivery.ts';
import type { ColourTags, HdrMetadata, MediaDescription, StartTimecode, VideoStream } from './description.ts';
import type { Expectation } from './expectation.ts';
import type { MediaTools } from './find.ts';
import type { MovieEdit } from './mov.ts';
import { Rational } from './rational.ts';
import { advanceTimecode, carryTimecode, isTimecode } from './timecode.ts';
import type { Timing } from './timing.ts';

export interface OutputOptions {
  readonly tools: MediaTools;
  readonly delivery: Delivery;
  /** Name of a sequence's pictures, before `.000001.png`. */
  readonly name: string;
  /** Frames per second of the output, and how many there are. */
  readonly rate: Rational;
  readonly frames: number;
  /** Where the pictures come from: its sound, words, tags and timecode go along. */
  readonly source: {
    readonly description: MediaDescription;
    readonly stream: VideoStream;
    /** Of the whole stream. */
    readonly timing: Timing;
    /** First source frame and how many source frames are shown. */
    readonly from: number;
    readonly count: number;
    /** What `readCut` read of that part. */
    readonly cut: Cut | null;
  };
  /** Speed the output plays at; 1 is real time. */
  readonly speed: Rational;
}

export interface Output extends OutputOptions {
  /** What is left behind or changed, for the person. */
  readonly notes: readonly string[];
  readonly carried: Carried;
  /** Tags of the stored pictures. */
  readonly colour: ColourTags;
  readonly hdrStored: boolean;
  readonly timecode: StartTimecode | null;
  /** Seconds the picture starts after the earliest stream. */
  readonly delay: Rational;
  /** What must be edited in the finished movie; null: nothing. */
  readonly movie: MovieEdit | null;
  /** What `verify` must find. */
  readonly expectation: Expectation;
}

/** Decides everything. Starts nothing. */
export function planOutput(options: OutputOptions): Output {
  const { delivery, rate, source, speed } = options;
  const { description, stream, timing, from, count, cut } = source;
  const whole = from === 0 && count === timing.frames;
  const realTime = speed.equals(Rational.ONE);
  const { container } = delivery;
  if (!cut !== !partOf({ ...source, speed, container })) throw new RangeError('The cut is not that of the part.');
  const part = cut?.part ?? null;
  const carried = decideCarried({ description, container, cut, realTime });
  const delay = whole && realTime && container !== 'sequence' ? timing.start : Rational.ZERO;
  const isMovie = container === 'mov' || container === 'mp4';
  const colour = storedColour(delivery, stream);
  const { timecode, unfit } = startTimecode(container, description, timing, from, rate);
  const notes = [...delivery.notes, ...carried.notes];
  const turned = stream.rotation !== 0 || stream.mirrored;
  if (turned && !isMovie)
    notes.push(`Not carried: the turn of ${stream.rotation} degrees (a ${container} does not hold it).`);
  const hasHdr = stream.hdr.mastering !== null || stream.hdr.contentLight !== null;
  const hdrStored = hasHdr && (isMovie || delivery.encoder === 'libx265');
  if (hasHdr && !hdrStored)
    notes.push(`Not carried: HDR10 mastering metadata (${delivery.codec} in ${container} does not hold it).`);
  if (unfit) notes.push(`Not carried: the start timecode (${unfit}).`);
  const length = part && lengthOf(options);
  return {
    ...options,
    notes,
    carried,
    colour,
    hdrStored,
    timecode,
    delay,
    movie:
      isMovie && (turned || hasHdr || delay.sign > 0)
        ? { rotation: stream.rotation, mirrored: stream.mirrored, hdr: stream.hdr, delay }
        : null,
    expectation: {
      codec: delivery.codec,
      container,
      name: options.name,
      extension: delivery.extension,
      frames: options.frames,
      rate,
      picture: delivery.picture,
      storedFormat: delivery.storedFormat,
      sampleAspect: stream.sampleAspect,
      colour,
      rotation: isMovie ? stream.rotation : 0,
      mirrored: isMovie && stream.mirrored,
      hdr: hdrStored ? stream.hdr : noHdr,
      timecode,
      start: delay,
      part,
      audio: carried.audio.map(({ source: stream, copied, codec }) => ({ source: stream, copied, codec })),
      subtitles: carried.subtitles.map(({ source: { index } }) => ({ cues: cut?.cues.get(index) ?? null })),
      chapters: carried.chapters
        ? storedChapters(description.chapters, container, { from: part?.from ?? Rational.ZERO, length })
        : [],
      title: (container !== 'sequence' && description.metadata.title) || null,
      sourcePath: description.path,
      sourceOrigin: description.origin,
      sourceContainer: description.container,
    },
  };
}

const noHdr: HdrMetadata = { mastering: null, contentLight: null };

/** Seconds of all pictures. */
export const lengthOf = ({ frames, rate }: Pick<OutputOptions, 'frames' | 'rate'>): Rational =>
  new Rational(frames).div(rate);

/** Ticks a second of a movie's picture: a whole number of them is a frame, and there are 10 000 at least. */
export const clockOf = (rate: Rational): bigint => rate.num * BigInt(Math.ceil(10000 / Number(rate.num)));

/** Colour tags of the stored pictures: the source's, with what storing changes. */
function storedColour(delivery: Delivery, stream: VideoStream): ColourTags {
  if (delivery.container === 'sequence')
    return { primaries: null, transfer: null, matrix: null, range: null, chromaLocation: null };
  const { colour } = stream;
  const becomesRgb = delivery.picture.layout === 'rgb';
  const matrix = becomesRgb ? 'gbr' : delivery.changesModel || colour.matrix === 'gbr' ? 'bt709' : colour.matrix;
  const range = becomesRgb ? 'pc' : delivery.narrowsRange || delivery.changesModel ? 'tv' : colour.range;
  return { ...colour, matrix, range };
}

/** The label of the first frame shown, at the output's rate; `unfit` says why a source's timecode cannot be carried. */
function startTimecode(
  container: Container,
  { timecode: start }: MediaDescription,
  timing: Timing,
  from: number,
  rate: Rational,
): { timecode: StartTimecode | null; unfit: string | null } {
  const left = (unfit: string | null) => ({ timecode: null, unfit });
  if (!start) return left(null);
  if (container === 'sequence') return left('pictures hold none');
  const variable = timing.kind === 'variable';
  if (variable && from > 0) return left('a variable rate does not say what it is in the middle');
  const [label, counted] = variable ? [start.text.replace(';', ':'), rate] : [start.text, timing.rate];
  if (!isTimecode(label, counted)) return left(`there is no ${label} at ${counted} frames a second`);
  if (variable) return { timecode: carryTimecode(start, rate, rate), unfit: null };
  return { timecode: carryTimecode(advanceTimecode(start, timing.rate, from), timing.rate, rate), unfit: null };
}
