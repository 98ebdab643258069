// Peak memory of a process and its children, sampled from /proc. Where there is no /proc it says so instead of a number.
import { readdirSync, readFileSync } from 'node:fs';

/** Whether this system can be asked. */
export const memoryKnown = process.platform === 'linux';

/** Resident bytes of one process now; 0 when it is gone. */
export function residentBytes(pid: number): number {
  return statusKiB(pid, 'VmRSS') * 1024;
}

/** The most resident bytes one process has had; 0 when it is gone. */
export function peakResidentBytes(pid: number): number {
  return statusKiB(pid, 'VmHWM') * 1024;
}

function statusKiB(pid: number, field: string): number {
  try {
    const line = new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return line === null ? 0 : Number(line[1]);
  } catch {
    return 0;
  }
}

/** A process and all its descendants. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent === undefined) continue;
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Samples the sum of resident bytes of a process tree until `stop`, which gives the peak. Shared pages count once per process. */
export function watchTree(pid: number, everyMs = 50): { stop(): number } {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(
      peak,
      processTree(pid).reduce((sum, each) => sum + residentBytes(each), 0),
    );
  };
  if (memoryKnown) sample();
  const timer = memoryKnown ? setInterval(sample, everyMs) : undefined;
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
