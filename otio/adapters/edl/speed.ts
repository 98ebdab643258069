// M2 lines give a speed in frames per second with few decimals; which speed is meant.

/**
 * The speed that `text`, frames per second as an M2 line has them, means at `rate`. Lists at 23.976 or 29.97 count 24 or 30 frames as normal speed, or
 * the rate itself; of what rounds to the text, a whole percentage is taken, else the text as it stands.
 */
export function speedOf(text: string, rate: number): number {
  const perSecond = Number(text);
  const half = 0.5 * 10 ** -(text.split('.')[1]?.length ?? 0);
  for (const normal of [Math.ceil(rate), rate]) {
    const percent = Math.round((100 * perSecond) / normal);
    if (Math.abs((percent / 100) * normal - perSecond) <= half + 1e-9) return percent / 100 + 0;
  }
  return perSecond / Math.ceil(rate) + 0;
}

/** Frames per second of a speed, as an M2 line has them: `048.0`, `-024.0`. */
export function speedText(speed: number, rate: number): string {
  const perSecond = Math.abs(speed * Math.ceil(rate)).toFixed(1);
  return `${speed < 0 ? '-' : ''}${perSecond.padStart(5, '0')}`;
}
