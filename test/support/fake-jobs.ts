// A working queue in memory for tests of the door and of guests: jobs wait until the test says what becomes of them.
import { randomBytes } from 'node:crypto';
import { CompanionError } from '../../companion/api/errors.ts';
import { hasEnded, type JobState } from '../../companion/api/job.ts';
import type { JobAction, JobView, WireEvent } from '../../companion/api/wire.ts';
import type { JobList, JobOrder, Jobs } from '../../companion/jobs/jobs.ts';

interface Kept {
  view: JobView;
  readonly order: JobOrder;
  readonly events: WireEvent[];
}

/** States an action is for, and what it leads to. */
const actions: Readonly<Record<Exclude<JobAction, 'duplicate'>, readonly [readonly JobState['state'][], JobState]>> = {
  cancel: [['queued', 'running', 'verifying', 'paused'], { state: 'cancelled' }],
  pause: [['queued', 'running', 'verifying'], { state: 'paused', why: 'asked', notes: [] }],
  resume: [['paused'], { state: 'queued' }],
  retry: [['failed', 'cancelled'], { state: 'queued' }],
};

export class FakeJobs implements Jobs {
  /** Every order that was taken, in order. */
  readonly orders: JobOrder[] = [];
  /** Guests that were said to be gone. */
  readonly gone: string[] = [];
  /** Jobs whose guests were said to be there again. */
  readonly back: string[] = [];
  readonly #jobs = new Map<string, Kept>();
  /** Ids of those that wait, first to go first. */
  #line: string[] = [];
  readonly #listeners = new Set<(event: WireEvent) => void>();
  #idle: (() => void)[] = [];
  #paused = false;

  submit(order: JobOrder): JobView {
    this.orders.push(order);
    const same = [...this.#jobs.values()].find(
      ({ view, order: { attachedTo: _, ...other } }) =>
        !hasEnded(view.job) && JSON.stringify(other) === JSON.stringify({ ...order, attachedTo: undefined }),
    );
    if (same) return this.get(same.view.id);
    const id = `j${randomBytes(12).toString('hex')}`;
    const { verb, inputs, params, output, force, dryRun, priority } = order;
    const view: JobView = {
      ...{ id, verb, inputs: [...inputs], params: { ...params }, output, force, dryRun, priority, place: null },
      ...{ attempts: 0, createdAt: Date.now(), startedAt: null, endedAt: null, seq: 0, job: { state: 'queued' } },
    };
    this.#jobs.set(id, { view, order, events: [] });
    this.#line.push(id);
    this.become(id, { state: 'queued' });
    return this.get(id);
  }

  /** What the test wants a job to be; everybody hears of it. */
  become(id: string, job: JobState): void {
    const kept = this.#kept(id);
    const at = Date.now();
    const waits = job.state === 'queued';
    const starts = job.state === 'running' && kept.view.job.state === 'queued';
    this.#line = this.#line.filter((each) => each !== id || waits);
    if (waits && !this.#line.includes(id)) this.#line.push(id);
    kept.view = {
      ...kept.view,
      job,
      seq: kept.view.seq + 1,
      attempts: kept.view.attempts + (starts ? 1 : 0),
      startedAt: kept.view.startedAt ?? (starts ? at : null),
      endedAt: hasEnded(job) ? at : null,
    };
    const event: WireEvent = { id, seq: kept.view.seq, at, job: this.get(id) };
    kept.events.push(event);
    for (const hear of this.#listeners) hear(event);
    if (this.#isIdle()) for (const resolve of this.#idle.splice(0)) resolve();
  }

  list({ state, limit, after }: JobList): { jobs: JobView[]; next: string | null; total: number } {
    const group = ({ job }: JobView): JobList['state'] =>
      job.state === 'running' || job.state === 'verifying' ? 'running' : hasEnded(job) ? 'ended' : 'waiting';
    const all = [...this.#jobs.keys()].map((id) => this.get(id)).reverse();
    const found = all.filter((view) => state === 'all' || group(view) === state);
    const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
    const jobs = found.slice(from, from + limit);
    return { jobs, next: from + limit < found.length ? jobs.at(-1)!.id : null, total: found.length };
  }

  get(id: string): JobView {
    const { view } = this.#kept(id);
    const place = this.#line.indexOf(id);
    return { ...view, place: place < 0 ? null : place };
  }

  events(id: string, since: number): { events: WireEvent[]; job: JobView } {
    return { events: this.#kept(id).events.filter(({ seq }) => seq > since), job: this.get(id) };
  }

  act(id: string, action: JobAction): JobView {
    const { view, order } = this.#kept(id);
    if (action === 'duplicate') return this.submit({ ...order, priority: order.priority, attachedTo: null });
    const [from, to] = actions[action];
    if (!from.includes(view.job.state)) throw new CompanionError('JOB_NOT_SO', { id, state: view.job.state, action });
    this.become(id, to);
    return this.get(id);
  }

  move(id: string, before: string | null): JobView {
    const { view } = this.#kept(id);
    const others = this.#line.filter((each) => each !== id);
    const at = before === null ? others.length : others.indexOf(before);
    if (!this.#line.includes(id) || at < 0)
      throw new CompanionError('JOB_NOT_SO', { id, state: view.job.state, action: 'move' });
    this.#line = others.toSpliced(at, 0, id);
    return this.get(id);
  }

  record(id: string): Record<string, unknown> {
    const { view } = this.#kept(id);
    if (view.job.state !== 'done')
      throw new CompanionError('JOB_NOT_SO', { id, state: view.job.state, action: 'record' });
    return { verb: view.verb, params: view.params };
  }

  queue(): { paused: boolean; waiting: number; running: number } {
    const running = this.list({ state: 'running', limit: 1 }).total;
    return { paused: this.#paused, waiting: this.#line.length, running };
  }

  setPaused(paused: boolean): { paused: boolean; waiting: number; running: number } {
    this.#paused = paused;
    return this.queue();
  }

  guestGone(id: string, guest: string): void {
    this.gone.push(guest);
    const { view, order } = this.#kept(id);
    if (order.attachedTo === guest && !hasEnded(view.job)) this.become(id, { state: 'cancelled' });
  }

  attached(): { id: string; guests: string[] }[] {
    return [...this.#jobs.values()].flatMap(({ view, order }) =>
      order.attachedTo !== null && !hasEnded(view.job) ? [{ id: view.id, guests: [order.attachedTo] }] : [],
    );
  }

  guestBack(id: string): void {
    this.back.push(id);
  }

  async settled(): Promise<void> {}

  onEvent(hear: (event: WireEvent) => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  idle(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : new Promise((resolve) => void this.#idle.push(resolve));
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #isIdle(): boolean {
    const { paused, waiting, running } = this.queue();
    return running === 0 && (paused || waiting === 0);
  }

  #kept(id: string): Kept {
    const kept = this.#jobs.get(id);
    if (!kept) throw new CompanionError('JOB_UNKNOWN', { id });
    return kept;
  }
}
