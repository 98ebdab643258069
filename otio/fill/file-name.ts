// The name of a rendered file carries the id of its fill: it survives an editor that drops metadata.
import { OtioError } from '../errors.ts';
import { type FillKind, isFillKind, NS } from './namespace.ts';

export interface FillFileName {
  /** What the name starts with: usually that of the clip or track. */
  readonly base: string;
  readonly kind: FillKind;
  readonly version: number;
  /** The first eight hexadecimal digits of the job's id, in lower case. */
  readonly id: string;
  /** With its dot; may be empty. */
  readonly extension: string;
}

/** `shot 12__inbetween-restore-v003-0f3a99c1.mov`. `job` is a UUID. @throws OtioError TYPE_MISMATCH for an id without eight hexadecimal digits */
export function fileName(base: string, kind: FillKind, version: number, job: string, extension: string): string {
  const plain = base.replace(/[\p{Cc}\\/:*?"<>|]/gu, '_').trim() || 'fill';
  return `${plain}__${NS}-${kind}-v${String(version).padStart(3, '0')}-${idOf(job)}${extension}`;
}

/** The digits of a job's id that its files carry. @throws OtioError TYPE_MISMATCH */
export function idOf(job: string): string {
  const digits = job.replaceAll('-', '').slice(0, 8).toLowerCase();
  if (!/^[0-9a-f]{8}$/.test(digits))
    throw new OtioError(
      'TYPE_MISMATCH',
      `The id of a job must be a UUID, but is '${job}': its file could not be found again.`,
    );
  return digits;
}

const SHAPE = new RegExp(`(?:^|[\\\\/])([^\\\\/]*)__${NS}-([a-z]+)-v(\\d{3,})-([0-9a-f]{8})(\\.[^.\\\\/]*)?$`);

/** What a path, URL or name says about the fill it is, or null. */
export function parseFileName(name: string): FillFileName | null {
  const [, base, kind, version, id, extension = ''] = SHAPE.exec(name) ?? [];
  return isFillKind(kind) ? { base: base!, kind, version: Number(version), id: id!, extension } : null;
}
