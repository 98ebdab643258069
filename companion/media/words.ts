// Subtitles of a part of a source. ffmpeg neither shortens them nor knows one that shows already where it starts reading: they are read from the
// source's start, cut here, and given to the encoder as a Matroska of nothing else.

import { CompanionError } from '../api/errors.ts';
import type { MediaTools } from './find.ts';
import type { Part } from './part.ts';
import { complaints, demandLiving, fileArgument, guarded, quietly, startProcess } from './process.ts';
import { Rational } from './rational.ts';

/** One subtitle, in milliseconds of the part. */
export interface Cue {
  readonly start: number;
  readonly end: number;
}

export interface Words {
  /** What `pipe:3` of the encoder brings. */
  readonly file: Buffer;
  /** The cues of each stream that was asked for, by start. */
  readonly streams: readonly (readonly Cue[])[];
}

/** A subtitle stream of the source, and `copy` or the encoder that makes it fit for Matroska. */
export interface WordsStream {
  readonly index: number;
  readonly encoder: string;
}

/**
 * Reads the streams and cuts them to the part.
 * @throws CompanionError FFMPEG_FAILED; AbortError
 */
export async function cutWords(
  tools: MediaTools,
  path: string,
  streams: readonly WordsStream[],
  part: Part,
  signal?: AbortSignal,
): Promise<Words> {
  const end = part.origin.add(part.from).add(part.length);
  const args = [
    ...[...quietly, '-nostdin', '-copyts', ...guarded, '-vn', '-an', '-dn', '-i', fileArgument(path)],
    ...streams.flatMap(({ index, encoder }, number) => ['-map', `0:${index}`, `-c:s:${number}`, encoder]),
    ...['-map_chapters', '-1', '-copypriorss', '1', '-t', end.toFixed(6), '-f', 'matroska', 'pipe:1'],
  ];
  const child = startProcess(tools.ffmpeg.path, args, { signal, patience: 600 });
  const cutter = new Cutter(streams.length, part);
  child.stdout.on('data', (bytes: Buffer) => {
    child.alive();
    cutter.take(bytes);
  });
  const exit = await child.watch(child.ended);
  demandLiving(tools.ffmpeg.path, exit, child.log, signal);
  if (exit.code !== 0) {
    const what = `could not read the subtitles of ${path}`;
    throw new CompanionError('FFMPEG_FAILED', { program: tools.ffmpeg.path, what, log: complaints(child.log) });
  }
  return cutter.finish();
}

/** Elements of Matroska (RFC 9559), as their bytes read. */
const ids = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  tags: 0x1254c367,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  duration: 0x9b,
} as const;
const copied: ReadonlySet<number> = new Set([ids.header, ids.info, ids.tracks, ids.tags]);
const opened: ReadonlySet<number> = new Set([ids.segment, ids.cluster]);

interface Block {
  /** Number of the stream in the order asked for. */
  readonly stream: number;
  readonly start: number;
  /** Where it is not stated: when the stream's next block starts. */
  end: number | null;
  /** Elements of the block's group: the block itself, told to start with its cluster, and what goes with it, without its duration. */
  readonly group: readonly Buffer[];
}

/** Reads a Matroska as it comes, whatever the sizes of segment and clusters, and keeps what shows within the part. */
class Cutter {
  readonly #heads: Buffer[] = [];
  readonly #blocks: Block[] = [];
  /** The last block of each stream. */
  readonly #last: (Block | undefined)[];
  /** Milliseconds of the source at which the part starts. */
  readonly #from: number;
  readonly #length: number;
  #rest = Buffer.alloc(0);
  #clusterStart = 0;

  constructor(streams: number, { from, length, origin }: Part) {
    const milliseconds = new Rational(1000);
    this.#last = new Array(streams);
    this.#from = Number(from.add(origin).mul(milliseconds).round());
    this.#length = Number(length.mul(milliseconds).floor());
  }

