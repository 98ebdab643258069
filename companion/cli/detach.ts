// A verb with --detach: the jobs are left to the daemon, and only their ids come back.
import type { Client } from '../api/client.ts';
import type { Operation } from '../api/operation.ts';
import type { JobView } from '../api/wire.ts';
import { connected, submissionOf } from './guest.ts';
import { jobsFor, type VerbOptions } from './requests.ts';
import { data, say } from './terminal.ts';

/**
 * Asks for the jobs and leaves: their ids go to stdout.
 * @throws CompanionError as `jobsFor`, and what the daemon says of the first job it refuses
 */
export async function detach(
  verb: Operation,
  files: readonly string[],
  params: Record<string, unknown>,
  options: VerbOptions,
  connect: () => Promise<Client> = connected,
): Promise<number> {
  const requests = jobsFor(verb, files, params, options);
  const client = await connect();
  try {
    const jobs: JobView[] = [];
    for (const request of requests) {
      const view = await client.call('submit', { body: submissionOf(request, options.priority) });
      jobs.push(view);
      if (options.jsonLines) data(JSON.stringify(view));
      else if (!options.json) data(view.id);
    }
    if (options.json) data(JSON.stringify({ verb: verb.name, exit: 0, jobs }, null, 2));
    else if (!options.quiet && !options.jsonLines)
      say(`${jobs.length === 1 ? 'It goes' : 'They go'} on without this command; "inbetween jobs" says how far.`);
    return 0;
  } finally {
    client.close();
  }
}
