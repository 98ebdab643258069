// A plan and a record of keyframes in lines for a person.
import path from 'node:path';
import { duration, framesASecond, mebibytes } from '../interpolate/tell.ts';
import type { KeyframesRecord } from './make.ts';
import type { KeyframesPlan, PlannedKey } from './plan.ts';

export function tellPlan(plan: KeyframesPlan): string[] {
  const { result, engine } = plan;
  return [
    ...tellKeys(plan),
    `output    ${plan.output}${plan.exists ? ' (exists: needs --force)' : ''}`,
    `          ${result.width}×${result.height}, ${result.frames} frames at ${framesASecond(result.rate)}: ${result.kept} show a still, ${result.created} made`,
    `          ${result.encoder} ${result.pixelFormat}${result.timecode === null ? '' : `, begins at ${result.timecode}`}`,
    `engine    ${engine.version}, ${engine.level}, ${engine.threads} threads`,
    `needs     ${mebibytes(plan.memoryBytes)} of memory (${mebibytes(plan.freeMemoryBytes)} free), up to ${mebibytes(plan.diskBytes)} of disk (${mebibytes(plan.freeDiskBytes)} free)`,
    ...(plan.estimatedSeconds === null
      ? []
      : [`time      about ${duration(plan.estimatedSeconds)}, measured on the first morph`]),
    ...plan.notes.map((note) => `note      ${note}`),
  ];
}

export function tellRecord(record: KeyframesRecord): string[] {
  const { frames, timesMs } = record;
  const seconds = Object.values(timesMs).reduce((sum, ms) => sum + ms, 0) / 1000;
  return [
    ...tellKeys(record),
    `${frames.out} frames at ${framesASecond(record.rate)} in ${duration(seconds)}: ${frames.kept} show a still, ${frames.created} made`,
    `verified: ${record.output.checks.map((check) => check.name).join(', ')}`,
  ];
}

/** The stills with what comes between them, in order. */
const tellKeys = ({ keys, spans }: Pick<KeyframesPlan, 'keys' | 'spans'>): string[] =>
  keys.flatMap((key, i) => {
    const span = spans[i];
    const way =
      span &&
      `                ${span.manner} of ${span.frames} frame${span.frames === 1 ? '' : 's'}${span.ease === 'linear' ? '' : `, ${span.ease}`}: ${span.reason}`;
    return [tellKey(key), ...(way ? [way] : [])];
  });

const tellKey = ({ path: still, width, height, first, last }: PlannedKey): string =>
  `frame ${(last > first ? `${first}-${last}` : `${first}`).padEnd(9)} ${path.basename(still)} (${width}×${height})`;
