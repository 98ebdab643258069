// Routes of jobs: asking for one, looking, acting.
import { hasEnded } from '../../api/job.ts';
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';
import { orderOf } from '../order.ts';

type Names = 'submit' | 'jobs' | 'job' | 'events' | 'act' | 'move' | 'record';

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
  act: ({ path }) => door.jobs.act(path.id, path.action),
  move: ({ path, body }) => door.jobs.move(path.id, body.before),
  record: ({ path }) => door.jobs.record(path.id),
});
