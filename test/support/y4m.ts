// YUV4MPEG2 in memory: clips as lists of raw frames, for piping to and from other programs.

export interface RawClip {
  readonly width: number;
  readonly height: number;
  /** Frames a second, as a fraction. */
  readonly rate: readonly [number, number];
  /** Bits a sample; above 8, two bytes each, little endian. */
  readonly depth: number;
  readonly chroma: '420' | '422' | '444';
  /** Planes Y, U, V one after another, tight. */
  readonly frames: readonly Uint8Array[];
}

type Shape = Omit<RawClip, 'frames' | 'rate'>;

/** Bytes of the luma plane, and of the whole frame. */
export function frameSize({ width, height, depth, chroma }: Shape): { luma: number; frame: number } {
  const bytes = depth > 8 ? 2 : 1;
  const cw = chroma === '444' ? width : (width + 1) >> 1;
  const ch = chroma === '420' ? (height + 1) >> 1 : height;
  return { luma: width * height * bytes, frame: (width * height + 2 * cw * ch) * bytes };
}

/** @throws RangeError when the bytes are not a whole y4m clip. */
export function readY4m(bytes: Uint8Array): RawClip {
  const end = bytes.indexOf(10);
  const words = Buffer.from(bytes.subarray(0, Math.max(0, end)))
    .toString('latin1')
    .split(' ');
  if (words[0] !== 'YUV4MPEG2') throw new RangeError('not a YUV4MPEG2 clip');
  const word = (letter: string): string | undefined =>
    words
      .slice(1)
      .find((w) => w.startsWith(letter))
      ?.slice(1);
  const [num, den] = (word('F') ?? '25:1').split(':').map(Number) as [number, number];
  const layout = /^(420|422|444)(?:p(\d+)|jpeg|mpeg2|paldv)?$/.exec(word('C') ?? '420');
  if (layout === null) throw new RangeError(`unknown y4m layout ${word('C')}`);
  const shape = {
    width: Number(word('W')),
    height: Number(word('H')),
    depth: Number(layout[2] ?? 8),
    chroma: layout[1] as RawClip['chroma'],
  };
  const { frame } = frameSize(shape);
  const frames: Uint8Array[] = [];
  for (let at = end + 1; at < bytes.length; ) {
    const start = bytes.indexOf(10, at) + 1;
    if (Buffer.from(bytes.subarray(at, at + 5)).toString('latin1') !== 'FRAME')
      throw new RangeError(`no frame at byte ${at}`);
    if (start + frame > bytes.length) throw new RangeError(`frame ${frames.length} is cut short`);
    frames.push(bytes.subarray(start, start + frame));
    at = start + frame;
  }
  return { ...shape, rate: [num, den], frames };
}

export function writeY4m(clip: RawClip): Buffer {
  const layout =
    clip.depth > 8
      ? `${clip.chroma}p${clip.depth} XYSCSS=${clip.chroma}P${clip.depth}`
      : clip.chroma === '420'
        ? '420mpeg2 XYSCSS=420MPEG2'
        : clip.chroma;
  const head = `YUV4MPEG2 W${clip.width} H${clip.height} F${clip.rate[0]}:${clip.rate[1]} Ip A1:1 C${layout}\n`;
  const mark = Buffer.from('FRAME\n');
  return Buffer.concat([Buffer.from(head), ...clip.frames.flatMap((frame) => [mark, frame])]);
}

/** The luma plane of a frame, as samples. */
export function luma(clip: Shape, frame: Uint8Array): Uint8Array | Uint16Array {
  const count = clip.width * clip.height;
  if (clip.depth <= 8) return frame.subarray(0, count);
  return new Uint16Array(frame.buffer.slice(frame.byteOffset, frame.byteOffset + 2 * count));
}
