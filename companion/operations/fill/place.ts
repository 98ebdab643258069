// Where a filled timeline and its clips go.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../../api/errors.ts';
import { formatOf, isBundle, type Opened, writable } from '../../timeline/open.ts';
import type { OperationContext } from '../context.ts';

export interface FillPlace {
  /** The timeline. */
  readonly output: string;
  readonly format: string;
  /** Folder of the clips, beside it. */
  readonly media: string;
}

/** @throws CompanionError FORMAT_UNKNOWN, FORMAT_UNFIT for a format that is not written or holds no record of a fill */
export function placeOf(
  { file, format }: Opened,
  { output }: Pick<OperationContext, 'output'>,
  word: 'filled' | 'retimed' = 'filled',
): FillPlace {
  const own = path.parse(file.replace(/[\\/]+$/, ''));
  const usual = `${own.name}.${word}.${format.startsWith('otio') ? format : 'otio'}`;
  const isFolder =
    output !== undefined && (/[\\/]$/.test(output) || (!/\.otiod$/i.test(output) && isThereAsFolder(output)));
  const target = output === undefined ? path.join(own.dir, usual) : isFolder ? path.join(output, usual) : output;
  const to = formatOf(target, undefined, '--to');
  if (!writable().includes(to))
    throw new CompanionError('FORMAT_UNFIT', {
      path: target,
      reason: `${to} is only read, not written`,
      known: writable(),
    });
  if (format === 'otioz' && !isBundle(to))
    throw new CompanionError('FORMAT_UNFIT', {
      path: target,
      reason: `the media of ${own.base} are packed in it, and an .${to} would name none that are there`,
      known: ['otioz', 'otiod'],
    });
  const { dir, name } = path.parse(target);
  return { output: target, format: to, media: path.join(dir, `${name} media`) };
}

const isThereAsFolder = (file: string): boolean => existsSync(file) && statSync(file).isDirectory();
