// Routes of the daemon itself: who it is, what it can do, whether it is well, and its end.
import process from 'node:process';
import { z } from 'zod';
import { openApi } from '../../api/openapi.ts';
import { protocol } from '../../api/wire.ts';
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';

export const daemonRoutes = (door: Door): Handlers<'hello' | 'verbs' | 'openapi' | 'doctor' | 'stop'> => ({
  hello: ({ holder: { scope } }) => ({
    product: 'inbetween',
    version: door.version,
    protocol,
    startedAt: door.startedAt,
    pid: process.pid,
    scope,
  }),
  verbs: () =>
    door.verbs.map(({ name, title, summary, inputs, output, plan, params }) => ({
      name,
      title,
      summary,
      inputs,
      output: output ?? null,
      plans: plan !== undefined,
      params: z.toJSONSchema(params, { io: 'input' }),
    })),
  openapi: () => openApi(door.version),
  doctor: () => door.doctor(),
  stop({ after }) {
    after(door.stop);
    return {};
  },
});
