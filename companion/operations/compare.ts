// Compare: how alike two clips are, frame by frame, and which frames differ most.
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { defineOperation } from '../api/operation.ts';
import { type Decoder, openDecoder } from '../media/decode.ts';
import type { MediaDescription, VideoStream } from '../media/description.ts';
import { findTools, type MediaTools } from '../media/find.ts';
import { demandVideo, probe } from '../media/probe.ts';
import { checkOutput } from '../media/publish.ts';
import { readTiming } from '../media/stamps.ts';
import { stampOf, type Timing } from '../media/timing.ts';
import { WorstFrames, writeSheet } from './compare/sheet.ts';
import { type FrameMeasure, type Summary, summarise } from './compare/summary.ts';
import type { OperationContext } from './context.ts';

const params = z.strictObject({
  sheet: z.string().optional().meta({
    title: 'Contact sheet',
    unit: 'PNG file',
    format: 'path',
    description: 'Picture of the worst frames: A, B, and their difference made 8 times stronger.',
  }),
  worst: z.int().min(1).max(20).default(4).meta({
    title: 'Worst frames',
    description: 'How many of the frames that differ most are named and shown.',
  }),
});

/** What a comparison found. PSNR in dB for each plane; null: equal. */
export interface CompareRecord extends Summary {
  readonly a: string;
  readonly b: string;
  /** ffmpeg's name of the pixel format both were compared in. */
  readonly comparedAs: string;
  /** Names of the planes, in the order of every `psnr`. */
  readonly planes: readonly string[];
  readonly perFrame: readonly FrameMeasure[];
  readonly sheet: string | null;
}

interface Clip {
  readonly description: MediaDescription;
  readonly stream: VideoStream;
  readonly timing: Timing;
}

export const compare = defineOperation({
  name: 'compare',
  title: 'Compare',
  summary: 'Says how alike two clips are: PSNR and SSIM of every frame, and the frames that differ most.',
  inputs: 2,
  params,
  async run({ sheet, worst }, context: OperationContext): Promise<CompareRecord> {
    const { signal, engine, inputs, spared, force } = context;
    const sheetPath = sheet === undefined ? null : path.resolve(context.from, sheet);
    if (sheetPath !== null) checkOutput({ output: sheetPath, inputs: spared, force, folder: false });
    const tools = await findTools({ signal });
    const [a, b] = [await open(tools, inputs[0]!, context), await open(tools, inputs[1]!, context)];
    const form = commonForm(a.stream, b.stream, context);
    const total = Math.min(a.timing.frames, b.timing.frames);
    if (a.timing.frames !== b.timing.frames) {
      context.note(`A has ${a.timing.frames} frames, B has ${b.timing.frames}: the first ${total} are compared.`);
    }
    const measures: FrameMeasure[] = [];
    const seen = new WorstFrames(sheet === undefined ? 0 : worst);
    const decoders: Decoder[] = [];
    try {
      for (const { description, stream, timing } of [a, b])
        decoders.push(
          openDecoder({ tools, description, stream: { ...stream, ...form }, timing, count: total, signal }),
        );
      const [first, second] = decoders.map((decoder) => decoder[Symbol.asyncIterator]());
      for (let frame = 0; frame < total; frame++) {
        const [left, right] = await Promise.all([first!.next(), second!.next()]);
        if (left.done || right.done) break;
        const { psnr, ssim } = await engine.measure(form.picture, left.value.data, right.value.data, { signal });
        const measure = {
          frame,
          seconds: stampOf(a.timing, frame).toNumber(),
          psnr: psnr.map((value) => (Number.isFinite(value) ? value : null)),
          ssim,
        };
        measures.push(measure);
        seen.offer(measure, left.value.data, right.value.data);
        left.value.release();
        right.value.release();
        context.progress({ phase: 'measure', done: frame + 1, total, unit: 'frames' });
      }
    } finally {
      await Promise.all(decoders.map((decoder) => decoder.close()));
    }
    if (sheetPath !== null) await writeSheet(sheetPath, seen.frames, form.picture, a.stream.colour, context);
    return {
      a: inputs[0]!,
      b: inputs[1]!,
      comparedAs: form.pipeFormat,
      planes: planeNames(form.picture),
      ...summarise(measures, worst),
      perFrame: measures,
      sheet: sheetPath,
    };
  },
  tell: (record: CompareRecord) => {
    const decibels = (values: readonly (number | null)[]): string =>
      values.map((value, i) => `${record.planes[i]} ${value === null ? 'equal' : value.toFixed(2)}`).join('  ');
    return [
      `frames   ${record.frames} compared as ${record.comparedAs}, ${record.equalFrames} of them equal`,
      `PSNR dB  ${decibels(record.psnr)}   (mean of the frames that differ: ${decibels(record.meanPsnr)})`,
      `SSIM     ${record.ssim.toFixed(5)} mean, ${record.leastSsim.toFixed(5)} least`,
      ...record.worst.map(
        ({ frame, seconds, psnr, ssim }) =>
          `worst    frame ${frame} at ${seconds.toFixed(3)} s: PSNR ${decibels(psnr)}  SSIM ${ssim.toFixed(5)}`,
      ),
      ...(record.sheet === null ? [] : [`sheet    ${record.sheet}`]),
    ];
  },
});

async function open(tools: MediaTools, file: string, context: OperationContext): Promise<Clip> {
  const { signal } = context;
  const description = await probe(tools, file, { signal });
  const stream = demandVideo(description);
  const stated = stream.statedFrames ?? 0;
  const timing = await readTiming(tools, description, stream, {
    signal,
    progress: (done: number) => context.progress({ phase: 'stamps', done, total: stated, unit: 'frames' }),
  });
  return { description, stream, timing };
}

/** The form both are decoded to: their own where it is the same, else the one that holds more. @throws CompanionError SIZES_DIFFER */
function commonForm(
  a: VideoStream,
  b: VideoStream,
  context: OperationContext,
): Pick<VideoStream, 'picture' | 'pipeFormat'> {
  const size = ({ width, height }: VideoStream): string => `${width}×${height}`;
  if (size(a) !== size(b)) throw new CompanionError('SIZES_DIFFER', { what: 'size', a: size(a), b: size(b) });
  if (a.picture.alpha !== b.picture.alpha) {
    const [inA, inB] = [a, b].map((s) => `${s.pixelFormat} ${s.picture.alpha ? 'with' : 'without'} alpha`);
    throw new CompanionError('SIZES_DIFFER', { what: 'transparency', a: inA, b: inB });
  }
  const { picture, pipeFormat } = detail(a) >= detail(b) ? a : b;
  if (a.pipeFormat !== b.pipeFormat) {
    context.note(`A is ${a.pixelFormat}, B is ${b.pixelFormat}: both are compared as ${pipeFormat}.`);
  }
  return { picture, pipeFormat };
}

const chromaDetail = { gray: 0, yuv420: 1, yuv422: 2, yuv444: 3, rgb: 3 } as const;

const detail = ({ picture }: VideoStream): number => picture.depth * 4 + chromaDetail[picture.layout];

function planeNames({ layout, alpha }: VideoStream['picture']): string[] {
  const names = layout === 'gray' ? ['Y'] : layout === 'rgb' ? ['G', 'B', 'R'] : ['Y', 'U', 'V'];
  return alpha ? [...names, 'A'] : names;
}
