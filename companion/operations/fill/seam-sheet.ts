// A contact sheet of the seams of a fill: the frames before and after each, the pair at the seam large, with what was measured there.
import { timecodeAt } from '../../../otio/drawing.ts';
import { framesOn } from '../../timeline/gaps.ts';
import {
  type ContactSheet,
  resized,
  type SheetPicture,
  type Size,
  toRgb,
  writeContactSheet,
} from '../contact-sheet.ts';
import { type FinishedFill, ownPictures, recordNumber } from './before-after.ts';
import { xmpOf } from './disclosure.ts';
import { thumbnailForm } from './preview-form.ts';
import type { MediaFrame } from './reels.ts';
import type { Way } from './sides.ts';
import { tellSeam } from './tell.ts';

/** Frames on either side of a seam. */
const onASide = 3;
/** Box of the pictures at a seam; the others are half as large. Pixels, as is all of the sheet. */
const large: Size = { width: 480, height: 480 };
const margin = 32;
/** Between pictures, and between the two at a seam. */
const gap = 12;
const seamGap = 28;
/** Least width of what a caption stands under. */
const captionWidth = 190;
const [titleHeight, headingHeight, faultHeight, captionHeight, rowGap] = [76, 38, 22, 50, 30];
const [light, dim, accent, warning] = ['#f0f0f0', '#a8a8a8', '#62b6ff', '#ffb454'];

/** A frame beside a seam. */
export interface SeamFrame {
  /** `frame 44`, `frame 45 · fill 1 of 4`. */
  readonly caption: string;
  readonly timecode: string;
  readonly ofFill: boolean;
  /** Large, and half as large. */
  readonly pictures: readonly [SheetPixels, SheetPixels];
}

type SheetPixels = Pick<SheetPicture, 'rgb' | 'width' | 'height'>;

export interface SeamRow {
  readonly heading: string;
  readonly measured: string;
  readonly faults: readonly string[];
  /** What lies left and right of the seam, nearest first. */
  readonly left: readonly SeamFrame[];
  readonly right: readonly SeamFrame[];
}

/**
 * Writes the sheet as a PNG. Nothing, and false, where no picture of material lies beside the fill.
 * Rejects as `readFitted` does; AbortError.
 */
export async function writeSeamSheet(fill: FinishedFill, file: string): Promise<boolean> {
  const { made, plan, signal } = fill;
  const rows = [await rowOf(fill, 'head'), await rowOf(fill, 'tail')].filter((row) => row !== null);
  if (rows.length === 0) return false;
  const frames = plan.frames === 1 ? '1 frame' : `${plan.frames} frames`;
  const title = `${made.where[0]!.toUpperCase()}${made.where.slice(1)}: ${frames} by ${made.strategy}`;
  signal.throwIfAborted();
  await writeContactSheet(file, { ...layOut(title, made.name, rows), xmp: xmpOf(made.job) });
  return true;
}

async function rowOf(fill: FinishedFill, end: 'head' | 'tail'): Promise<SeamRow | null> {
  const { reels, slot, plan, fit, made } = fill;
  const form = thumbnailForm(fill.form, large);
  const way: Way = end === 'head' ? -1 : 1;
  const border = end === 'head' ? slot.before : slot.after;
  const shown: { readonly number: number; readonly frame: MediaFrame }[] = [];
  for (let k = 0; k < onASide && border + way * k >= 0; k++) {
    const number = border + way * k;
    const at = await reels.at(plan.track, number);
    if (typeof at === 'string') break;
    shown.push({ number, frame: at.frame });
  }
  if (shown.length === 0) return null;
  const read = await reels.read(
    shown.map(({ frame }) => frame),
    form,
    fit,
  );
  const count = Math.min(onASide, plan.frames);
  const first = end === 'head' ? 0 : plan.frames - count;
  const own: Uint8Array[] = [];
  for await (const picture of ownPictures(fill, { from: plan.head + first, count }, form)) own.push(picture);

  const frameOf = async (picture: Uint8Array, number: number, ofFill: string | null): Promise<SeamFrame> => {
    const { width, height } = form.picture;
    const rgb = toRgb(picture, form.picture, form.colour);
    const half = { width: Math.max(1, Math.round(width / 2)), height: Math.max(1, Math.round(height / 2)) };
    return {
      caption: ofFill === null ? `frame ${number}` : `frame ${number} · ${ofFill}`,
      timecode: timecodeAt(recordNumber(fill, number), framesOn(plan.track).rate),
      ofFill: ofFill !== null,
      pictures: [
        { rgb, width, height },
        { rgb: await resized(rgb, { width, height }, half), ...half },
      ],
    };
  };
  const material = await Promise.all(read.map((picture, i) => frameOf(picture, shown[i]!.number, null)));
  const inside = await Promise.all(
    own.map((picture, i) => frameOf(picture, plan.in + first + i, `fill ${first + i + 1} of ${plan.frames}`)),
  );
  const seam = made.seams[end];
  return {
    heading: end === 'head' ? 'Head' : 'Tail',
    measured: seam === null ? 'not measured' : tellSeam(seam),
    faults: made.faults.flatMap((fault) => (fault.startsWith(`${end}: `) ? [fault.slice(end.length + 2)] : [])),
    ...(end === 'head' ? { left: material, right: inside } : { left: inside.toReversed(), right: material }),
  };
}

