// Reads the exact presentation stamp of every frame by a demux pass (nothing is decoded), and tells constant rates from variable ones.

import { CompanionError } from '../api/errors.ts';
import type { MediaDescription, VideoStream } from './description.ts';
import type { MediaTools } from './find.ts';
import { complaints, demandLiving, fileArgument, guarded, quietly, startProcess } from './process.ts';
import { Rational } from './rational.ts';
import { asStill } from './still-file.ts';
import type { Timing } from './timing.ts';

export interface TimingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of frames seen so far. */
  readonly progress?: (frames: number) => void;
}

/**
 * When every frame of the stream is shown. Edit lists are respected; frames that cannot be decoded for want of a key frame before them are left out;
 * of frames with the same stamp one counts.
 * @throws CompanionError NO_FRAMES, FFMPEG_FAILED; AbortError
 */
export async function readTiming(
  tools: MediaTools,
  description: MediaDescription,
  stream: VideoStream,
  options: TimingOptions = {},
): Promise<Timing> {
  const packets = await readPackets(tools, description, stream.index, options);
  return timingOf(packets, stream, description);
}

/** A packet of the stream in file order; stamps in ticks of the stream's time base. */
export interface PacketStamp {
  readonly pts: bigint | null;
  readonly dts: bigint | null;
  readonly duration: bigint;
  readonly key: boolean;
  /** Decoded for the sake of others and not shown (outside the edit list). */
  readonly hidden: boolean;
}

async function readPackets(
  tools: MediaTools,
  { path, container }: MediaDescription,
  stream: number,
  options: TimingOptions,
): Promise<PacketStamp[]> {
  const child = startProcess(
    tools.ffprobe.path,
    [
      ...quietly,
      ...guarded,
      ...asStill(container),
      ...[
        '-select_streams',
        String(stream),
        '-show_entries',
        'packet=pts,dts,duration,flags',
        '-of',
        'csv=p=0',
        '-i',
        fileArgument(path),
      ],
    ],
    { signal: options.signal },
  );
  const packets: PacketStamp[] = [];
  let rest = '';
  child.stdout.setEncoding('latin1');
  child.stdout.on('data', (text: string) => {
    child.alive();
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const packet = packetOf(line);
      if (packet) packets.push(packet);
    }
    options.progress?.(packets.length);
  });
  const exit = await child.watch(child.ended);
  demandLiving(tools.ffprobe.path, exit, child.log, options.signal);
  if (exit.code !== 0) {
    throw new CompanionError('FFMPEG_FAILED', {
      program: tools.ffprobe.path,
      what: `could not list the frames of ${path}`,
      log: complaints(child.log),
    });
  }
  return packets;
}

/** `pts,dts,duration,flags`, any of the numbers `N/A`. */
function packetOf(line: string): PacketStamp | null {
  const [pts, dts, duration, flags] = line.trim().split(',');
  if (flags === undefined) return null;
  const ticks = (text: string | undefined) => (text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : null);
  return {
    pts: ticks(pts),
    dts: ticks(dts),
    duration: ticks(duration) ?? 0n,
    key: flags.startsWith('K'),
    hidden: flags.includes('D'),
  };
}

/**
 * The timing that packets in file order amount to.
 * @throws CompanionError NO_FRAMES
 */
export function timingOf(
  packets: readonly PacketStamp[],
  stream: Pick<VideoStream, 'timeBase' | 'nominalRate' | 'averageRate'>,
  { path, container, origin }: Pick<MediaDescription, 'path' | 'container' | 'origin'>,
): Timing {
  const shown = shownStamps(packets, /\bavi\b/.test(container) ? 'dts' : 'pts'); // AVI states the order of decoding alone
  const first = shown[0];
  if (!first) throw new CompanionError('NO_FRAMES', { path });
  const frames = shown.length;
  const ticks = BigInt64Array.from(shown, ({ stamp }) => stamp - first.stamp);
  const start = new Rational(first.stamp).mul(stream.timeBase).sub(origin);
  const rate = constantRate(ticks, stream);
  if (rate) return { kind: 'constant', rate, frames, start };
  const last = ticks[frames - 1]!;
  const length = shown[frames - 1]!.duration || lengthAtEnd(ticks, stream);
  return { kind: 'variable', ticks, timeBase: stream.timeBase, frames, endTick: last + length, start };
}

