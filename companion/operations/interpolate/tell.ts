// A plan and a record of interpolate in lines for a person.
import { Rational } from '../../media/rational.ts';
import type { InterpolateRecord } from './make.ts';
import type { InterpolatePlan } from './plan.ts';

export const mebibytes = (bytes: number): string =>
  `${Math.max(1, Math.round(bytes / 2 ** 20)).toLocaleString('en')} MiB`;

/** `24000/1001` → `23.976 fps`. */
export function framesASecond(rate: string): string {
  const value = Rational.parse(rate, { as: 'number' });
  return `${value.isWhole ? rate : value.toFixed(3).replace(/\.?0+$/, '')} fps`;
}

/** 75 → `1 min 15 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function tellPlan(plan: InterpolatePlan): string[] {
  const { source, result, engine } = plan;
  return [
    `input     ${plan.input}`,
    `          ${source.width}×${source.height} ${source.codec} ${source.pixelFormat}, ${framesASecond(source.rate)}${source.variable ? ' on average (variable)' : ''}, ${source.frames} frames${source.range ? ` (${source.range})` : ''}`,
    `output    ${plan.output}${plan.exists ? ' (exists: needs --force)' : ''}`,
    `          ${result.frames} frames at ${framesASecond(result.rate)}${result.speed === '1' ? '' : ` at ${result.speed} of real speed`}: ${result.kept} kept, ${result.created} made from ${result.pairs} pairs`,
    `          ${result.encoder} ${result.pixelFormat}, ${result.carried.length > 0 ? `carries ${result.carried.join(', ')}` : 'picture only'}`,
    `engine    ${engine.version}, ${engine.level}, ${engine.threads} threads`,
    `needs     ${mebibytes(plan.memoryBytes)} of memory (${mebibytes(plan.freeMemoryBytes)} free), up to ${mebibytes(plan.diskBytes)} of disk (${mebibytes(plan.freeDiskBytes)} free)`,
    ...(plan.estimatedSeconds === null
      ? []
      : [`time      about ${duration(plan.estimatedSeconds)}, measured on the first pair`]),
    ...plan.notes.map((note) => `note      ${note}`),
  ];
}

export function tellRecord(record: InterpolateRecord): string[] {
  const { frames, pairs, cuts, dedup, timesMs } = record;
  const seconds = Object.values(timesMs).reduce((sum, ms) => sum + ms, 0) / 1000;
  const special = [
    ...(pairs.cut > 0
      ? [`${pairs.cut} cut${pairs.cut === 1 ? '' : 's'} kept clean (frame ${cuts.map((cut) => cut.frame).join(', ')})`]
      : []),
    ...(pairs.junk > 0
      ? [`${pairs.junk} pair${pairs.junk === 1 ? '' : 's'} without usable motion shown as a dissolve`]
      : []),
    ...(dedup && dedup.removed > 0 ? [`${dedup.removed} repeated frames removed`] : []),
  ];
  return [
    `${frames.out} frames at ${framesASecond(record.rate)} in ${duration(seconds)}: ${frames.kept} kept, ${frames.created} made (${record.fps.toFixed(1)} frames a second)`,
    ...special,
    `verified: ${record.output.checks.map((check) => check.name).join(', ')}`,
  ];
}
