// What a command says, caught while it runs in this process.

export interface Words {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `act` with stdout and stderr caught; mocha's own lines are not among them as long as one test runs at a time. */
export async function wordsOf<T>(act: () => T | Promise<T>): Promise<Words & { readonly result: T }> {
  const said = { stdout: '', stderr: '' };
  const kept = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string | Uint8Array) => {
      said[name] += String(text);
      return true;
    }) as typeof process.stdout.write;
  try {
    const result = await act();
    return { result, ...said };
  } finally {
    process.stdout.write = kept.stdout;
    process.stderr.write = kept.stderr;
  }
}
