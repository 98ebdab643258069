// How different two colours, and two pictures, look: CIEDE2000.

/** Mean and 95th percentile of ΔE2000 over a picture. About 1 is just seen side by side. */
export interface ColourDifference {
  readonly mean: number;
  readonly p95: number;
}

const degrees = Math.PI / 180;
const chromaHalf = 25 ** 7;
const seventh = (c: number): number => (c * c * c) ** 2 * c;

/**
 * ΔE2000 of two CIE L*a*b* colours with kL = kC = kH = 1. Sharma, Wu, Dalal: "The CIEDE2000 color-difference formula: implementation notes, supplementary test
 * data, and mathematical observations", Color Research and Application 30 (2005); numbers in brackets are its equations.
 */
export function ciede2000(l1: number, a1: number, b1: number, l2: number, a2: number, b2: number): number {
  const c7 = seventh((Math.sqrt(a1 * a1 + b1 * b1) + Math.sqrt(a2 * a2 + b2 * b2)) / 2); // (2), (3)
  const stretch = 1.5 - 0.5 * Math.sqrt(c7 / (c7 + chromaHalf)); // 1 + G, (4), (5)
  const [u1, u2] = [stretch * a1, stretch * a2];
  const [c1, c2] = [Math.sqrt(u1 * u1 + b1 * b1), Math.sqrt(u2 * u2 + b2 * b2)]; // (6)
  const [h1, h2] = [Math.atan2(b1, u1), Math.atan2(b2, u2)]; // (7), in −π … π
  const gray = c1 * c2 === 0;

  let turn = gray ? 0 : h2 - h1; // (10)
  if (turn > Math.PI) turn -= 2 * Math.PI;
  else if (turn < -Math.PI) turn += 2 * Math.PI;
  const dL = l2 - l1; // (8)
  const dC = c2 - c1; // (9)
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin(turn / 2); // (11)

  const l = (l1 + l2) / 2; // (12)
  const c = (c1 + c2) / 2; // (13)
  const h = gray ? h1 + h2 : meanHue(h1, h2); // (14)
  const t =
    1 -
    0.17 * Math.cos(h - 30 * degrees) +
    0.24 * Math.cos(2 * h) +
    0.32 * Math.cos(3 * h + 6 * degrees) -
    0.2 * Math.cos(4 * h - 63 * degrees); // (15)
  const cold = ((h < 0 ? h + 2 * Math.PI : h) / degrees - 275) / 25;
  const cm7 = seventh(c);
  const rotation = 2 * Math.sqrt(cm7 / (cm7 + chromaHalf)) * Math.sin(60 * degrees * Math.exp(-cold * cold)); // −RT: (16), (17), (21)
  const middle = (l - 50) ** 2;
  const eL = dL / (1 + (0.015 * middle) / Math.sqrt(20 + middle)); // (18)
  const eC = dC / (1 + 0.045 * c); // (19)
  const eH = dH / (1 + 0.015 * c * t); // (20)
  return Math.sqrt(Math.max(0, eL * eL + eC * eC + eH * eH - rotation * eC * eH)); // (22)
}

/** The mean on the shorter way round, for angles in −π … π. Where both ways are as long: the one that angles in 0 … 2π would give. */
function meanHue(h1: number, h2: number): number {
  const [p, q] = [h1 < 0 ? h1 + 2 * Math.PI : h1, h2 < 0 ? h2 + 2 * Math.PI : h2];
  const sum = p + q;
  if (Math.abs(p - q) <= Math.PI) return sum / 2;
  return (sum < 2 * Math.PI ? sum + 2 * Math.PI : sum - 2 * Math.PI) / 2;
}

/** ΔE2000 of two pictures of one size, cell by cell; both [cells × 3] as `labOf` gives them. */
export function colourDifference(a: Float32Array, b: Float32Array): ColourDifference {
  const differences = new Float32Array(a.length / 3);
  let sum = 0;
  for (let i = 0, at = 0; i < differences.length; i++, at += 3) {
    const difference = ciede2000(a[at]!, a[at + 1]!, a[at + 2]!, b[at]!, b[at + 1]!, b[at + 2]!);
    differences[i] = difference;
    sum += difference;
  }
  differences.sort();
  return { mean: sum / differences.length, p95: differences[Math.ceil(differences.length * 0.95) - 1]! };
}
