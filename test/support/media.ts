// Makes and reads small media files for tests, with the ffmpeg the companion itself would use.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, findTools, type MediaTools } from '../../companion/media/find.ts';
import { startProcess } from '../../companion/media/process.ts';
import { type RawClip, readY4m, writeY4m } from './y4m.ts';

/** Runs ffmpeg (overwriting outputs, errors only), feeding `input` to its standard input; gives what it wrote to standard output. */
export async function ffmpeg(
  tools: MediaTools,
  args: readonly string[],
  input?: Uint8Array | readonly Uint8Array[],
): Promise<Buffer> {
  return run(tools.ffmpeg.path, ['-hide_banner', '-v', 'error', '-y', ...args], input);
}

/** ffprobe's JSON answer to `-show_entries ENTRIES`. */
export async function ffprobe(
  tools: MediaTools,
  path: string,
  ...args: readonly string[]
): Promise<Record<string, unknown>> {
  return JSON.parse((await run(tools.ffprobe.path, ['-v', 'error', ...args, '-of', 'json', path])).toString());
}

/** @throws Error with the program's last words when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  input?: Uint8Array | readonly Uint8Array[],
): Promise<Buffer> {
  const child = startProcess(program, args, { feed: input !== undefined });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (input !== undefined) {
    child.stdin.on('error', () => {}); // a program that ends early says why in its log
    for (const part of input instanceof Uint8Array ? [input] : input) {
      if (!child.stdin.write(part)) await Promise.race([once(child.stdin, 'drain'), child.ended]);
    }
    child.stdin.end();
  }
  const { code } = await child.ended;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${child.log.slice(-6).join(' | ')}`);
  return Buffer.concat(chunks);
}

export interface ClipOptions {
  /** Options in front of further inputs, and the inputs: sound, for example. */
  readonly inputs?: readonly string[];
  /** Encoder and output options. */
  readonly output: readonly string[];
}

/** Encodes raw frames into `path`. */
export async function makeClip(tools: MediaTools, path: string, clip: RawClip, options: ClipOptions): Promise<void> {
  await ffmpeg(
    tools,
    ['-f', 'yuv4mpegpipe', '-i', 'pipe:0', ...(options.inputs ?? []), ...options.output, path],
    writeY4m(clip),
  );
}

/** Decodes the picture of a file to raw frames. `pixelFormat`: yuv420p, yuv422p10le…; default the file's own. */
export async function readClip(tools: MediaTools, path: string, pixelFormat?: string): Promise<RawClip> {
  const format = pixelFormat === undefined ? [] : ['-pix_fmt', pixelFormat];
  return readY4m(
    await ffmpeg(tools, [
      '-i',
      path,
      '-an',
      ...everyFrame(tools),
      ...format,
      '-strict',
      '-1',
      '-f',
      'yuv4mpegpipe',
      'pipe:1',
    ]),
  );
}

/** Output options that neither drop nor repeat a frame, whatever the stamps say. */
export function everyFrame(tools: MediaTools): string[] {
  return atLeast(tools.ffmpeg, 59, 37) ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'];
}

/** MD5 of the packets of the first sound stream: unchanged by a stream copy. */
export async function soundHash(tools: MediaTools, path: string): Promise<string> {
  return (await ffmpeg(tools, ['-i', path, '-map', '0:a:0', '-c', 'copy', '-f', 'md5', 'pipe:1'])).toString().trim();
}

/** A temporary folder that is removed when the value is disposed. */
export function scratchFolder(name: string): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), `inbetween-${name}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export { findTools, type MediaTools };