  take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (let element = elementAt(this.#rest, at); element; element = elementAt(this.#rest, at)) {
      const { id, body, end } = element;
      if (opened.has(id)) {
        at = body;
        continue;
      }
      if (end > this.#rest.length) break;
      this.#take(id, this.#rest.subarray(body, end), this.#rest.subarray(at, end));
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
  }

  #take(id: number, body: Buffer, whole: Buffer): void {
    if (id === ids.timestamp) this.#clusterStart = numberOf(body);
    else if (copied.has(id)) this.#heads.push(Buffer.from(whole));
    else if (id === ids.simpleBlock) this.#add(body, null, []);
    else if (id === ids.blockGroup) {
      let [block, duration]: [Buffer | null, number | null] = [null, null];
      const others: Buffer[] = [];
      let at = 0;
      for (let part = elementAt(body, at); part && part.end <= body.length; part = elementAt(body, at)) {
        const inner = body.subarray(part.body, part.end);
        if (part.id === ids.block) block = inner;
        else if (part.id === ids.duration) duration = numberOf(inner);
        else others.push(Buffer.from(body.subarray(at, part.end)));
        at = part.end;
      }
      if (block) this.#add(block, duration, others);
    }
  }

  #add(bytes: Buffer, duration: number | null, others: readonly Buffer[]): void {
    const block = Buffer.from(bytes);
    const number = vintAt(block, 0)!;
    const stream = number.value - 1;
    const start = this.#clusterStart + block.readInt16BE(number.length) - this.#from;
    block.writeInt16BE(0, number.length);
    block[number.length + 2]! &= 0x7f; // says `key frame` in a simple block alone
    const last = this.#last[stream];
    if (last) last.end ??= start;
    if (last && !this.#shows(last)) this.#blocks.splice(this.#blocks.indexOf(last), 1);
    const end = duration ? start + duration : null; // old versions state 0 where they know of none
    const added = { stream, start, end, group: [element(ids.block, block), ...others] };
    this.#last[stream] = added;
    this.#blocks.push(added);
  }

  #shows({ start, end }: Block): boolean {
    return start < this.#length && (start >= 0 || end === null || end > 0);
  }

  finish(): Words {
    const shown = this.#blocks
      .filter((block) => this.#shows(block))
      .map((block) => ({
        ...block,
        start: Math.max(0, block.start),
        end: Math.min(this.#length, block.end ?? this.#length),
      }))
      .sort((a, b) => a.start - b.start);
    const clusters = shown.map(({ start, end, group }) => {
      const duration = element(ids.duration, numberBytes(end - start));
      const grouped = element(ids.blockGroup, Buffer.concat([...group, duration]));
      return element(ids.cluster, Buffer.concat([element(ids.timestamp, numberBytes(start)), grouped]));
    });
    const [header, ...heads] = this.#heads;
    return {
      file: Buffer.concat([header!, element(ids.segment, Buffer.concat([...heads, ...clusters]))]),
      streams: Array.from(this.#last, (_, stream) => shown.filter((block) => block.stream === stream)),
    };
  }
}

/** An element's number, where its body starts and ends; null where its head is not all there. */
function elementAt(bytes: Buffer, at: number): { id: number; body: number; end: number } | null {
  const id = vintAt(bytes, at);
  const size = id && vintAt(bytes, at + id.length);
  if (!size) return null;
  const body = at + id.length + size.length;
  return { id: bytes.readUIntBE(at, id.length), body, end: body + size.value };
}

/** A number of variable length: leading zero bits of its first byte tell how many bytes follow. An unknown size reads as a huge one. */
function vintAt(bytes: Buffer, at: number): { value: number; length: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return null;
  let value = first & (0xff >> length);
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i]!;
  return { value, length };
}

const numberOf = (bytes: Buffer): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function element(id: number, body: Buffer): Buffer {
  const head = Buffer.from(id.toString(16), 'hex');
  const size = numberBytes(body.length);
  size[0] = 1; // a size of eight bytes
  return Buffer.concat([head, size, body]);
}
