// What time it is, for everything at the door that expires. Tests bring a clock of their own.

/** Milliseconds since 1970. */
export type Clock = () => number;

/** Whether `key` asks more often than it may: `burst` at once, and as many again each `perMs`. Forgets keys that are at rest. */
export interface Rate {
  /** Milliseconds until it may ask again; 0: it may, and this was counted. */
  take(key: string): number;
}

/** A bucket for each key, which fills evenly. */
export function openRate(burst: number, perMs: number, clock: Clock): Rate {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key) {
      const at = clock();
      if (buckets.size > 1000)
        for (const [other, bucket] of buckets) if (at - bucket.at >= perMs) buckets.delete(other);
      const bucket = buckets.get(key) ?? { left: burst, at };
      const left = Math.min(burst, bucket.left + (Math.max(0, at - bucket.at) * burst) / perMs);
      const taken = left >= 1;
      buckets.set(key, { left: taken ? left - 1 : left, at });
      return taken ? 0 : Math.ceil(((1 - left) * perMs) / burst);
    },
  };
}
