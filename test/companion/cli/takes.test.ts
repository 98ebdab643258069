// `inbetween takes` and `revert` where slots have several takes of several jobs: what is chosen, what goes, and what stays as it was.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { read, type Timeline, write } from '../../../otio/index.ts';
import {
  clip,
  fillIn,
  frames,
  gap,
  info,
  JOB,
  OTHER_JOB,
  range,
  timeline,
  track,
  trackOf,
} from '../../otio/fill/support.ts';
import { type Ended, ranHere } from '../../support/in-process.ts';

const THIRD_JOB = '33333333-0000-4000-8000-000000000000';

let folder: string;
const at = (name: string): string => path.join(folder, name);
const run = (...words: string[]): Promise<Ended> =>
  ranHere(...words.map((word) => (word.endsWith('.otio') ? at(word) : word)));
const put = (name: string, on: Timeline): void => writeFileSync(at(name), write(on));
const textIn = (name: string): string => write(read(readFileSync(at(name))).root);

/** Two gaps on one track, one on another. */
const bare = (): Timeline =>
  timeline(
    [
      track(clip('A', 100, 50), gap(30), clip('B', 10, 40), gap(10), clip('C', 0, 20)),
      track(clip('D', 20, 60), gap(20), clip('E', 30, 60)),
    ],
    frames(86400),
  );
const slots = { first: [0, range(50, 30)], second: [0, range(120, 10)], above: [1, range(60, 20)] } as const;

/** Puts a take into a slot, over the ones that are there. */
function fill(on: Timeline, slot: keyof typeof slots, job: string, media: string): void {
  const [index, where] = slots[slot];
  fillIn(on, { track: trackOf(on, index), range: where }, info('interpolate', job), `/media/${media}.mov`);
}
/** Three takes of three jobs in the first gap, one of the second job in each of the others. */
function filled(): Timeline {
  const on = bare();
  for (const [i, job] of [JOB, OTHER_JOB, THIRD_JOB].entries()) fill(on, 'first', job, `take${i + 1}`);
  fill(on, 'second', OTHER_JOB, 'second');
  fill(on, 'above', OTHER_JOB, 'above');
  return on;
}

interface Told {
  readonly track: string;
  readonly in: number;
  readonly job: string;
  readonly versions: readonly { readonly name: string; readonly active: boolean; readonly job: string | null }[];
}
const takesIn = async (name: string, ...words: string[]): Promise<Told[]> => {
  const { exit, out, err } = await run('takes', name, '--json', ...words);
  assert.equal(exit, 0, err);
  return JSON.parse(out).fills;
};
/** `V1 50: v001 v002* v003` */
const lines = (told: readonly Told[]): string[] =>
  told.map(
    ({ track: label, in: first, versions }) =>
      `${label} ${first}: ${versions.map(({ name, active }) => name + (active ? '*' : '')).join(' ')}`,
  );
const others = ['V1 120: v001*', 'V2 60: v001*'];

