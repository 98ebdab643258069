// The clip of a preview: a second of the track before a fill, the fill against what was there, and a second after it.
import type { Check } from '../../media/check.ts';
import { type CodecName, encodersOf } from '../../media/codecs.ts';
import type { MediaTools } from '../../media/find.ts';
import type { Form } from '../../media/fitted.ts';
import { Rational } from '../../media/rational.ts';
import { framesOn } from '../../timeline/gaps.ts';
import { sound } from '../../timeline/tracks.ts';
import { type FinishedFill, originalPictures, ownPictures, recordNumber } from './before-after.ts';
import { encodeClip, planClip } from './encode.ts';
import { lineAt, type PreviewManner, previewForm, shownSize, sideBySide, wiped } from './preview-form.ts';

/** Codecs that players and browsers show, the most widely known first. */
const playable = ['h264', 'av1', 'hevc'] as const satisfies readonly CodecName[];

export interface PreviewClip {
  readonly frames: number;
  readonly codec: CodecName;
  readonly checks: readonly Check[];
  /** Sentences on what it does not show, or is stored as. */
  readonly notes: readonly string[];
}

/** Frames of the track: the slot with a second, or what there is of it, on both sides. Pieces of a second are rounded. */
export function previewSpan({ plan }: Pick<FinishedFill, 'plan'>): { readonly first: number; readonly frames: number } {
  const second = Math.max(1, Math.round(plan.rate.num / plan.rate.den));
  const { track } = plan;
  const end = sound(() => Math.floor(framesOn(track).start(track.children.length)));
  const first = Math.max(0, plan.in - second);
  return { first, frames: Math.max(plan.out, Math.min(end, plan.out + second)) - first };
}

/** What a preview is stored as: H.264, or where this ffmpeg cannot write it the next best. */
export const previewCodec = ({ ffmpeg }: MediaTools): CodecName =>
  playable.find((codec) => encodersOf(codec).some((encoder) => ffmpeg.encoders.has(encoder))) ?? 'h264';

/**
 * Writes the clip, an .mp4, and verifies it.
 * @throws CompanionError ENCODER_MISSING, DISK_FULL, FFMPEG_FAILED, VERIFY_FAILED; AbortError. Then nothing is left of it.
 */
export async function writePreviewClip(
  fill: FinishedFill,
  manner: PreviewManner,
  { file, progress }: { readonly file: string; readonly progress: (pictures: number) => void },
): Promise<PreviewClip> {
  const { tools, plan, signal, made } = fill;
  const form = previewForm(fill.form, manner);
  const { first, frames } = previewSpan(fill);
  const codec = previewCodec(tools);
  const output = await planClip({
    ...{ tools, beside: fill.beside, codec, quality: 'good', file, signal, frames, rate: plan.rate },
    form: { ...form, picture: { ...form.picture, ...shownSize(form.picture, manner) }, sampleAspect: Rational.ONE },
    start: recordNumber(fill, first),
  });
  const notes = new Set(output.notes);
  if (codec !== playable[0]) notes.add(`The preview is ${codec}: this ffmpeg has no encoder of H.264 (libx264).`);
  const checks = await encodeClip(output, {
    ...{ file, job: made.job, signal },
    pictures: pictures(fill, form, manner, notes),
    encoded: (index) => progress(index + 1),
  });
  return { frames, codec, checks, notes: [...notes] };
}

async function* pictures(
  fill: FinishedFill,
  form: Form,
  manner: PreviewManner,
  notes: Set<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { plan } = fill;
  const { picture } = form;
  const { first, frames } = previewSpan(fill);
  const put = (before: Uint8Array, after: Uint8Array, index: number): Uint8Array =>
    manner === 'side'
      ? sideBySide(before, after, picture)
      : wiped(before, after, picture, lineAt(index, plan.frames, picture.width));
  const plain = (one: Uint8Array): Uint8Array => (manner === 'side' ? sideBySide(one, one, picture) : one);

  for await (const one of originalPictures(fill, form, [first, plan.in], notes)) yield plain(one);
  const own = ownPictures(fill, { from: plan.head, count: plan.frames }, form);
  try {
    let index = 0;
    for await (const before of originalPictures(fill, form, [plan.in, plan.out], notes)) {
      const after = await own.next();
      if (after.done) break;
      yield put(before, after.value, index++);
    }
  } finally {
    await own.return();
  }
  for await (const one of originalPictures(fill, form, [plan.out, first + frames], notes)) yield plain(one);
}
