// Names of reels: eight characters, one for each medium.
import { Clip, type Composition, ExternalReference } from '../../schema/index.ts';
import { isDictionary } from '../../schema/value.ts';
import type { Losses } from '../report.ts';

const LENGTH = 8;
const clean = (name: string): string => name.replace(/[^\w.-]/g, '');

export class Reels {
  readonly #byMedium = new Map<string, string>();
  readonly #taken = new Set(['', 'AX', 'BL']);

  /** The reel of `metadata.cmx_3600`, else one made of the file's name, else `AX`: no reel. */
  of(clip: Clip | Composition, losses: Losses): string {
    const own = isDictionary(clip.metadata.cmx_3600) ? clip.metadata.cmx_3600.reel : undefined;
    if (typeof own === 'string' && clean(own) !== '') {
      const reel = clean(own).slice(0, LENGTH);
      if (reel !== own) losses.add(`The reel '${own}' is written as '${reel}': reels have eight plain characters.`);
      return reel;
    }
    const media = clip instanceof Clip ? clip.mediaReference : null;
    return media instanceof ExternalReference ? this.#derived(media.targetUrl) : 'AX';
  }

  #derived(url: string): string {
    const known = this.#byMedium.get(url);
    if (known !== undefined) return known;
    const file = url
      .split(/[\\/]/)
      .at(-1)!
      .replace(/\.\w+$/, '');
    const stem = clean(file).toUpperCase() || 'REEL';
    let reel = stem.slice(0, LENGTH);
    for (let n = 2; this.#taken.has(reel); n++) reel = `${stem.slice(0, LENGTH - String(n).length)}${n}`;
    this.#taken.add(reel);
    this.#byMedium.set(url, reel);
    return reel;
  }
}