describe('inbetween takes: several in a slot, several fills', () => {
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-several-takes-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true });
    put('cut.otio', filled());
    put('bare.otio', bare());
  });

  describe('lists', () => {
    it('all, the last one shown', async () => {
      assert.deepEqual(lines(await takesIn('cut.otio')), ['V1 50: v001 v002 v003*', ...others]);
    });
    it('those that cover a frame, on every track', async () => {
      assert.deepEqual(lines(await takesIn('cut.otio', '--at', '79')), ['V1 50: v001 v002 v003*', 'V2 60: v001*']);
      assert.deepEqual(lines(await takesIn('cut.otio', '--at', '50', '--track', 'V1')), ['V1 50: v001 v002 v003*']);
    });
    it('those of a job, whether its take is shown or not', async () => {
      assert.deepEqual(lines(await takesIn('cut.otio', '--job', JOB)), ['V1 50: v001 v002 v003*']);
      assert.equal((await takesIn('cut.otio', '--job', OTHER_JOB.slice(0, 8))).length, 3);
    });
    it('none of a timeline without fills', async () => {
      assert.deepEqual(await takesIn('bare.otio'), []);
    });
  });

  describe('chooses', () => {
    for (const [word, shown] of [
      ['v001', 'V1 50: v001* v002 v003'],
      ['2', 'V1 50: v001 v002* v003'],
      ['V3', 'V1 50: v001 v002 v003*'],
    ] as const)
      it(`${word}, and nothing else changes`, async () => {
        const { exit, err } = await run('takes', 'cut.otio', '--use', word, '--at', '50', '-o', 'x.otio');
        assert.equal(exit, 0, err);
        assert.deepEqual(lines(await takesIn('x.otio')), [shown, ...others]);
        assert.equal((await run('revert', 'x.otio', '-o', 'back.otio')).exit, 0);
        assert.equal(textIn('back.otio'), write(bare()));
      });
    it('to and fro: the timeline that was', async () => {
      const on = bare();
      fill(on, 'first', JOB, 'take1');
      fill(on, 'first', OTHER_JOB, 'take2');
      put('two.otio', on);
      await run('takes', 'two.otio', '--use', 'v001', '-o', 'one.otio');
      assert.equal((await run('takes', 'one.otio', '--use', 'v002', '-o', 'back.otio')).exit, 0);
      assert.equal(textIn('back.otio'), write(on));
    });
    it('the take of a job by its id', async () => {
      const { exit, err } = await run('takes', 'cut.otio', '--use', 'v001', '--job', JOB, '-o', 'x.otio');
      assert.equal(exit, 0, err);
      assert.deepEqual(lines(await takesIn('x.otio')), ['V1 50: v001* v002 v003', ...others]);
    });
    it('one in a slot, then one more take over it', async () => {
      await run('takes', 'cut.otio', '--use', 'v001', '--at', '50', '-o', 'x.otio');
      const on = read(readFileSync(at('x.otio'))).root as Timeline;
      fill(on, 'first', JOB.replace(/^./, 'f'), 'take4');
      put('x.otio', on);
      assert.deepEqual(lines(await takesIn('x.otio')), ['V1 50: v001 v002 v003 v004*', ...others]);
    });
  });

  describe('reverts', () => {
    it('one job of two, and the other stays as it was', async () => {
      const { exit, out, err } = await run('revert', 'cut.otio', '--job', OTHER_JOB, '-o', 'x.otio', '--json');
      assert.equal(exit, 0, err);
      assert.deepEqual(
        JSON.parse(out).reverted.map(({ track: label, in: first }: Told) => `${label} ${first}`),
        ['V1 120', 'V2 60'],
      );
      assert.deepEqual(lines(await takesIn('x.otio')), ['V1 50: v001 v002 v003*']);
      assert.equal((await run('revert', 'x.otio', '-o', 'back.otio')).exit, 0);
      assert.equal(textIn('back.otio'), write(bare()));
    });
    it('not a job whose take is not shown: that of another one would go', async () => {
      const { exit, err } = await run('revert', 'cut.otio', '--job', JOB, '-o', 'x.otio');
      assert.equal(exit, 2);
      assert.match(err, /FILL_UNKNOWN/);
      assert.ok(!readdirSync(folder).includes('x.otio'));
    });
    it('it when its take was chosen', async () => {
      await run('takes', 'cut.otio', '--use', 'v001', '--at', '50', '-o', 'one.otio');
      assert.equal((await run('revert', 'one.otio', '--job', JOB, '-o', 'x.otio')).exit, 0);
      assert.deepEqual(lines(await takesIn('x.otio')), others);
    });
    it('one track of two', async () => {
      assert.equal((await run('revert', 'cut.otio', '--track', 'V2', '-o', 'x.otio')).exit, 0);
      assert.deepEqual(lines(await takesIn('x.otio')), ['V1 50: v001 v002 v003*', 'V1 120: v001*']);
    });
    it('once: then there is no fill', async () => {
      await run('revert', 'cut.otio', '-o', 'x.otio');
      const { exit, err } = await run('revert', 'x.otio');
      assert.equal(exit, 2);
      assert.match(err, /has no fill/);
    });
  });

  describe('refuses, with nothing written:', () => {
    const refused = (what: string, words: readonly string[], said: RegExp): void => {
      it(what, async () => {
        const before = readdirSync(folder);
        const { exit, err } = await run('takes', ...words);
        assert.equal(exit, 2, err);
        assert.match(err, said);
        assert.deepEqual(readdirSync(folder), before);
      });
    };
    const first = ['cut.otio', '--at', '50', '--use'];
    refused('take 0', [...first, '0'], /has no media 'inbetween:v000'.*FILL_REFUSED/);
    refused('take 4 of three', [...first, '4'], /has no media 'inbetween:v004'/);
    refused('a take below none', [...first, '-1'], /--use must be a version/);
    refused('half a take', [...first, '1.5'], /--use must be a version/);
    refused('no take', [...first, ''], /--use must be a version/);
    refused('several slots', ['cut.otio', '--use', 'v001'], /has 3 fills.*V1 50, V1 120, V2 60.*FILL_AMBIGUOUS/);
    refused('several slots of a job', ['cut.otio', '--use', 'v001', '--job', OTHER_JOB], /FILL_AMBIGUOUS/);
    refused(
      'a frame between fills',
      ['cut.otio', '--use', 'v001', '--at', '80', '--track', 'V1'],
      /has no fill on V1 at frame 80/,
    );
    refused('a frame below none', ['cut.otio', '--at=-1'], /--at/);
    refused('half a frame', ['cut.otio', '--at', '50.5'], /--at/);
    refused('a choice where there is nothing', ['bare.otio', '--use', 'v001'], /has no fill\..*FILL_UNKNOWN/);
    refused('a job nobody knows', ['cut.otio', '--job', '12345678'], /has no fill of job 12345678/);
  });
});
