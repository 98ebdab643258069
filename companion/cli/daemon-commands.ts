// Declares `inbetween serve|open|status|stop|jobs|pair|guests|roots|presets|repro|watch`. Each loads what it needs when it is used.
import type { Command } from 'commander';
import type { Client } from '../api/client.ts';
import { jobActions } from '../api/wire.ts';
import { verbs } from '../jobs/run.ts';
import { addFlags, choice, seconds, wholeNumber } from './flags.ts';
import type { ProgramOptions } from './program.ts';
import type { ServeOptions } from './serve.ts';

const verbName = (): string => verbs[0]!.name;
const jobWords: Readonly<Record<(typeof jobActions)[number], string>> = {
  cancel: 'Ends jobs; nothing of them is left behind.',
  pause: 'Stops jobs where they are; without an id, the queue as a whole.',
  resume: 'Lets paused jobs go on; without an id, the queue as a whole.',
  retry: 'Puts jobs that failed or were cancelled in the queue again.',
  duplicate: 'Asks for the same again, as a new job.',
};

/** Adds the commands. */
export function addDaemon(program: Command, { worker, ended }: ProgramOptions): void {
  const plain = (parent: Command, words: string, summary: string): Command =>
    parent
      .command(words, { isDefault: parent !== program && words === 'list' })
      .summary(summary)
      .description(summary);
  const add = (parent: Command, words: string, summary: string): Command =>
    plain(parent, words, summary)
      .option('--json', 'JSON on stdout')
      .option('--verbose', 'with an error, where it came from');
  /** Runs with the daemon; `start`: one is started where none is there. */
  const talk = async (start: boolean, act: (client: Client) => Promise<number>): Promise<void> => {
    const [{ withDaemon }, { connectDaemon, demandDaemon }] = await Promise.all([
      import('./door.ts'),
      import('./daemon.ts'),
    ]);
    ended(await withDaemon(act, start ? connectDaemon : demandDaemon));
  };
  const group = (name: string, summary: string): Command => program.command(name).summary(summary).description(summary);

  plain(program, 'serve', 'Runs the daemon: the queue, and the door for guests.')
    .option('--json', 'address and process as JSON on stdout')
    .option('--verbose', 'the log goes to stderr; with an error, where it came from')
    .option(
      '--port <number>',
      'port to answer at; 0 is any (default: the first free one from 47600 to 47619)',
      wholeNumber(0, 65535),
    )
    .option('--workers <number>', 'jobs at once', wholeNumber(1, 64))
    .option('--listen <address>', 'refused: the daemon answers this machine alone')
    .option('--until-idle', 'end when nothing waits or runs and no guest is there')
    .action(async (options: Omit<ServeOptions, 'worker'>) => {
      const { serve } = await import('./serve.ts');
      ended(await serve({ ...options, worker }));
    });
  add(program, 'open', 'Opens the page of the daemon in the browser.')
    .option('--no-browser', 'only say the address')
    .action(({ browser, json }: { browser: boolean; json?: boolean }) =>
      talk(true, async (client) => (await import('./door.ts')).openPage(client, { browser, json: json === true })),
    );
  add(program, 'status', 'Says whether the daemon runs, and how long its queue is.').action(
    async ({ json }: { json?: boolean }) => ended(await (await import('./door.ts')).status(undefined, json === true)),
  );
  add(program, 'stop', 'Ends the daemon. Jobs that run go on when it starts again.').action(
    async ({ json }: { json?: boolean }) => ended(await (await import('./door.ts')).stop(undefined, json === true)),
  );

  add(program, 'verbs', 'Lists what jobs can be asked for; --json with the schema of every parameter.').action(
    ({ json }: { json?: boolean }) =>
      talk(true, async (client) => (await import('./door.ts')).listVerbs(client, json === true)),
  );
  add(program, 'picture <clip>', 'Saves a frame of a clip, or a strip of frames, as JPEG.')
    .option('--at <seconds>', 'which frame (default: 0)', seconds)
    .option('--strip <frames>', 'so many frames of the whole clip side by side', wholeNumber(1, 60))
    .option('--width <pixels>', 'of each frame (default: 320)', wholeNumber(16, 2000))
    .option('-o, --output <path>', 'default: beside the clip')
    .option('--force', 'replace a file that is there already')
    .action((clip: string, options) =>
      talk(true, async (client) => (await import('./picture.ts')).savePicture(client, clip, options)),
    );

  const jobs = group('jobs', 'Lists jobs, and says what is to happen to them.');
  add(jobs, 'list', 'Lists jobs, newest first.')
    .addOption(choice('--state <state>', 'only these', ['waiting', 'running', 'ended', 'all']))
    .option('--limit <number>', 'at most so many', wholeNumber(1, 500))
    .option('--after <mark>', 'the next page, by the mark that the page before gave')
    .action((options) => talk(true, async (client) => (await import('./jobs.ts')).listJobs(client, options)));
  add(jobs, 'show <id>', 'Says all of one job.')
    .option('--record', 'from what and how its result was made, as JSON')
    .action((id: string, { json, record }: { json?: boolean; record?: boolean }) =>
      talk(true, async (client) => {
        const { showJob, showRecord } = await import('./jobs.ts');
        return record ? showRecord(client, id) : showJob(client, id, json === true);
      }),
    );
  add(jobs, 'follow <ids...>', 'Shows jobs until they have ended; the exit code is theirs.')
    .option('--json-lines', 'every event as a line of JSON on stdout')
    .option('--quiet', 'no progress on stderr')
    .action((ids: string[], options) =>
      talk(true, async (client) => (await import('./jobs.ts')).followJobs(client, ids, options)),
    );
  add(jobs, 'events <id>', 'Says what became of a job, event by event.')
    .option('--since <number>', 'only those after this one', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .action((id: string, { since, json }: { since?: number; json?: boolean }) =>
      talk(true, async (client) => (await import('./jobs.ts')).listEvents(client, id, since ?? 0, json === true)),
    );
  add(
    jobs,
    'submit <file>',
    'Asks for a job that is written as JSON, as the submit route takes it; - is standard input.',
  ).action((file: string, { json }: { json?: boolean }) =>
    talk(true, async (client) => (await import('./submit.ts')).submitFile(client, file, json === true)),
  );
  for (const action of jobActions) {
    const whole = action === 'pause' || action === 'resume';
    add(jobs, `${action} ${whole ? '[ids...]' : '<ids...>'}`, jobWords[action]).action(
      (ids: string[], { json }: { json?: boolean }) =>
        talk(true, async (client) => {
          const { actOn, setQueuePaused } = await import('./jobs.ts');
          if (ids.length === 0) return setQueuePaused(client, action === 'pause', json === true);
          return actOn(client, ids, action, json === true);
        }),
    );
  }
  add(jobs, 'move <id>', 'Puts a waiting job last, or before another.')
    .option('--before <id>', 'before this one')
    .action((id: string, { before, json }: { before?: string; json?: boolean }) =>
      talk(true, async (client) => (await import('./jobs.ts')).moveJob(client, id, before ?? null, json === true)),
    );

  add(program, 'pair [digits]', 'Says which guests want to be let in; with their six digits, lets one in.').action(
    (digits: string | undefined, { json }: { json?: boolean }) =>
      talk(false, async (client) => (await import('./door.ts')).pair(client, digits, json === true)),
  );
  const guests = group('guests', 'Lists the guests that were let in, and takes that back.');
  add(guests, 'list', 'Lists paired guests.').action(({ json }: { json?: boolean }) =>
    talk(true, async (client) => (await import('./door.ts')).listGuests(client, json === true)),
  );
  add(guests, 'remove <ids...>', 'Takes the tokens of guests back, at once.').action(
    (ids: string[], { json }: { json?: boolean }) =>
      talk(true, async (client) => (await import('./door.ts')).removeGuests(client, ids, json === true)),
  );
  const roots = group('roots', 'Folders that guests may use.');
  add(roots, 'list', 'Lists the folders guests may use.').action(({ json }: { json?: boolean }) =>
    talk(true, async (client) => (await import('./door.ts')).listRoots(client, json === true)),
  );
  add(roots, 'add <folder>', 'Opens a folder to guests.')
    .option('--name <name>', 'what guests call it')
    .option('--write', 'guests may also have results written there')
    .action((folder: string, options) =>
      talk(true, async (client) => (await import('./door.ts')).addRoot(client, folder, options)),
    );
  add(roots, 'remove <ids...>', 'Closes folders to guests. Nothing in them is touched.').action(
    (ids: string[], { json }: { json?: boolean }) =>
      talk(true, async (client) => (await import('./door.ts')).removeRoots(client, ids, json === true)),
  );
  add(roots, 'files <id> [folder]', 'Lists what a guest sees in a root.').action(
    (id: string, folder: string | undefined, { json }: { json?: boolean }) =>
      talk(true, async (client) => (await import('./door.ts')).listFiles(client, id, folder ?? '', json === true)),
  );

  const presets = group('presets', 'Parameters of a verb under a name, for --preset.');
  const shelf = async () => {
    const all = await import('./presets.ts');
    return { ...all, own: all.ownPresets() };
  };
  add(presets, 'list', 'Lists presets.').action(async ({ json }: { json?: boolean }) => {
    const { listPresets, own } = await shelf();
    ended(listPresets(own, json === true));
  });
  add(presets, 'show <name>', 'Says what a preset holds.').action(
    async (name: string, { json }: { json?: boolean }) => {
      const { showPreset, own } = await shelf();
      ended(showPreset(own, name, json === true));
    },
  );
  const save = presets
    .command('save')
    .summary('Keeps parameters under a name.')
    .description('Keeps parameters under a name; one of that verb and name is replaced.');
  for (const verb of verbs) {
    const command = add(save, `${verb.name} <name>`, `Keeps parameters of ${verb.name} under a name.`);
    addFlags(command, verb.params);
    command.action(async (name: string, options: Record<string, unknown>) => {
      const { savePreset, own } = await shelf();
      ended(savePreset(own, name, verb.name, options, options.json === true));
    });
  }
  add(presets, 'remove <name>', 'Forgets a preset of yours.').action(
    async (name: string, { json }: { json?: boolean }) => {
      const { removePreset, own } = await shelf();
      ended(removePreset(own, name, json === true));
    },
  );
  plain(presets, 'export [names...]', 'Writes your presets, or those named, as JSON to stdout.').action(
    async (names: string[]) => {
      const { exportPresets, own } = await shelf();
      ended(exportPresets(own, names));
    },
  );
  add(presets, 'import <file>', 'Takes presets over that were exported.').action(
    async (file: string, { json }: { json?: boolean }) => {
      const { importPresets, own } = await shelf();
      ended(importPresets(own, file, json === true));
    },
  );

  add(
    program,
    'repro <result>',
    'Says the command that makes a result again, and whether the result and its inputs are still what they were; takes a result, its record or a job.',
  ).action(async (result: string, { json }: { json?: boolean }) => {
    const [{ repro }, { recordOf, recordOfJob }] = await Promise.all([import('./repro.ts'), import('./door.ts')]);
    ended(await repro(result, json === true, { ofResult: recordOf, ofJob: recordOfJob }));
  });
  plain(
    program,
    'watch <folder>',
    'Makes a job of every clip, and of every job as JSON, that is dropped into a folder.',
  )
    .addOption(
      choice(
        '--verb <name>',
        `what is done with clips (default: ${verbName()})`,
        verbs.filter(({ inputs }) => inputs === 1).map(({ name }) => name),
      ),
    )
    .option('--preset <name>', 'parameters for clips')
    .option('-o, --output <folder>', 'where results go (default: the folder results in it)')
    .option('--settle <seconds>', 'a file must have stopped growing for so long (default: 2)', seconds)
    .option('--poll', 'look again and again, for network shares that tell of no change')
    .option('--json-lines', 'every status as a line of JSON on stdout')
    .option('--quiet', 'say nothing on stderr but errors')
    .option('--verbose', 'with an error, where it came from')
    .action(async (folder: string, options) => {
      const { watchUntilStopped } = await import('./watch-command.ts');
      ended(await watchUntilStopped(folder, options));
    });
}
