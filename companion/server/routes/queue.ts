// Routes of the queue as a whole.
import type { QueueView } from '../../api/wire.ts';
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';

export function queueRoutes({ jobs, queueChanged }: Door): Handlers<'queue' | 'pauseQueue' | 'resumeQueue'> {
  const set = (paused: boolean): QueueView => {
    const view = jobs.setPaused(paused);
    queueChanged();
    return view;
  };
  return { queue: () => jobs.queue(), pauseQueue: () => set(true), resumeQueue: () => set(false) };
}
