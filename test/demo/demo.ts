// npm run demo: renders a small film at 24 fps, takes it to 60 with the real command, checks the file and measures it against the truth; then fills a hole in
// a timeline of it.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderScene } from '../fixtures/render.ts';
import { CUT_SECONDS, SCENE_SECONDS } from '../fixtures/scene.ts';
import { renderSound, SOUND_RATE } from '../fixtures/sound.ts';
import { inbetween } from '../support/command.ts';
import { ffmpeg, ffprobe, findTools, makeClip, readClip, soundHash } from '../support/media.ts';
import { average, psnr, ssim } from '../support/oracle.ts';
import { blend, minterpolate } from '../support/peers.ts';
import { luma, type RawClip } from '../support/y4m.ts';
import { fillDemo } from './fill.ts';

const [WIDTH, HEIGHT] = [640, 360];
const SOURCE = 24;
const TARGET = 60;
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'demo-output');
const shown = (path: string): string => relative(process.cwd(), path) || '.';
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const say = (text: string): void => console.log(text);

function demand(fact: boolean, sentence: string): void {
  if (!fact) throw new Error(sentence);
}

const times = (rate: number): number[] => Array.from({ length: SCENE_SECONDS * rate }, (_, i) => i / rate);
const clip = (frames: readonly Uint8Array[], rate: number): RawClip => ({
  width: WIDTH,
  height: HEIGHT,
  rate: [rate, 1],
  depth: 8,
  chroma: '420',
  frames,
});

/** Outputs that lie between two source frames of one shot: what had to be created. */
function createdIndices(): number[] {
  const lastSource = SCENE_SECONDS * SOURCE - 1;
  return times(TARGET).flatMap((_, i) => {
    const left = Math.floor((i * SOURCE) / TARGET);
    const whole = (i * SOURCE) % TARGET === 0;
    const acrossCut = left + 1 === CUT_SECONDS * SOURCE;
    return whole || acrossCut || left >= lastSource ? [] : [i];
  });
}

interface Figures {
  readonly name: string;
  readonly psnr: number;
  readonly ssim: number;
  readonly worst: number;
}

function score(name: string, made: (i: number) => Uint8Array, truth: RawClip, indices: readonly number[]): Figures {
  const pairs = indices.map((i) => [luma(truth, made(i)), luma(truth, truth.frames[i]!)] as const);
  const values = pairs.map(([a, b]) => psnr(a, b));
  return {
    name,
    psnr: average(values),
    worst: Math.min(...values),
    ssim: average(pairs.map(([a, b]) => ssim(a, b, WIDTH, HEIGHT))),
  };
}