/** Where everything goes. `rows`: at least one. */
export function layOut(title: string, subtitle: string, rows: readonly SeamRow[]): ContactSheet {
  const [big, small] = rows[0]!.left[0]!.pictures;
  const [bigColumn, smallColumn] = [big, small].map(({ width }) => Math.max(width, captionWidth)) as [number, number];
  const centre = margin + (onASide - 1) * (smallColumn + gap) + bigColumn + seamGap / 2;
  const pictures: SheetPicture[] = [];
  const drawn = [
    text(margin, margin + 20, title, { size: 22, fill: light, bold: true }),
    text(margin, margin + 46, subtitle, { size: 15, fill: dim }),
  ];
  let top = margin + titleHeight;
  for (const { heading, measured, faults, left, right } of rows) {
    drawn.push(text(margin, top + 16, heading, { size: 18, fill: light, bold: true }));
    drawn.push(text(margin + 64, top + 16, measured, { size: 16, fill: dim }));
    for (const [i, fault] of faults.entries())
      drawn.push(text(margin + 64, top + 16 + (i + 1) * faultHeight, fault, { size: 16, fill: warning }));
    top += headingHeight + faults.length * faultHeight;
    const bottom = top + big.height;
    for (const [side, frames] of [
      [-1, left],
      [1, right],
    ] as const) {
      let edge = centre + (side * seamGap) / 2;
      for (const [i, { caption, timecode, ofFill, pictures: sizes }] of frames.entries()) {
        const picture = sizes[i === 0 ? 0 : 1];
        const column = i === 0 ? bigColumn : smallColumn;
        const at = side < 0 ? edge - column : edge;
        pictures.push({ ...picture, left: at, top: bottom - picture.height });
        if (ofFill) drawn.push(frame(at, bottom - picture.height, picture));
        drawn.push(text(at, bottom + 20, timecode, { size: 15, fill: ofFill ? accent : light }));
        drawn.push(text(at, bottom + 40, caption, { size: 14, fill: ofFill ? accent : dim }));
        edge += side * (column + gap);
      }
    }
    drawn.push(`<rect x="${centre - 1}" y="${top}" width="2" height="${big.height}" fill="${accent}"/>`);
    top = bottom + captionHeight + rowGap;
  }
  return { width: 2 * centre, height: top - rowGap + margin / 2, pictures, drawing: drawn.join('\n') };
}

/** Around a picture of the fill. */
const frame = (left: number, top: number, { width, height }: Size): string =>
  `<rect x="${left - 2}" y="${top - 2}" width="${width + 4}" height="${height + 4}" fill="none" stroke="${accent}" stroke-width="2"/>`;

const fonts = 'Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, DejaVu Sans, sans-serif';

function text(
  x: number,
  y: number,
  words: string,
  { size, fill, bold = false }: { readonly size: number; readonly fill: string; readonly bold?: boolean },
): string {
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${x}" y="${y}" font-family="${fonts}" font-size="${size}" fill="${fill}"${weight}>${escaped(words)}</text>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Words as XML can hold them: names of files and clips may be anything. */
const escaped = (words: string): string =>
  words.replaceAll(/\p{Cc}|\p{Cn}/gu, ' ').replaceAll(/[&<>]/g, (sign) => entities[sign]!);
