// An hour of film through the real command: a flash and a click at its end are as much together as they were, to a fraction of a millisecond.
import assert from 'node:assert/strict';
import path from 'node:path';
import { startProcess } from '../../companion/media/process.ts';
import { inbetween } from '../support/command.ts';
import { ffmpeg, ffprobe, findTools, type MediaTools, scratchFolder } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { pictureTimes, soundHashes } from '../support/witness.ts';

// 6000/1001 → 15 steps through the very phases of 24000/1001 → 60 (400/1001 of a frame), and an hour of it takes a quarter of the time.
const rate = [6000, 1001] as const;
const rateOut = 15;
const frames = 21_579; // the first count to fill 3600 s
const [width, height] = [32, 18];
const sampleRate = 48_000;
/** Source frames whose instant is an output frame too (every 400th is every 1001st), near the beginning and near the end. */
const flashes = [400, 21_200];

describe('journeys: an hour', () => {
  withNpmTools();
  let folder: ReturnType<typeof scratchFolder>;
  let tools: MediaTools;

  before(async () => {
    folder = scratchFolder('hour');
    tools = await findTools();
  });
  after(() => folder[Symbol.dispose]());

  /** Grey with a bar that wanders; white for one frame at each flash. */
  function* pictures(): Generator<Uint8Array> {
    const block = 1000;
    for (let first = 0; first < frames; first += block) {
      const count = Math.min(block, frames - first);
      const luma = Buffer.alloc(count * width * height, 60);
      for (let i = 0; i < count; i++) {
        const at = i * width * height;
        const bar = Math.floor((first + i) / 8) % width;
        for (let y = 0; y < height; y++) luma[at + y * width + bar] = 90;
        if (flashes.includes(first + i)) luma.fill(235, at, at + width * height);
      }
      yield luma;
    }
  }

  const flashSample = (frame: number): number => (frame * rate[1] * sampleRate) / rate[0];

  /** Silence with a click at the sample of each flash. */
  function* samples(): Generator<Uint8Array> {
    const total = Math.floor((frames * rate[1] * sampleRate) / rate[0]);
    const block = 10 * sampleRate;
    for (let first = 0; first < total; first += block) {
      const sound = Buffer.alloc(2 * Math.min(block, total - first));
      for (const click of flashes.map(flashSample))
        if (click >= first && click < first + sound.length / 2) sound.writeInt16LE(30_000, 2 * (click - first));
      yield sound;
    }
  }

  /** Decodes a stream block by block; gives how many blocks came, and [block, place in it] of each peak. */
  async function peaks(args: readonly string[], blockBytes: number, peakIn: (block: Buffer) => number) {
    const child = startProcess(tools.ffmpeg.path, ['-v', 'error', '-nostdin', ...args, 'pipe:1']);
    const found: [number, number][] = [];
    let blocks = 0;
    let rest: Buffer = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      for (; at + blockBytes <= bytes.length; at += blockBytes, blocks++) {
        const place = peakIn(bytes.subarray(at, at + blockBytes));
        if (place >= 0) found.push([blocks, place]);
      }
      rest = bytes.subarray(at);
    });
    const { code } = await child.ended;
    assert.equal(code, 0, child.log.join(' | '));
    return { blocks, found };
  }
  const isWhite = (picture: Buffer): number => (picture[0]! > 225 && picture.at(-1)! > 225 ? 0 : -1);
  const loudest = 20_000;
  function clickIn(block: Buffer): number {
    for (let at = 0; at < block.length; at += 2) if (block.readInt16LE(at) > loudest) return at / 2;
    return -1;
  }

  it('ends with picture and sound less than a millisecond apart', async () => {
    const [sound, source, output] = ['sound.m4a', 'hour.mov', 'hour.out.mov'].map((name) =>
      path.join(folder.path, name),
    ) as [string, string, string];
    for (const frame of flashes) assert.ok(Number.isInteger(flashSample(frame)), 'a flash falls on a sample');
    await ffmpeg(
      tools,
      ['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', 'pipe:0', '-c:a', 'alac', sound],
      [...samples()],
    );
    await ffmpeg(
      tools,
      [
        ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-video_size', `${width}x${height}`, '-framerate', rate.join('/')],
        ...['-i', 'pipe:0', '-i', sound, '-map', '0:v', '-map', '1:a', '-c:a', 'copy'],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10', '-pix_fmt', 'yuv420p', source],
      ],
      [...pictures()],
    );
    const { code, stderr, seconds } = await inbetween([
      ...['interpolate', source, '-o', output, '--fps', String(rateOut), '--effort', 'fast'],
      ...['--codec', 'h264', '--quality', 'draft', '--quiet'],
    ]);
    assert.equal(code, 0, stderr);
    console.log(`      the command took ${seconds.toFixed(0)} s`);

    const wanted = Math.ceil((frames * rate[1] * rateOut) / rate[0]);
    const { streams } = (await ffprobe(
      tools,
      output,
      '-show_entries',
      'stream=codec_type,r_frame_rate,start_time',
    )) as {
      streams: { codec_type: string; r_frame_rate: string; start_time: string }[];
    };
    const [picture, track] = ['video', 'audio'].map((kind) => streams.find(({ codec_type }) => codec_type === kind)!);
    assert.equal(picture!.r_frame_rate, `${rateOut}/1`);
    assert.deepEqual(await soundHashes(tools, output, 1), await soundHashes(tools, source, 1));

    const gray = ['-i', output, '-map', '0:v', '-vsync', '0', '-f', 'rawvideo', '-pix_fmt', 'gray'];
    const white = await peaks(gray, width * height, isWhite);
    assert.equal(white.blocks, wanted, 'frames');
    const frameOf = (flash: number): number => (flash / 400) * 1001;
    assert.deepEqual(
      white.found,
      flashes.map((flash) => [frameOf(flash), 0]),
      'white frames',
    );
    const block = sampleRate / 100;
    const clicks = await peaks(['-i', output, '-map', '0:a', '-f', 's16le'], 2 * block, clickIn);
    assert.equal(clicks.found.length, flashes.length);
    const { times } = await pictureTimes(tools, output);
    for (const [i, [at, place]] of clicks.found.entries()) {
      const seen = times[frameOf(flashes[i]!)]!;
      const heard = Number(track!.start_time) + (at * block + place) / sampleRate;
      console.log(
        `      at ${heard.toFixed(3)} s picture and sound are ${(Math.abs(seen - heard) * 1000).toFixed(3)} ms apart`,
      );
      assert.ok(Math.abs(seen - heard) < 1e-3, `${seen} s and ${heard} s`);
    }
    const length = times.at(-1)! - times[0]! + 1 / rateOut;
    const lasts = (frames * rate[1]) / rate[0];
    assert.ok(length >= lasts - 1e-3 && length < lasts + 1 / rateOut + 1e-3, `${length} s of picture for ${lasts} s`);
  });
}).timeout(300_000);
