// Routes of jobs: asking for one, looking, acting.
import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded } from '../../api/job.ts';
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';
import { orderOf } from '../order.ts';

type Names = 'submit' | 'jobs' | 'job' | 'events' | 'act' | 'leave' | 'move' | 'record';

/** A cancel is answered after this at the latest. Milliseconds. */
const tidyMs = 10_000;

/** Who cancelled may look at the folder: what was unfinished is gone, unless the system holds it. */
const tidied = (door: Door, id: string): Promise<void> =>
  Promise.race([door.jobs.settled(id), pause(tidyMs, undefined, { ref: false })]);

export const jobRoutes = (door: Door): Handlers<Names> => ({
  submit({ body, holder }) {
    const order = orderOf(body, holder, door);
    const { attachedTo } = body;
    const view = door.jobs.submit({ ...order, attachedTo });
    if (attachedTo !== null && !hasEnded(view.job)) door.attached.attach(view.id, attachedTo, holder.id);
    return view;
  },
  jobs: ({ query }) => door.jobs.list(query),
  job: ({ path }) => door.jobs.get(path.id),
  events: ({ path, query }) => door.jobs.events(path.id, query.since),
  async act({ path: { id, action } }) {
    const view = door.jobs.act(id, action);
    if (action === 'cancel') await tidied(door, id);
    return view;
  },
  async leave({ path: { id }, body: { guest } }) {
    door.jobs.get(id);
    door.attached.forget(id, guest);
    door.jobs.guestGone(id, guest);
    const view = door.jobs.get(id);
    if (view.job.state === 'cancelled') await tidied(door, id);
    return view;
  },
  move: ({ path, body }) => door.jobs.move(path.id, body.before),
  record: ({ path }) => door.jobs.record(path.id),
});
