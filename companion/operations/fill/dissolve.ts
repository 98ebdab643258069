// One picture mixed with another, sample by sample.

/** out = a + (b − a)·weight, rounded to the nearest, of samples of 8 bits or of up to 16 in two bytes. All three are one size; out is neither a nor b. */
export function dissolve(a: Uint8Array, b: Uint8Array, weight: number, out: Uint8Array, depth: number): void {
  if (depth === 8) mix(a, b, weight, out);
  else mix(words(a), words(b), weight, words(out));
}

function mix<Samples extends Uint8Array | Uint16Array>(a: Samples, b: Samples, weight: number, out: Samples): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.round(a[i]! + (b[i]! - a[i]!) * weight);
}

const words = (bytes: Uint8Array): Uint16Array => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
