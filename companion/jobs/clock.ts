// Time as the queue sees it, so that tests can bring their own.
export interface Clock {
  /** Milliseconds since 1970. May jump either way: nothing that must hold is decided by it alone. */
  now(): number;
  /** Calls `act` each `ms` until the returned function is called; does not keep the process alive. */
  every(ms: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  every: (ms, act) => {
    const timer = setInterval(act, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
