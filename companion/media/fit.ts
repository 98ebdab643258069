// Where a picture of one size and pixel shape lies in another: what is cut away, what it is scaled to, where it is put.

/** `contain`: all of it, with bars. `cover`: no bars, the middle of it. `stretch`: all of it, out of shape. `none`: pixel for pixel, from the middle. */
export const fits = ['contain', 'cover', 'stretch', 'none'] as const;
export type Fit = (typeof fits)[number];

export interface Side {
  readonly width: number;
  readonly height: number;
  /** Width of a pixel over its height. */
  readonly pixelAspect: number;
  /** Positions and sizes that do not reach the edge are multiples of these, so that chroma stays whole: 1 or 2. */
  readonly grid: readonly [across: number, down: number];
}

export interface Placement {
  /** Part of the source that is shown, in its pixels. */
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Size that part is brought to, and where it lies in the target. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Places `source` in `target`. Centred; what does not divide evenly goes to the right and the bottom. */
export function placementOf(source: Side, target: Side, fit: Fit): Placement {
  const [acrossSource, downSource] = source.grid;
  const [across, down] = target.grid;
  let [cropWidth, cropHeight] = [source.width, source.height];
  let [width, height] = [target.width, target.height];
  const shape = source.pixelAspect / target.pixelAspect; // widths of the source in pixels of the target, at one height
  if (fit === 'contain') {
    const scale = Math.min(width / (source.width * shape), height / source.height);
    width = inSteps(source.width * shape * scale, across, width);
    height = inSteps(source.height * scale, down, height);
  } else if (fit === 'cover') {
    const scale = Math.max(width / (source.width * shape), height / source.height);
    cropWidth = inSteps(width / (shape * scale), acrossSource, cropWidth);
    cropHeight = inSteps(height / scale, downSource, cropHeight);
  } else if (fit === 'none') {
    cropWidth = width = unscaled(cropWidth, width, Math.max(acrossSource, across));
    cropHeight = height = unscaled(cropHeight, height, Math.max(downSource, down));
  }
  return {
    crop: {
      x: middle(source.width - cropWidth, acrossSource),
      y: middle(source.height - cropHeight, downSource),
      width: cropWidth,
      height: cropHeight,
    },
    x: middle(target.width - width, across),
    y: middle(target.height - height, down),
    width,
    height,
  };
}

/** The multiple of `step` nearest to a length, or `whole`, which is the most. */
function inSteps(length: number, step: number, whole: number): number {
  const stepped = Math.max(step, Math.round(length / step) * step);
  return stepped >= whole || whole - length < step / 2 ? whole : stepped;
}

/** The length that both have; where it cuts or leaves a bar, a multiple of `step`. */
function unscaled(source: number, target: number, step: number): number {
  const length = Math.min(source, target);
  return source === target ? length : Math.max(step, length - (length % step));
}

const middle = (room: number, step: number): number => Math.floor(room / 2 / step) * step;
