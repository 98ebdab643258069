// The command run in this process, with what it writes taken apart.

export interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `inbetween` with these words. */
export async function ranHere(...args: string[]): Promise<Ended> {
  const { main } = await import('../../companion/cli/main.ts'); // as the command loads it: mocha would require it, a second copy
  const texts = { stdout: '', stderr: '' };
  const before = new Set([...process.stdout.listeners('error'), ...process.stderr.listeners('error')]);
  const own = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string) => {
      texts[name] += text;
      return true;
    }) as typeof process.stdout.write;
  try {
    return { exit: await main(args), out: texts.stdout, err: texts.stderr };
  } finally {
    for (const name of ['stdout', 'stderr'] as const) process[name].write = own[name];
    for (const name of ['stdout', 'stderr'] as const)
      for (const listener of process[name].listeners('error'))
        if (!before.has(listener)) process[name].off('error', listener as () => void);
  }
}
