// What a person looks at to judge a fill: a clip of before and after, and a contact sheet of its seams.
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Check } from '../../media/check.ts';
import { type Fit, openMedia } from '../../media/fitted.ts';
import { outputError } from '../../media/publish.ts';
import type { FinishedFill } from './before-after.ts';
import type { MadeFill } from './make.ts';
import type { Considered, Prepared } from './plan.ts';
import { writePreviewClip } from './preview-clip.ts';
import type { PreviewManner } from './preview-form.ts';
import { writeSeamSheet } from './seam-sheet.ts';

export interface PreviewRequest {
  /** The fill is not on its timeline yet: that shows what was there before. */
  readonly prepared: Pick<Prepared, 'tools' | 'reels'>;
  readonly considered: Considered;
  readonly made: MadeFill;
  /** Its finished clip. */
  readonly file: string;
  /** How pictures of another shape are brought to the fill's, as when it was made. */
  readonly fit: Fit;
  readonly manner: PreviewManner;
  /** Where the files go. What has their names is replaced. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Pictures of the clip encoded so far. */
  readonly progress: (pictures: number) => void;
}

/** What was written, as plain data. */
export interface PreviewFiles {
  /** Name of the clip, and of the sheet; null where nothing lies beside the fill. */
  readonly clip: string;
  readonly sheet: string | null;
  readonly bytes: number;
  /** Of the clip. */
  readonly frames: number;
  readonly codec: string;
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

/** Names of the files that go with a fill's clip. */
export const previewNames = (clip: string): { readonly clip: string; readonly sheet: string } => {
  const { name } = path.parse(clip);
  return { clip: `${name}.preview.mp4`, sheet: `${name}.seams.png` };
};

/**
 * Writes both files under their names, or none of them.
 * @throws CompanionError ENCODER_MISSING, DISK_FULL, OUTPUT_UNWRITABLE, FFMPEG_FAILED, VERIFY_FAILED, MEDIA_DAMAGED; AbortError
 */
export async function writePreview(request: PreviewRequest): Promise<PreviewFiles> {
  const { prepared, considered, made, file, fit, manner, folder, signal, progress } = request;
  const { tools, reels } = prepared;
  const names = previewNames(made.name);
  const partial = path.join(folder, `${made.job}.preview.partial`);
  const named: string[] = [];
  const [clipFile, sheetFile] = [path.join(partial, names.clip), path.join(partial, names.sheet)];
  const fill: FinishedFill = {
    ...{ tools, reels, slot: considered.slot, plan: considered.plan!, form: considered.form!, fit, made, signal },
    beside: (considered.before ?? considered.after)!.frame.media,
    clip: await openMedia(tools, file, signal),
  };
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial);
    const clip = await writePreviewClip(fill, manner, { file: clipFile, progress });
    const sheet = await writeSeamSheet(fill, sheetFile);
    signal.throwIfAborted();
    const { size } = statSync(clipFile);
    for (const name of sheet ? [names.sheet, names.clip] : [names.clip]) {
      renameSync(path.join(partial, name), path.join(folder, name));
      named.push(path.join(folder, name));
    }
    return { ...clip, clip: names.clip, sheet: sheet ? names.sheet : null, bytes: size };
  } catch (error) {
    for (const name of named) rmSync(name, { force: true });
    throw outputError(error, path.join(folder, names.clip));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
