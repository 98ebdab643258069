// What an interrupted job may go on with: parts of the very same work, told by a key; and where a job that is never resumed keeps its parts meanwhile.
import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../../native/index.ts';
import { decodeArguments } from '../../media/decode.ts';
import { outputError } from '../../media/publish.ts';
import { segmentArguments } from '../../media/segment.ts';
import { durationOf } from '../../media/timing.ts';
import type { Ledger } from '../context.ts';
import type { InterpolateParams } from '../interpolate.ts';
import { mostFrames, mostSteps } from './chunk.ts';
import { decoderParts, type Prepared } from './plan.ts';

/** Told from every other work: whatever decides about a byte of a part is in it. */
export function keyOf(prepared: Prepared, { effort, cutThreshold, dedup }: InterpolateParams, engine: Engine): string {
  const { plan, tools, output, conversion, timing, range } = prepared;
  const { size, mtimeMs } = statSync(plan.input);
  const { path: program, version } = tools.ffmpeg;
  const facts = {
    ...{ engine: engine.version, program, version, effort, cutThreshold, dedup, size, mtimeMs, range },
    decode: decodeArguments(decoderParts(prepared)),
    encode: segmentArguments(output, '/part', 0),
    timing: [timing.kind, timing.frames, durationOf(timing).toString()],
    law: [conversion.rate.toString(), conversion.speed.toString(), plan.result.frames, mostSteps, mostFrames],
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Parts beside an output that nobody goes on with: neither flushed nor hashed. @throws CompanionError DISK_FULL, OUTPUT_UNWRITABLE */
export function unkept(place: string): Ledger {
  const folder = path.join(place, 'parts');
  try {
    mkdirSync(folder);
  } catch (error) {
    throw outputError(error, folder);
  }
  return {
    folder,
    bytes: 0,
    async *takeOver() {},
    draft: (name) => path.join(folder, name),
    keep: async () => {},
  };
}
