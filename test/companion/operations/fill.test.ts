// Fill and gaps, run as verbs on small timelines: what is chosen and why, what wrong input is told, and that nothing is written then.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import { openMedia } from '../../../companion/media/fitted.ts';
import { editMovie } from '../../../companion/media/mov.ts';
import type { FillRecord } from '../../../companion/operations/fill/job.ts';
import { fill } from '../../../companion/operations/fill.ts';
import { type GapList, gaps } from '../../../companion/operations/gaps.ts';
import { list } from '../../../otio/fill/index.ts';
import * as otio from '../../../otio/index.ts';
import { clip, gap, makeTake, save, timelineOf } from '../../support/cuts.ts';
import { ffmpeg, scratchFolder } from '../../support/media.ts';
import { withoutMelt } from '../../support/melt.ts';
import { standAside } from '../../support/stand-aside.ts';
import { contextFor } from '../../support/verb-context.ts';

const rate = 24;

describe('fill', function () {
  withoutMelt();
  this.timeout(60_000);
  const folder = scratchFolder('fill-verb');
  let tools: MediaTools;
  let take: string;
  let other: string;
  before(async () => {
    tools = await findTools();
    take = await makeTake(tools, folder.path, '24');
    other = await makeTake(tools, folder.path, '24', 1);
  });
  after(() => folder[Symbol.dispose]());

  let count = 0;
  /** A folder with `cut.otio` in it. */
  const placed = (children: readonly otio.Child[], ...more: (readonly otio.Child[])[]): string => {
    const place = path.join(folder.path, `case${++count}`);
    mkdirSync(place);
    return save(timelineOf([children, ...more], rate), place);
  };
  const lifted = (frames: number): otio.Child[] => [
    clip({ file: take, from: 10, count: 20 }, rate),
    gap(frames, rate),
    clip({ file: take, from: 30 + frames, count: 20 }, rate),
  ];
  const listed = async (file: string, params: object = {}): Promise<GapList> =>
    gaps.run(parseParams(gaps.params, params), contextFor([file], undefined));
  const filled = async (file: string, params: object = {}, output?: string, more: object = {}): Promise<FillRecord> =>
    fill.run(parseParams(fill.params, params), contextFor([file], output, more));
  const fails = async (file: string, params: object, code: string, said: RegExp, output?: string): Promise<void> => {
    const before = readdirSync(path.dirname(file)).sort();
    await assert.rejects(filled(file, params, output), (error: Error & { code: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, said);
      return true;
    });
    assert.deepEqual(readdirSync(path.dirname(file)).sort(), before, 'nothing is written');
  };

  describe('gaps', () => {
    const check = (name: string, children: () => otio.Child[], strategy: string, reason: RegExp): void => {
      it(name, async () => {
        const [found] = (await listed(placed(children()))).gaps;
        assert.equal(found!.strategy, strategy, found!.reason);
        assert.match(found!.reason, reason);
      });
    };
    check('a short one in one take', () => lifted(4), 'bridge', /one shot/);
    check('a longer one in one take', () => lifted(14), 'morph', /one shot with 14 frames/);
    const between = (frames: number): otio.Child[] => [
      clip({ file: take, from: 0, count: 10 }, rate),
      gap(frames, rate),
      clip({ file: other, from: 60, count: 10 }, rate),
    ];
    check('two shots', () => between(10), 'dissolve', /two different shots/);
    check('two shots, three frames', () => between(3), 'hold', /too short/);
    check(
      'too long',
      () => lifted(60).map((child) => (child instanceof otio.Gap ? gap(300, rate) : child)),
      'generate',
      /300 frames/,
    );
    check('the head', () => [gap(5, rate), clip({ file: take, from: 0, count: 10 }, rate)], 'leave', /before it/);
    check('the tail', () => [clip({ file: take, from: 0, count: 10 }, rate), gap(5, rate)], 'leave', /after it/);
    check(
      'offline media',
      () => [
        clip({ file: take, from: 0, count: 10 }, rate),
        gap(5, rate),
        clip({ file: '/nowhere/gone.mov', from: 0, count: 9 }, rate),
      ],
      'leave',
      /gone\.mov/,
    );
    check(
      'a fade',
      () => {
        const fade = new otio.RationalTime(2, rate);
        const [a, b, c] = lifted(10) as [otio.Child, otio.Child, otio.Child];
        return [a, new otio.Transition({ transitionType: 'SMPTE_Dissolve', inOffset: fade, outOffset: fade }), b, c];
      },
      'leave',
      /./,
    );
    it('black on purpose', async () => {
      const black = path.join(folder.path, 'black.mov');
      await ffmpeg(tools, ['-f', 'lavfi', '-i', 'color=black:s=96x64:r=24', '-frames:v', '40', '-c:v', 'mpeg4', black]);
      const file = placed([
        clip({ file: take, from: 0, count: 10 }, rate),
        gap(5, rate),
        clip({ file: black, from: 0, count: 9 }, rate),
      ]);
      assert.match((await listed(file)).gaps[0]!.reason, /black/);
    });
    it('of all tracks, numbered on each', async () => {
      const file = placed(lifted(4), lifted(3));
      assert.deepEqual(
        (await listed(file)).gaps.map(({ track, number, frames }) => [track, number, frames]),
        [
          ['V1', 1, 4],
          ['V2', 1, 3],
        ],
      );
    });
  });

  describe('writes', () => {
    it('the chosen gap alone', async () => {
      const children = [...lifted(4), gap(3, rate), clip({ file: take, from: 57, count: 10 }, rate)];
      const { fills, left, output } = await filled(placed(children), { track: 'V1', gap: '2' });
      assert.deepEqual([fills.length, fills[0]!.in, left.length], [1, 44, 0]);
      assert.match(output.path, /cut\.filled\.otio$/);
    });
    it('all of them in one job, and says what is left', async () => {
      const children = [gap(2, rate), ...lifted(4), gap(3, rate), clip({ file: take, from: 57, count: 10 }, rate)];
      const { fills, left } = await filled(placed(children));
      assert.deepEqual([fills.length, left.map(({ strategy }) => strategy)], [2, ['leave']]);
    });
    it('the same bytes and names for the same work', async () => {
      const [one, two] = [await filled(placed(lifted(4))), await filled(placed(lifted(4)))];
      assert.deepEqual([one.fills[0]!.sha256, one.fills[0]!.name], [two.fills[0]!.sha256, two.fills[0]!.name]);
    });
    it('again: another take in the same place, and the first is kept', async () => {
      const file = placed(lifted(4));
      const once = await filled(file);
      const twice = await filled(once.output.path, { again: true, strategy: 'dissolve' });
      const [found] = list(otio.read(readFileSync(twice.output.path, 'utf8')).root as otio.Timeline);
      assert.equal(found!.record!.version, 2);
      assert.ok('inbetween:v001' in found!.clip.mediaReferences);
    });
    it('again: the name is not lengthened, and a plain one after it finds nothing', async () => {
      const once = await filled(placed(lifted(4)));
      const twice = await filled(once.output.path, { again: true, strategy: 'dissolve', track: 'V1', gap: '1' });
      const [found] = list(otio.read(readFileSync(twice.output.path, 'utf8')).root as otio.Timeline);
      assert.equal(found!.clip.name, 'Video 1 (interpolated)');
      await fails(twice.output.path, { again: true, track: 'V1', gap: '2' }, 'GAP_UNKNOWN', /no fill 2 .*takes/);
    });
    it('again: on the track where the editor has put it since', async () => {
      const once = await filled(placed(lifted(4)));
      const timeline = otio.read(readFileSync(once.output.path, 'utf8')).root as otio.Timeline;
      const [track] = timeline.tracks!.children as [otio.Track];
      const upper = new otio.Track({
        name: 'Upper',
        kind: 'Video',
        children: track.children.map((one) => one.clone()),
      });
      track.removeChild(1);
      timeline.tracks!.appendChild(upper);
      writeFileSync(once.output.path, otio.write(timeline));
      await fails(once.output.path, { again: true, track: 'V1' }, 'NOTHING_TO_FILL', /./);
      const twice = await filled(once.output.path, { again: true, track: 'V2', strategy: 'dissolve' });
      assert.equal(twice.fills[0]!.track, 'V2');
    });
    it('again: pieces beside each other are left, each would be made from the other', async () => {
      const once = await filled(placed(lifted(6)));
      const timeline = otio.read(readFileSync(once.output.path, 'utf8')).root as otio.Timeline;
      const [track] = timeline.tracks!.children as [otio.Track];
      const piece = track.children[1] as otio.Clip;
      const { startTime } = piece.sourceRange!;
      const second = piece.clone();
      piece.sourceRange = new otio.TimeRange(startTime, new otio.RationalTime(3, rate));
      second.sourceRange = new otio.TimeRange(
        startTime.add(new otio.RationalTime(3, rate)),
        new otio.RationalTime(3, rate),
      );
      track.insertChild(2, second);
      writeFileSync(once.output.path, otio.write(timeline));
      await fails(once.output.path, { again: true }, 'NOTHING_TO_FILL', /beside fill 2 of V1, which is made anew too/);
      assert.equal((await filled(once.output.path, { again: true, gap: '2', strategy: 'dissolve' })).fills.length, 1);
    });
    it('where media are named relative to the timeline, into another folder', async () => {
      const file = placed(lifted(4));
      const timeline = otio.read(readFileSync(file, 'utf8')).root as otio.Timeline;
      for (const child of (timeline.tracks!.children[0] as otio.Track).children)
        if (child instanceof otio.Clip) (child.mediaReference as otio.ExternalReference).targetUrl = '../take0.mov';
      writeFileSync(file, otio.write(timeline));
      const away = path.join(path.dirname(file), 'away');
      mkdirSync(away);
      const { output } = await filled(file, {}, `${away}${path.sep}`);
      const again = await listed(output.path);
      assert.deepEqual(again.gaps, []);
      const written = readFileSync(output.path, 'utf8');
      assert.match(written, /"\.\.\/\.\.\/take0\.mov"/);
      assert.match(written, /"target_url": "cut\.filled(%20| )media\//);
    });
    it('media that moved beside the timeline, and says so', async () => {
      const file = placed(
        lifted(4).map((child) =>
          child instanceof otio.Clip ? clip({ file: '/old/disk/moved.mov', from: 10, count: 20 }, rate) : child,
        ),
      );
      writeFileSync(path.join(path.dirname(file), 'moved.mov'), readFileSync(take));
      const context = contextFor([file], undefined);
      await fill.run(parseParams(fill.params, { strategy: 'dissolve', strict: false }), context);
      assert.ok(
        context.notes.some((note) => /moved\.mov.*is taken/.test(note)),
        context.notes.join('\n'),
      );
    });
    it('clips whose start timecode is their place on the record', async () => {
      const { media, fills } = await filled(placed(lifted(4)));
      const { description } = await openMedia(tools, path.join(media, fills[0]!.name));
      assert.equal(description.timecode!.text, '01:00:00:12');
    });
    it('a hold where only one side is there', async () => {
      const file = placed([gap(5, rate), clip({ file: take, from: 0, count: 10 }, rate)]);
      const { fills } = await filled(file, { strategy: 'hold' });
      assert.deepEqual([fills[0]!.frames, fills[0]!.in], [5, 0]);
    });
  });

  describe('refuses', () => {
    it('a timeline without gaps', () =>
      fails(placed([clip({ file: take, from: 0, count: 10 }, rate)]), {}, 'NOTHING_TO_FILL', /no gap/));
    it('a gap that is not there', () =>
      fails(placed(lifted(4)), { track: 'V1', gap: '7' }, 'GAP_UNKNOWN', /no gap 7 on V1/));
    it('numbers that are none', () =>
      fails(placed(lifted(4)), { track: 'V1', gap: 'two' }, 'PARAM_INVALID', /gap must be/));
    it('a track that is not there', () => fails(placed(lifted(4)), { track: 'V9' }, 'TRACK_UNKNOWN', /V9/));
    it('a number that may be on two tracks', () =>
      fails(placed(lifted(4), lifted(3)), { gap: '1' }, 'GAP_AMBIGUOUS', /V1, V2/));
    it('media that are offline', () =>
      fails(
        placed(
          lifted(4).map((child) =>
            child instanceof otio.Clip ? clip({ file: '/nowhere/gone.mov', from: 0, count: 9 }, rate) : child,
          ),
        ),
        { track: 'V1', gap: '1' },
        'GAP_UNFIT',
        /gone\.mov/,
      ));
    it('a neighbour that cannot be read', () => {
      const broken = path.join(folder.path, 'broken.mov');
      writeFileSync(broken, 'no film');
      return fails(
        placed([
          clip({ file: broken, from: 0, count: 9 }, rate),
          gap(3, rate),
          clip({ file: take, from: 0, count: 9 }, rate),
        ]),
        {},
        'MEDIA_UNKNOWN',
        /broken\.mov/,
      );
    });
    it('a gap longer than the budget', () =>
      fails(
        placed(lifted(30)),
        { track: 'V1', gap: '1', strategy: 'morph', longest: 20 },
        'GAP_TOO_LONG',
        /30 frames long, and 20/,
      ));
    it('a gap longer than the budget that is asked for by its number', () =>
      fails(placed(lifted(30)), { track: 'V1', gap: '1', longest: 20 }, 'GAP_TOO_LONG', /--longest/));
    const beside = async (name: string, words: readonly string[]): Promise<otio.Child[]> => {
      const file = path.join(folder.path, name);
      await ffmpeg(tools, [...words, file]);
      return [clip({ file, from: 0, count: 10 }, rate), gap(3, rate), clip({ file, from: 13, count: 10 }, rate)];
    };
    it('a codec without alpha beside clips with alpha', async () => {
      const source = ['-f', 'lavfi', '-i', 'testsrc2=s=256x128:r=24,format=yuva444p10le', '-frames:v', '40'];
      const file = placed(await beside('clear.mov', [...source, '-c:v', 'prores_ks', '-profile:v', '4444']));
      await fails(file, { codec: 'dnxhr' }, 'DELIVERY_UNFIT', /dnxhr stores no alpha.*prores or ffv1/);
    });
    it('a container without a turn beside clips that are turned', async () => {
      const children = await beside('turned.mov', ['-i', take, '-c', 'copy']);
      editMovie(path.join(folder.path, 'turned.mov'), { rotation: 90 });
      const file = placed(children);
      await fails(file, { codec: 'ffv1' }, 'DELIVERY_UNFIT', /turned by 90 degrees.*prores or dnxhr/);
    });
    it('a morph with one side', () =>
      fails(
        placed([gap(5, rate), clip({ file: take, from: 0, count: 10 }, rate)]),
        { strategy: 'morph' },
        'GAP_UNFIT',
        /both sides/,
      ));
    it('its own input as the output', async () => {
      const file = placed(lifted(4));
      await fails(file, {}, 'OUTPUT_IS_INPUT', /cut\.otio/, file);
    });
    it('an output whose folder is gone', async () => {
      const file = placed(lifted(4));
      await fails(file, {}, 'OUTPUT_FOLDER_MISSING', /nowhere/, '/nowhere/at/all.otio');
    });
    it('a folder that may not be written', async function () {
      if (process.getuid?.() === 0) standAside(this, 'root may write everywhere');
      const file = placed(lifted(4));
      const locked = path.join(path.dirname(file), 'locked');
      mkdirSync(locked, { mode: 0o500 });
      await fails(file, {}, 'OUTPUT_UNWRITABLE', /locked/, path.join(locked, 'a.otio'));
      chmodSync(locked, 0o700);
    });
    it('what is no timeline', async () => {
      const file = placed(lifted(4));
      writeFileSync(file, '{}');
      await fails(file, {}, 'TIMELINE_NOT_ONE', /./);
    });
    it('media outside the folder of the timeline, for a guest without all rights', async () => {
      const file = placed(lifted(4));
      await assert.rejects(filled(file, { track: 'V1', gap: '1' }, undefined, { confined: true }), {
        code: 'GAP_UNFIT',
      });
    });
    it('nothing that was cancelled stays', async () => {
      const file = placed(lifted(8));
      const abort = new AbortController();
      const context = {
        ...contextFor([file], undefined, { signal: abort.signal }),
        progress: ({ phase }: { phase: string }) => phase === 'render' && abort.abort(),
      };
      await assert.rejects(async () => fill.run(parseParams(fill.params, {}), context as never), {
        name: 'AbortError',
      });
      assert.deepEqual(readdirSync(path.dirname(file)), ['cut.otio']);
    });
  });

  it('a gap that ends between frames is filled in whole frames, and the rest is told', async () => {
    const file = placed([
      clip({ file: take, from: 10, count: 20 }, rate),
      otio.Gap.ofDuration(new otio.RationalTime(4.5, rate)),
      clip({ file: take, from: 34, count: 20 }, rate),
    ]);
    const context = contextFor([file], undefined);
    const { fills } = (await fill.run(parseParams(fill.params, { strategy: 'dissolve' }), context)) as FillRecord;
    assert.equal(fills[0]!.frames, 4);
    assert.ok(
      context.notes.some((note) => /0\.5 frames of the gap stay/.test(note)),
      context.notes.join('\n'),
    );
  });
});
