// Fills of an EDL, whose clips name no media: they are found by the names of clips and by reels, and named in what is written for other programs.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import type { FillRecord } from '../../../companion/operations/fill/job.ts';
import { fill } from '../../../companion/operations/fill.ts';
import { openTimeline } from '../../../companion/timeline/open.ts';
import { timelineOf } from '../../../companion/timeline/within.ts';
import { revert } from '../../../otio/fill/index.ts';
import * as otio from '../../../otio/index.ts';
import { inbetween } from '../../support/command.ts';
import { makeTake } from '../../support/cuts.ts';
import { ffmpeg, scratchFolder } from '../../support/media.ts';
import { withoutMelt } from '../../support/melt.ts';
import { contextFor } from '../../support/verb-context.ts';

/** Four frames are missing of a take whose timecode starts at ten hours. */
const edl = (name: string, reel: string): string => `TITLE: CUT
FCM: NON-DROP FRAME

001  ${reel}     V     C        10:00:00:10 10:00:01:06 01:00:00:00 01:00:00:20
* FROM CLIP NAME: ${name}
002  ${reel}     V     C        10:00:01:10 10:00:02:06 01:00:01:00 01:00:01:20
* FROM CLIP NAME: ${name}
`;

describe('fills of an EDL', function () {
  withoutMelt();
  this.timeout(60_000);
  const folder = scratchFolder('fill-by-name');
  let tools: MediaTools;
  let take: string;
  before(async () => {
    tools = await findTools();
    const plain = await makeTake(tools, folder.path, '24');
    take = path.join(folder.path, 'coded.mov');
    await ffmpeg(tools, ['-i', plain, '-c', 'copy', '-timecode', '10:00:00:00', take]);
  });
  after(() => folder[Symbol.dispose]());

  let place = '';
  let count = 0;
  const at = (...names: string[]): string => path.join(place, ...names);
  beforeEach(() => {
    place = path.join(folder.path, `case${++count}`);
    mkdirSync(place);
  });
  const put = (file: string): void => writeFileSync(at(file), readFileSync(take));
  const made = (output: string, params: object = {}, more: object = {}): Promise<FillRecord> =>
    fill.run(
      parseParams(fill.params, { rate: '24', effort: 'fast', handles: 0, strict: false, ...params }),
      contextFor([at('cut.edl')], at(output), more),
    );
  const mediaOf = async (file: string): Promise<(string | undefined)[]> =>
    timelineOf(await openTimeline(file))
      .findClips()
      .map(({ mediaReference }) =>
        mediaReference instanceof otio.ExternalReference ? path.basename(mediaReference.targetUrl) : undefined,
      );

  it('by the name of the clip; what is no fill stays as it was, and comes back', async () => {
    writeFileSync(at('cut.edl'), edl('Take 1', 'AX'));
    put('take 1.MOV');
    const context = contextFor([at('cut.edl')], at('out.otio'));
    const params = parseParams(fill.params, { rate: '24', effort: 'fast', strict: false });
    const record: FillRecord = await fill.run(params, context);
    const [one] = record.fills;
    assert.deepEqual([one!.in, one!.frames, one!.strategy], [20, 4, 'bridge']);
    assert.deepEqual(context.notes, [`'Take 1' names no media: '${at('take 1.MOV')}' is taken for it, by its name.`]);
    assert.deepEqual(await mediaOf(at('out.otio')), [undefined, one!.name, undefined]);
    const again = timelineOf(await openTimeline(at('out.otio')));
    revert(again.findClips()[1]!);
    const was = timelineOf(await openTimeline(at('cut.edl'), { rate: '24' }));
    assert.equal(otio.write(again), otio.write(was));
  });

  it('by its reel, in a folder that is named', async () => {
    writeFileSync(at('cut.edl'), edl('Scene 4', 'A003'));
    mkdirSync(at('day1'));
    put(path.join('day1', 'A003.mov'));
    const { fills } = await made('out.otio', { mediaRoot: at('day1') });
    assert.equal(fills.length, 1);
  });

  for (const format of ['xml', 'fcpxml', 'mlt', 'otioz'])
    it(`names what was found in an .${format}`, async () => {
      writeFileSync(at('cut.edl'), edl('take', 'AX'));
      put('take.mov');
      const { fills } = await made(`out.${format}`, format === 'otioz' ? {} : { profile: undefined });
      if (format === 'mlt') assert.match(readFileSync(at('out.mlt'), 'utf8'), /take\.mov/);
      else assert.deepEqual(await mediaOf(at(`out.${format}`)), ['take.mov', fills[0]!.name, 'take.mov']);
    });

  it('an .otiod, by the command', async () => {
    writeFileSync(at('cut.edl'), edl('take', 'AX'));
    put('take.mov');
    const words = ['fill', at('cut.edl'), '--rate', '24', '--effort', 'fast', '--no-strict', '-o', at('out.otiod')];
    const ended = await inbetween(words);
    assert.equal(ended.code, 0, ended.stderr);
    const [before, own, after] = await mediaOf(at('out.otiod'));
    assert.deepEqual([before, after], ['take.mov', 'take.mov']);
    assert.ok(existsSync(at('out.otiod', 'media', own!)));
    const again = await inbetween([...words, '--force']);
    assert.equal(again.code, 4, again.stderr);
    assert.match(again.stderr, /a bundle is there, and its media would be deleted with it/);
    assert.ok(existsSync(at('out.otiod', 'media', own!)));
  });

  const misses: [string, () => void, RegExp][] = [
    ['none is there', () => {}, /'take' names no media, and no clip of that name lies in '.*'\. Nothing was written/],
    ['two are there', () => ['take.mov', 'take.mp4'].forEach(put), /both '.*take.mov' and '.*take.mp4' go by 'take'/],
    [
      'it is another one',
      () => {
        put('take.mov');
        renameSync(at('take.mov'), at('x.mov'));
        writeFileSync(at('cut.edl'), edl('x', 'AX').replaceAll('10:00:0', '11:00:0'));
      },
      /has 120 frames, and the timeline shows its frame 86\d{3}/,
    ],
  ];
  for (const [what, prepare, words] of misses)
    it(`nothing is written where ${what}`, async () => {
      writeFileSync(at('cut.edl'), edl('take', 'AX'));
      prepare();
      await assert.rejects(made('out.otio', { gap: '1' }), words);
      assert.ok(!existsSync(at('out.otio')) && !existsSync(at('out media')));
    });
});
