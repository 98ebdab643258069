// Noise that is the same on every machine: a hash of picture and place, in whole numbers.

/** Standard deviation of `noiseAt`: four bytes, each evenly 0 … 255, hence √(4 · (256² − 1) / 12). */
export const noiseDeviation = Math.sqrt((256 * 256 - 1) / 3);

/** Where the noise of a picture begins. */
export const noiseSeed = (picture: number): number => mix(Math.imul(picture + 1, 0x9e3779b1));

/** A whole number −510 … 510, nearly normal, mean 0, white over `place` (whole, from 0). */
export function noiseAt(seed: number, place: number): number {
  const bits = mix((seed + Math.imul(place, 0x9e3779b1)) | 0);
  return (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510;
}

/** The finaliser of MurmurHash3 (A. Appleby): every bit of the word decides about every other. */
function mix(word: number): number {
  let bits = word ^ (word >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
