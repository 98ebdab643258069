// Routes of jobs: asking for one, looking, acting.
import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded } from '../../api/job.ts';
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';
import { orderOf } from '../order.ts';

type Names = 'submit' | 'jobs' | 'job' | 'events' | 'act' | 'move' | 'record';

/** A cancel is answered after this at the latest. Milliseconds. */
const tidyMs = 10_000;

export const jobRoutes = (door: Door): Handlers<Names> => ({
  submit({ body, holder }) {
    const order = orderOf(body, holder, door);
    const guest = body.attached ? door.attached.newGuest() : null;
    const view = door.jobs.submit({ ...order, attachedTo: guest });
    if (guest !== null && !hasEnded(view.job)) door.attached.attach(view.id, guest, holder.id);
    return view;
  },
  jobs: ({ query }) => door.jobs.list(query),
  job: ({ path }) => door.jobs.get(path.id),
  events: ({ path, query }) => door.jobs.events(path.id, query.since),
  async act({ path: { id, action } }) {
    const view = door.jobs.act(id, action);
    // who cancelled may look at the folder: what was unfinished is gone, unless the system holds it
    if (action === 'cancel') await Promise.race([door.jobs.settled(id), pause(tidyMs, null, { ref: false })]);
    return view;
  },
  move: ({ path, body }) => door.jobs.move(path.id, body.before),
  record: ({ path }) => door.jobs.record(path.id),
});
