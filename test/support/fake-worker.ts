// A worker with the fake engine. INBETWEEN_FAKE_MS slows it down; INBETWEEN_FAKE_CRASH ends it with a signal at that render.
import { serve } from '../../companion/jobs/serve.ts';
import { openFakeEngine } from './fake-engine.ts';

const crashAt = Number(process.env.INBETWEEN_FAKE_CRASH ?? 0);
let renders = 0;

serve(() =>
  openFakeEngine({
    delayMs: Number(process.env.INBETWEEN_FAKE_MS ?? 0),
    onRender: () => {
      if (++renders === crashAt) process.kill(process.pid, 'SIGSEGV');
    },
  }),
);
