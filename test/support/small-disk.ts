// A disk of a few hundred kilobytes in memory, for tests of disks that fill up. Needs root on Linux.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
}

/** The disk, or the reason there is none. */
export function smallDisk(kibibytes: number): SmallDisk | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may mount a small disk';
  const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(folder);
    return `a small disk cannot be mounted here (${error instanceof Error ? error.message.split('\n').at(-1) : error})`;
  }
  return {
    path: folder,
    fill() {
      for (let i = 0; ; i++) {
        const { bavail, bsize } = statfsSync(folder);
        if (bavail === 0) return;
        try {
          writeFileSync(path.join(folder, `filler${i}`), Buffer.alloc(bavail * bsize));
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        }
      }
    },
    [Symbol.dispose]() {
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    },
  };
}