function shownStamps(packets: readonly PacketStamp[], by: 'pts' | 'dts'): { stamp: bigint; duration: bigint }[] {
  const all = packets.filter((packet) => packet[by] !== null); // the second field of a frame has no stamp of its own
  const firstKey = all.findIndex(({ key }) => key);
  const keyStamp = firstKey < 0 ? null : all[firstKey]![by];
  const shown: { stamp: bigint; duration: bigint }[] = [];
  for (const packet of firstKey < 0 ? all : all.slice(firstKey)) {
    const stamp = packet[by];
    if (stamp === null || packet.hidden || (keyStamp !== null && stamp < keyStamp)) continue;
    shown.push({ stamp, duration: packet.duration });
  }
  shown.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
  return shown.filter(({ stamp }, index) => index === 0 || stamp !== shown[index - 1]!.stamp);
}

const common = [
  [24000, 1001],
  [24, 1],
  [25, 1],
  [30000, 1001],
  [30, 1],
  [48000, 1001],
  [48, 1],
  [50, 1],
  [60000, 1001],
  [60, 1],
  [100, 1],
  [120000, 1001],
  [120, 1],
  [240000, 1001],
  [240, 1],
  [15, 1],
  [15000, 1001],
  [25, 2],
  [12, 1],
  [12000, 1001],
  [10, 1],
  [20, 1],
  [8, 1],
  [6, 1],
  [5, 1],
  [1, 1],
  [16, 1],
  [18, 1],
].map(([num, den]) => new Rational(num!, den!));

/** The rate whose grid every stamp keeps: exactly if there is one, else within one tick of the time base. */
function constantRate(
  ticks: BigInt64Array,
  stream: Pick<VideoStream, 'timeBase' | 'nominalRate' | 'averageRate'>,
): Rational | null {
  const stated = [stream.nominalRate, stream.averageRate].filter((rate) => rate !== null);
  if (ticks.length === 1) return stated[0] ?? null;
  const last = ticks[ticks.length - 1]!;
  const mean = new Rational(ticks.length - 1).div(new Rational(last).mul(stream.timeBase));
  const steady = stream.timeBase.compare(new Rational(1, 5000)) <= 0 ? [mean] : []; // coarser ticks round the mean itself
  const near = common.filter((rate) => alike(rate, mean, 20));
  const known = stated.flatMap((rate) => common.filter((named) => alike(rate, named, 500_000))); // a rounded statement of a common rate
  return (
    [...stated, ...steady].find((rate) => keepsGrid(ticks, stream.timeBase, rate, 0n)) ??
    [...known, ...stated, ...near].find((rate) => keepsGrid(ticks, stream.timeBase, rate, 1n)) ??
    null
  );
}

/** Whether two rates differ by less than one part in `parts`. */
function alike(a: Rational, b: Rational, parts: number): boolean {
  return a.div(b).sub(Rational.ONE).abs().compare(new Rational(1, parts)) < 0;
}

/** Whether stamp i is within `tolerance` ticks of i / rate, for every i. */
function keepsGrid(ticks: BigInt64Array, timeBase: Rational, rate: Rational, tolerance: bigint): boolean {
  const step = Rational.ONE.div(rate.mul(timeBase)); // ticks a frame
  const slack = tolerance * step.den;
  let ideal = 0n; // in ticks · step.den
  for (const tick of ticks) {
    const off = tick * step.den - ideal;
    if (off > slack || off < -slack) return false;
    ideal += step.num;
  }
  return true;
}

/** Length of the last frame where the file does not state it: as long as the one before, at least one tick. */
function lengthAtEnd(ticks: BigInt64Array, stream: Pick<VideoStream, 'timeBase' | 'averageRate'>): bigint {
  if (ticks.length > 1) return ticks[ticks.length - 1]! - ticks[ticks.length - 2]!;
  const ticksAFrame = stream.averageRate ? Rational.ONE.div(stream.averageRate.mul(stream.timeBase)).round() : 1n;
  return ticksAFrame > 0n ? ticksAFrame : 1n;
}
