// Timelines opened and written again: every format, into what was claimed for them, and nothing half.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { claimOutput, publish } from '../../../companion/media/publish.ts';
import { openTimeline, readerFor, writable } from '../../../companion/timeline/open.ts';
import { type SaveAs, saveTimeline } from '../../../companion/timeline/save.ts';
import { timelineOf } from '../../../companion/timeline/within.ts';
import { type AnyValue, SerializableCollection, write } from '../../../otio/index.ts';
import { edit, file, named, RATE, shot, time, timeline, track } from '../../fixtures/timeline.ts';

const cut = () =>
  edit(
    'cut',
    time(86400),
    named('V1', 'Video', shot('a', 0, 24, RATE, { mediaReferences: { DEFAULT_MEDIA: file('a.mov') } })),
  );
const refused = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof CompanionError && error.code === code && words.test(error.message);

describe('timeline: opened and written', () => {
  let folder: string;
  const at = (...names: string[]): string => path.join(folder, ...names);
  const put = (name: string, root: AnyValue): string => {
    writeFileSync(at(name), write(root));
    return at(name);
  };
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-timeline-'));
    writeFileSync(at('a.mov'), 'picture');
    put('cut.otio', cut());
    mkdirSync(at('out'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const format of writable().filter((name) => name !== 'mlt'))
    it(`${format}, into its claim and back`, async () => {
      const claim = claimOutput({
        output: at('out', `cut.${format}`),
        inputs: [],
        force: false,
        folder: format === 'otiod',
      });
      const opened = await openTimeline(at('cut.otio'));
      const losses = await saveTimeline(opened, claim, { format });
      publish(claim);
      assert.deepEqual(losses, format === 'edl' ? ['The length of a medium is left out.'] : []);
      const again = timelineOf(await openTimeline(claim.final, { from: format, rate: '24' }));
      assert.equal(again.tracks!.findClips()[0]!.duration().toSeconds(), 1);
      assert.ok(!readdirSync(at('out')).some((name) => name.startsWith('.') || name.includes('partial')));
    });
  it('where nothing was claimed', async () => {
    const place = { partial: at('out', 'free'), final: at('out', 'free.otio') };
    await saveTimeline(await openTimeline(at('cut.otio')), place, { format: 'otio', profile: 'legacy', indent: 0 });
    assert.match(readFileSync(place.partial, 'utf8'), /^\{.*"Clip\.1"[^\n]*$/);
  });
  it('what has been changed in it, in a bin too', async () => {
    const opened = await openTimeline(put('bin.otio', new SerializableCollection({ children: [cut()] })));
    timelineOf(opened).name = 'changed';
    const place = { partial: at('out', 'bin.otio'), final: at('out', 'bin.otio') };
    await saveTimeline(opened, place, { format: 'otio' });
    const again = await openTimeline(place.final);
    assert.ok(again.root instanceof SerializableCollection);
    assert.equal(timelineOf(again).name, 'changed');
  });
  it('a bundle says which media it lacks', async () => {
    const opened = await openTimeline(put('gone.otio', timeline(track(shot('gone', 0, 9)))));
    const place = { partial: at('out', 'gone.otioz'), final: at('out', 'gone.otioz') };
    const losses = await saveTimeline(opened, place, { format: 'otioz' });
    assert.match(losses.join('\n'), /outside the folders.*The bundle lacks it \(1 clip\)\.\n.*--media-root/);
  });

  const cannot: [string, AnyValue, SaveAs, string, RegExp][] = [
    ['a format that is none', cut(), { format: 'avi' }, 'FORMAT_UNFIT', /avi is only read/],
    [
      'two timelines in an EDL',
      new SerializableCollection({ children: [cut(), cut()] }),
      { format: 'edl' },
      'FORMAT_UNFIT',
      /holds 2 timelines/,
    ],
    ['what is no timeline in an EDL', file('a.mov'), { format: 'edl' }, 'FORMAT_UNFIT', /holds a ExternalReference/],
  ];
  for (const [what, root, as, code, words] of cannot)
    it(`not ${what}`, async () => {
      const opened = await openTimeline(put('root.otio', root));
      const place = { partial: at('out', 'x'), final: at('out', 'x') };
      await assert.rejects(saveTimeline(opened, place, as), refused(code, words));
      assert.ok(!readdirSync(at('out')).includes('x'));
    });
  it('not into a folder that is gone', async () => {
    const place = { partial: at('nowhere', 'x.otio'), final: at('nowhere', 'x.otio') };
    const opened = await openTimeline(at('cut.otio'));
    await assert.rejects(saveTimeline(opened, place, { format: 'otio' }), refused('OUTPUT_FOLDER_MISSING', /nowhere/));
  });
  it('not over a folder that holds something', async () => {
    mkdirSync(at('full'));
    writeFileSync(at('full', 'mine.txt'), 'mine');
    const opened = await openTimeline(at('cut.otio'));
    const place = { partial: at('full'), final: at('full.otiod') };
    await assert.rejects(saveTimeline(opened, place, { format: 'otiod' }), refused('OUTPUT_UNWRITABLE', /full/));
    assert.deepEqual(readdirSync(at('full')), ['mine.txt']);
  });

  for (const [what, root, words] of [
    ['two timelines', new SerializableCollection({ children: [cut(), cut()] }), /holds 2 timelines, where one/],
    ['a track by itself', track(), /holds a Track, where one/],
    ['an empty bin', new SerializableCollection(), /holds a SerializableCollection/],
  ] as const)
    it(`the one timeline of a file: not of ${what}`, async () => {
      const opened = await openTimeline(put('several.otio', root));
      assert.throws(() => timelineOf(opened), refused('TIMELINE_NOT_ONE', words));
    });
  it('bytes without a file', () => {
    const read = readerFor('-', 'otio', {});
    assert.equal(timelineOf(read(Buffer.from(write(cut())))).name, 'cut');
    assert.throws(() => read(Buffer.from('{')), refused('TIMELINE_UNREADABLE', /^- cannot be read as a timeline/));
    assert.throws(() => readerFor('-', 'mlt', {}), refused('FORMAT_UNFIT', /only written/));
    assert.throws(() => readerFor('-', 'edl', { rate: 'fast' }), refused('PARAM_INVALID', /--rate/));
  });
});
