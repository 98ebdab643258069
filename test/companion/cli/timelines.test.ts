// `inbetween revert` and `inbetween takes` from file to file: what comes back is the timeline that was, also after an editor has worked on it.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Clip, edit as edits, LinearTimeWarp, meta, read, type Timeline, write } from '../../../otio/index.ts';
import {
  clip,
  dissolve,
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

let folder: string;
const at = (name: string): string => path.join(folder, name);
const run = (...words: string[]): Promise<Ended> =>
  ranHere(...words.map((word) => (/^[\w.]+\.(otio|edl|avi)$/.test(word) ? at(word) : word)));
const put = (name: string, on: Timeline): void => writeFileSync(at(name), write(on));
const textIn = (name: string): string => write(read(readFileSync(at(name))).root);

/** A edit with a gap, a retimed clip and a transition. */
const bare = (): Timeline =>
  timeline(
    [
      track(clip('A', 100, 50), gap(30), clip('B', 10, 40, 24, { effects: [new LinearTimeWarp({ timeScalar: 0.4 })] })),
      track(clip('C', 20, 60), dissolve(5, 5), clip('D', 30, 60)),
    ],
    frames(86400),
  );
const V1 = (on: Timeline) => trackOf(on);
const V2 = (on: Timeline) => trackOf(on, 1);

/** What a job may have put on it. */
const fillings: [string, (on: Timeline) => Clip][] = [
  ['a gap', (on) => fillIn(on, { track: V1(on), range: range(50, 30) }).clip],
  ['a part of a gap', (on) => fillIn(on, { track: V1(on), range: range(55, 20) }).clip],
  ['a retimed clip', (on) => fillIn(on, { track: V1(on), range: range(80, 40) }, info('interpolate')).clip],
  ['a clip beside a transition', (on) => fillIn(on, { track: V2(on), range: range(0, 60) }, info('restore')).clip],
  [
    'a gap in two versions',
    (on) => {
      fillIn(on, { track: V1(on), range: range(50, 30) });
      return fillIn(on, { track: V1(on), range: range(50, 30) }, info('interpolate', OTHER_JOB)).clip;
    },
  ],
];
/** One job on the gap of V1, another one twice on C. */
function filled(): Timeline {
  const on = bare();
  fillIn(on, { track: V1(on), range: range(50, 30) }, info(), '/media/gap.mov');
  for (const name of ['one', 'two'])
    fillIn(on, { track: V2(on), range: range(0, 60) }, info('restore', OTHER_JOB), `/media/${name}.mov`);
  return on;
}

describe('inbetween revert and takes', () => {
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-takes-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true });
    put('cut.otio', filled());
  });

  describe('revert', () => {
    for (const [what, fillOn] of fillings) {
      it(`gives the timeline back: ${what}`, async () => {
        const on = bare();
        fillOn(on);
        put('one.otio', on);
        const ended = await run('revert', 'one.otio');
        assert.equal(ended.exit, 0, ended.err);
        assert.equal(ended.out, `${at('one.reverted.otio')}\n`);
        assert.equal(textIn('one.reverted.otio'), write(bare()));
      });
      it(`gives it back as trimmed by an editor: ${what}`, async () => {
        const on = bare();
        const fill = fillOn(on);
        const name = fill.name.replace(/ \(.*/, '');
        edits.trim(fill, frames(2), frames(-3));
        put('one.otio', on);
        const expected = bare();
        const original = expected.tracks!.findClips().find((one) => one.name === name);
        if (original) edits.trim(original, frames(2), frames(-3)); // a gap that gives way to a gap is the gap it was
        assert.equal((await run('revert', 'one.otio')).exit, 0);
        assert.equal(textIn('one.reverted.otio'), write(expected));
      });
    }
    it('says what it took off', async () => {
      const { err } = await run('revert', 'cut.otio');
      assert.match(
        err,
        /reverted: V1 01:00:02:02 'Pictures \(interpolated\)'\nreverted: V2 01:00:00:00 'C \(restored\)'\n/,
      );
      assert.equal((await run('revert', 'cut.otio', '-o', 'quiet.otio', '--quiet')).err, '');
      assert.equal(textIn('quiet.otio'), write(bare()));
    });
    it('only those of a job, or of a track', async () => {
      for (const [flag, word] of [
        ['--job', JOB],
        ['--job', JOB.slice(0, 8)],
        ['--track', 'v1'],
      ] as const) {
        const { exit, out } = await run('revert', 'cut.otio', flag, word, '--force', '--json');
        const { reverted, kept, output, input } = JSON.parse(out);
        assert.deepEqual([exit, reverted.length, kept], [0, 1, []]);
        assert.deepEqual([reverted[0].track, reverted[0].frames, reverted[0].job], ['V1', 30, JOB]);
        assert.deepEqual([input, output], [at('cut.otio'), at('cut.reverted.otio')]);
      }
      assert.match(textIn('cut.reverted.otio'), /two\.mov/);
      assert.doesNotMatch(textIn('cut.reverted.otio'), /gap\.mov/);
    });
    it('what does not say what was there stays: exit code 3', async () => {
      const on = filled();
      const [, fill] = V1(on).children as Clip[];
      fill!.metadata = meta({ inbetween: { job: JOB, kind: 'interpolate' } }) as Clip['metadata'];
      put('part.otio', on);
      const { exit, err } = await run('revert', 'part.otio');
      assert.equal(exit, 3);
      assert.match(err, /kept: V1 .*does not say what it replaced/);
      const alone = await run('revert', 'part.otio', '--track', 'V1', '-o', 'alone.otio');
      assert.equal(alone.exit, 2);
      assert.match(alone.err, /FILL_REFUSED/);
      assert.ok(!readdirSync(folder).includes('alone.otio'));
    });
    it('for an editor, in another format', async () => {
      assert.equal((await run('revert', 'cut.otio', '-o', 'old.otio', '--profile', 'legacy', '--indent', '0')).exit, 0);
      assert.match(readFileSync(at('old.otio'), 'utf8'), /^\{.*"Clip\.1"/);
      const { exit, err } = await run('revert', 'cut.otio', '-o', 'cut.edl');
      assert.equal(exit, 0, err);
      assert.match(readFileSync(at('cut.edl'), 'utf8'), /^TITLE: cut/);
      assert.match(err, /lost: /);
    });
    it('over the timeline itself with --force alone', async () => {
      const before = readFileSync(at('cut.otio'), 'utf8');
      const { exit, err } = await run('revert', 'cut.otio', '-o', 'cut.otio');
      assert.equal(exit, 2);
      assert.match(err, /OUTPUT_EXISTS/);
      assert.equal(readFileSync(at('cut.otio'), 'utf8'), before);
      assert.equal((await run('revert', 'cut.otio', '-o', 'cut.otio', '--force')).exit, 0);
      assert.equal(textIn('cut.otio'), write(bare()));
    });
  });

  describe('takes', () => {
    it('lists fills and their versions', async () => {
      const { exit, out } = await run('takes', 'cut.otio');
      assert.equal(exit, 0);
      assert.equal(
        out,
        [
          "V1 01:00:02:02 'Pictures (interpolated)'  frame 50, 30 frames",
          '  ▸ v001      file:///media/gap.mov  Flow, job 0f3a99c1, 2026-01-31',
          "V2 01:00:00:00 'C (restored)'  frame 0, 60 frames",
          '    original  file:///media/C.mov',
          '    v001      file:///media/one.mov  Flow, job a1b2c3d4, 2026-01-31',
          '  ▸ v002      file:///media/two.mov  Flow, job a1b2c3d4, 2026-01-31',
          '',
        ].join('\n'),
      );
    });
    it('as JSON', async () => {
      const { fills } = JSON.parse((await run('takes', 'cut.otio', '--json', '--track', 'V2')).out);
      assert.equal(fills.length, 1);
      const [{ track: label, timecode, revertible, versions }] = fills;
      assert.deepEqual([label, timecode, revertible], ['V2', '01:00:00:00', true]);
      assert.deepEqual(
        versions.map(({ name, active }: { name: string; active: boolean }) => `${name} ${active}`),
        ['original false', 'v001 false', 'v002 true'],
      );
      assert.deepEqual(versions[2].model.params, { effort: 'best', steps: 4 });
    });
    it('with what was measured at the seams', async () => {
      const on = bare();
      const seams = { head: { deltaE: { mean: 0.84, p95: 2 } }, tail: null };
      fillIn(on, { track: V1(on), range: range(50, 30) }, { ...info(), model: { name: 'Flow', params: { seams } } });
      put('seams.otio', on);
      assert.match((await run('takes', 'seams.otio')).out, /, head seam ΔE 0\.8\n$/);
    });
    it('none', async () => {
      put('bare.otio', bare());
      assert.equal((await run('takes', 'bare.otio')).out, `${at('bare.otio')} has no fill.\n`);
    });
    for (const [word, media] of [
      ['v001', 'one'],
      ['v002', 'two'],
      ['original', 'C'],
    ] as const)
      it(`--use ${word}`, async () => {
        const { exit, out, err } = await run('takes', 'cut.otio', '--use', word, '--track', 'V2');
        assert.equal(exit, 0, err);
        assert.equal(out, `${at(`cut.${word}.otio`)}\n`);
        const { fills } = JSON.parse((await run('takes', `cut.${word}.otio`, '--json', '--track', 'V2')).out);
        const active = fills[0].versions.filter((version: { active: boolean }) => version.active);
        assert.deepEqual(
          active.map((version: { name: string; media: string }) => [version.name, version.media]),
          [[word, `file:///media/${media}.mov`]],
        );
        assert.equal((await run('revert', `cut.${word}.otio`, '-o', 'back.otio')).exit, 0);
        assert.equal(textIn('back.otio'), write(bare()));
      });
    it('--use names the fill by its frame too, and tells what it did', async () => {
      const { exit, out } = await run('takes', 'cut.otio', '--use', '1', '--at', '30', '-o', 'x.otio', '--json');
      assert.equal(exit, 0);
      const { fill, output } = JSON.parse(out);
      assert.deepEqual([fill.track, fill.versions[1].active, output], ['V2', true, at('x.otio')]);
    });
  });

  describe('refused, with nothing written:', () => {
    const refused = (words: string[], exit: number, said: RegExp) => async () => {
      put('bare.otio', bare());
      const before = readdirSync(folder);
      const ended = await run(...words);
      assert.equal(ended.exit, exit, ended.err);
      assert.match(ended.err, said);
      assert.deepEqual(readdirSync(folder), before);
    };
    it('no file', refused(['revert', 'missing.otio'], 2, /INPUT_MISSING/));
    it('no fill', refused(['revert', 'bare.otio'], 2, /has no fill\. .*FILL_UNKNOWN/));
    it(
      'no such fill',
      refused(['revert', 'cut.otio', '--job', '12345678', '--track', 'V1'], 2, /has no fill of job 12345678 on V1\./),
    );
    it('no such fill to list', refused(['takes', 'cut.otio', '--at', '9999'], 2, /has no fill at frame 9999\./));
    it('no job', refused(['revert', 'cut.otio', '--job', 'mine'], 2, /must be the id of a job/));
    it(
      'no such version',
      refused(['takes', 'cut.otio', '--use', 'v9', '--track', 'V2'], 2, /has no media 'inbetween:v009'.*FILL_REFUSED/),
    );
    it('no version', refused(['takes', 'cut.otio', '--use', 'best', '--track', 'V2'], 2, /--use must be a version/));
    it('the original of a gap', refused(['takes', 'cut.otio', '--use', 'original', '--track', 'V1'], 2, /revert it/));
    it(
      'several fills',
      refused(['takes', 'cut.otio', '--use', 'v001'], 2, /has 2 fills\. Name one .*V1 50, V2 0.*FILL_AMBIGUOUS/),
    );
    it('an output without --use', refused(['takes', 'cut.otio', '-o', 'x.otio'], 2, /--output needs --use/));
    it('an unknown ending', refused(['revert', 'cut.otio', '-o', 'x.avi'], 2, /FORMAT_UNKNOWN/));
    it(
      'a profile for an EDL',
      refused(['revert', 'cut.otio', '-o', 'x.edl', '--profile', 'resolve'], 2, /--profile is for/),
    );
    it('stdin without a name to write', refused(['revert', '-', '--from', 'otio'], 2, /with -o/));
  });
});