async function main(): Promise<void> {
  const begin = performance.now();
  const tools = await findTools();
  say(`ffmpeg ${tools.ffmpeg.version} (${tools.ffmpeg.place})`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  let since = performance.now();
  const all = [...new Set([...times(SOURCE), ...times(TARGET)])];
  const pictures = new Map(
    (await renderScene({ width: WIDTH, height: HEIGHT }, all)).map((picture, i) => [all[i]!, picture]),
  );
  const source = clip(
    times(SOURCE).map((t) => pictures.get(t)!),
    SOURCE,
  );
  const truth = clip(
    times(TARGET).map((t) => pictures.get(t)!),
    TARGET,
  );
  say(`rendered ${all.length} pictures ${WIDTH}×${HEIGHT} in ${seconds(since)}`);

  const sample = join(folder, 'sample-24fps.mov');
  const sound = join(folder, 'sound.raw');
  writeFileSync(sound, renderSound(SCENE_SECONDS, CUT_SECONDS));
  await makeClip(tools, sample, source, {
    inputs: ['-f', 's16le', '-ar', String(SOUND_RATE), '-ac', '2', '-i', sound],
    output: [
      ...[
        '-map',
        '0:v',
        '-map',
        '1:a',
        '-c:v',
        'libx264',
        '-preset',
        'medium',
        '-crf',
        '10',
        '-pix_fmt',
        'yuv420p',
        '-c:a',
        'pcm_s16le',
      ],
      ...[
        '-color_range',
        'tv',
        '-colorspace',
        'bt709',
        '-color_primaries',
        'bt709',
        '-color_trc',
        'bt709',
        '-timecode',
        '01:00:00:00',
      ],
    ],
  });
  rmSync(sound);
  say(`made ${shown(sample)}: ${SCENE_SECONDS} s at ${SOURCE} fps, stereo, one cut at ${CUT_SECONDS} s`);

  since = performance.now();
  const result = join(folder, 'result-60fps.mov');
  const done = await inbetween(['interpolate', sample, '-o', result, '--fps', String(TARGET), '--quiet']);
  demand(done.code === 0, `inbetween interpolate ended with ${done.code}:\n${done.stderr.trim()}`);
  const mib = (bytes: number): string => `${(bytes / 1048576).toFixed(0)} MiB`;
  say(
    `interpolated to ${TARGET} fps in ${seconds(since)}, peak memory ${mib(done.peakBytes)}: ${shown(result)} (${mib(statSync(result).size)})`,
  );

  const stream = (
    await ffprobe(
      tools,
      result,
      '-count_frames',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=nb_read_frames,r_frame_rate,codec_name',
    )
  ).streams as { nb_read_frames: string; r_frame_rate: string; codec_name: string }[];
  demand(
    Number(stream[0]?.nb_read_frames) === truth.frames.length,
    `the result has ${stream[0]?.nb_read_frames} frames, not ${truth.frames.length}`,
  );
  demand(stream[0]?.r_frame_rate === `${TARGET}/1`, `the result runs at ${stream[0]?.r_frame_rate}, not ${TARGET}/1`);
  const [before, after] = [await soundHash(tools, sample), await soundHash(tools, result)];
  demand(before === after, `the sound changed: ${before} became ${after}`);
  say(`verified: ${truth.frames.length} frames, ${TARGET}/1 fps, ${stream[0]?.codec_name}, sound unchanged (${after})`);

  since = performance.now();
  const made = await readClip(tools, result, 'yuv420p');
  const decoded = await readClip(tools, sample, 'yuv420p');
  const indices = createdIndices();
  const at = (i: number): { left: Uint8Array; right: Uint8Array; phase: number } => {
    const position = (i * SOURCE) / TARGET;
    const left = Math.floor(position);
    return { left: decoded.frames[left]!, right: decoded.frames[left + 1]!, phase: position - left };
  };
  const rows = [
    score('inbetween', (i) => made.frames[i]!, truth, indices),
    score('frame repeated', (i) => (at(i).phase < 0.5 ? at(i).left : at(i).right), truth, indices),
    score('plain blend', (i) => blend(at(i).left, at(i).right, at(i).phase), truth, indices),
  ];
  if (tools.ffmpeg.filters.has('minterpolate')) {
    for (const mode of ['default', 'best'] as const) {
      const peer = await minterpolate(tools, { ...decoded, rate: [SOURCE, 1] }, [TARGET, SOURCE], mode);
      rows.push(score(`minterpolate, ${mode}`, (i) => peer.frames[i]!, truth, indices));
    }
  } else {
    say('this ffmpeg has no minterpolate: no figures for it');
  }
  say(`\nagainst the rendered truth, the ${indices.length} created frames (measured in ${seconds(since)}):`);
  say(`  ${'luma'.padEnd(22)} PSNR dB    worst   SSIM`);
  for (const row of rows)
    say(
      `  ${row.name.padEnd(22)} ${row.psnr.toFixed(2).padStart(7)}  ${row.worst.toFixed(2).padStart(7)}   ${row.ssim.toFixed(4)}`,
    );
  const rivals = rows.slice(1, 3);
  demand(
    rivals.every((row) => rows[0]!.psnr > row.psnr),
    'the created frames are no better than a repeat or a blend',
  );

  const still = join(folder, 'created-frame.png');
  await ffmpeg(tools, [
    '-i',
    result,
    '-vf',
    `select=eq(n\\,${indices[Math.floor(indices.length / 3)]})`,
    '-frames:v',
    '1',
    still,
  ]);
  since = performance.now();
  const filled = await fillDemo(tools, folder, sample);
  say('');
  for (const line of filled.lines) say(line);
  say(
    `against the frames that were cut out: ${filled.fill.toFixed(2)} dB, a dissolve ${filled.dissolve.toFixed(2)} dB (${seconds(since)})`,
  );
  demand(filled.fill > filled.dissolve, 'the fill is no better than a dissolve');
  say(
    `\nall in ${shown(folder)}/ after ${seconds(begin)}: ${[...[sample, result, still].map((path) => path.slice(folder.length + 1)), ...filled.files].join(', ')}`,
  );
}

main().catch((error: unknown) => {
  console.error(`demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
