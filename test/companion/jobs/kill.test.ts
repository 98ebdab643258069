// The whole queue is killed at random moments, its workers too: what was acknowledged gets done, with the bytes of an undisturbed run, and nothing else is left.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord, recordBeside } from '../../../companion/jobs/beside.ts';
import { lattice } from '../../fixtures/noise.ts';
import { allGone, processesKnown, processesNaming, treeOf } from '../../support/journey.ts';
import { programFile } from '../../support/programs.ts';
import { type Bench, openBench } from '../../support/queue.ts';
import { standAside } from '../../support/stand-aside.ts';

const lives = 7;
/** A job may lose two workers and go on; jobs share the kills. */
const workerKills = 2;

describe('queue: killed at random', () => {
  let bench: Bench;
  before(function () {
    if (!processesKnown) standAside(this, 'processes cannot be listed here');
    bench = openBench();
  });
  after(() => bench?.clear());

  interface Life {
    readonly child: ChildProcess;
    /** Everything it said, once it has ended. */
    readonly said: Promise<string[]>;
  }
  function live(inputs: readonly string[]): Life {
    const child = spawn(process.execPath, [programFile('queue-process'), bench.home, ...inputs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    const said = new Promise<string[]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve(text.split('\n').slice(0, -1)));
    });
    return { child, said };
  }

  it('every acknowledged job ends as it should', async () => {
    const seed = Date.now() % 2 ** 31;
    const random = (n: number): number => lattice(n, 0, 0, seed);
    const script = (n: number): string => bench.script(`${n}.json`, { frames: 20 + n, frameMs: 8, seed: n });
    const inputs = Array.from({ length: lives }, (_, n) => script(n));
    const acknowledged = new Set<string>();
    let kills = 0;
    for (let round = 0; round < lives; round++) {
      const { child, said } = live([inputs[round]!]);
      await new Promise((resolve) => setTimeout(resolve, 600 + random(round * 3) * 1400));
      const workers = processesNaming(bench.home).filter((line) => line.includes('scripted-worker'));
      const [line] = workers;
      if (random(round * 3 + 1) < 0.4 && kills < workerKills && line !== undefined) {
        kills++;
        try {
          process.kill(-Number.parseInt(line, 10), 'SIGKILL');
        } catch {
          // it ended by itself
        }
        await new Promise((resolve) => setTimeout(resolve, random(round * 3 + 2) * 500));
      }
      child.kill('SIGKILL');
      for (const words of await said) if (words.startsWith('j')) acknowledged.add(words.split(' ')[1]!);
    }
    const last = await live([]).said;
    const why = `seed ${seed}`;
    assert.equal(last.at(-1), 'idle', why);
    await allGone(bench.home);
    const jobs = bench.open({ atOnce: 0 });
    const all = jobs.list({ state: 'all', limit: 100 }).jobs;
    for (const input of acknowledged)
      assert.ok(
        all.some((job) => job.inputs[0] === input),
        `${input} is lost, ${why}`,
      );
    const wanted: string[] = inputs.map((input) => path.basename(input));
    for (const {
      inputs: [input],
      job,
      id,
    } of all) {
      assert.equal(job.state, 'done', `${input}: ${JSON.stringify(job)}, ${why}`);
      const text = readFileSync(input!, 'utf8');
      const { frames } = JSON.parse(text) as { frames: number };
      const lines = Array.from({ length: frames }, (_, frame) =>
        createHash('sha256').update(`${text} false ${frame}`).digest('hex'),
      );
      const bytes = `${lines.join('\n')}\n`;
      const result = `${input!.slice(0, -5)}.out`;
      assert.equal(readFileSync(result, 'utf8'), bytes, `${result}, ${why}`);
      const { sha256 } = jobs.record(id).output as { sha256: string };
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
      const record = readRecord(recordBeside(result));
      assert.deepEqual([record?.job, record?.output?.sha256], [id, sha256], `the record of ${result}, ${why}`);
      wanted.push(path.basename(result), path.basename(recordBeside(result)));
    }
    assert.deepEqual(treeOf(bench.clips), wanted.sort(), why);
    assert.deepEqual(treeOf(path.join(bench.folders.data, 'jobs')), [], why);
    console.log(`      ${acknowledged.size} acknowledged in ${lives} lives, ${kills} workers killed, seed ${seed}`);
  });
}).timeout(120_000);
