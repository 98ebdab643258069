// Things by what they are called.

/** Those with one key together, in order; what has none is left out. */
export function grouped<T>(things: readonly T[], key: (thing: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const name = key(thing);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [thing]);
    else group.push(thing);
  }
  return groups;
}
