// Pictures for tests of the engine: textures of waves that can be moved by any part of a sample.
import { type PictureFormat, pictureBytes, planeShapes } from '../../native/index.ts';

const TAU = 2 * Math.PI;

/** A picture at `time`: every plane a texture that moves `u`, `v` samples of the first plane a unit of time. */
export function movingTexture(format: PictureFormat, time: number, { u = 4, v = 2, seed = 1 } = {}): Uint8Array {
  const bytes = new Uint8Array(pictureBytes(format));
  const view = new DataView(bytes.buffer);
  planeShapes(format).forEach((shape, plane) => {
    const waves = Array.from({ length: 8 }, (_, k) => {
      const angle = TAU * fraction(seed * 7.31 + plane * 3.17 + k * 1.618);
      const length = (plane === 0 ? 12 : 24) * (1 + 2 * fraction(seed * 2.71 + k * 0.7548));
      return { x: (TAU * Math.cos(angle)) / length, y: (TAU * Math.sin(angle)) / length, phase: k * k + seed };
    });
    const sx = format.width / shape.width;
    const sy = format.height / shape.height;
    const scale = 2 ** (format.depth - 8);
    for (let y = 0; y < shape.height; y++)
      for (let x = 0; x < shape.width; x++) {
        const px = (x + 0.5) * sx - 0.5 - u * time;
        const py = (y + 0.5) * sy - 0.5 - v * time;
        let value = 128;
        for (const wave of waves) value += 14 * Math.sin(wave.x * px + wave.y * py + wave.phase);
        const at = y * shape.width + x;
        if (format.depth === 8) bytes[shape.offset + at] = Math.round(value);
        else view.setUint16(shape.offset + 2 * at, Math.round(value * scale), true);
      }
  });
  return bytes;
}

/** A large picture quickly: bytes of a ramp folded over itself, moved by whole samples. */
export function quickPicture(format: PictureFormat, shift: number): Uint8Array {
  const bytes = new Uint8Array(pictureBytes(format));
  for (const { width, height, offset } of planeShapes(format))
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = x - shift + 4096;
        bytes[offset + y * width + x] = 64 + ((((at * at) >> 7) + ((y * y) >> 6) + ((at * y) >> 8)) % 128);
      }
  return bytes;
}

const fraction = (value: number): number => value - Math.floor(value);
