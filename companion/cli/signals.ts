// Ctrl-C and its kin, for commands that run until they are told to stop.

/** Resolves at the first of SIGINT, SIGTERM and SIGHUP; a second one ends the process at once. */
export function onStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(130));
      });
    }
  });
}
