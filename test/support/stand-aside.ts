// A test that cannot be made here says why, and is counted as skipped.

/** Skips the test (or in `before`, its suite) and prints the reason. */
export function standAside(test: Mocha.Context, reason: string): never {
  console.log(`      stands aside: ${reason}`);
  return test.skip();
}

/** For what Windows does otherwise. */
export function notOnWindows(test: Mocha.Context, reason: string): void {
  if (process.platform === 'win32') standAside(test, `on Windows ${reason}`);
}
