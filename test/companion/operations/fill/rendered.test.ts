// A saved timeline whose fill shows other pictures than were made for it, or whose neighbours show others than before, is refused.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseParams } from '../../../../companion/api/operation.ts';
import type { Check } from '../../../../companion/media/check.ts';
import { findTools } from '../../../../companion/media/find.ts';
import { findMelt } from '../../../../companion/media/melt.ts';
import { lookBefore } from '../../../../companion/operations/fill/check.ts';
import type { FillRecord } from '../../../../companion/operations/fill/job.ts';
import { prepare } from '../../../../companion/operations/fill/plan.ts';
import { checkPictures, type SavedWork } from '../../../../companion/operations/fill/rendered.ts';
import { checkByMelt } from '../../../../companion/operations/fill/rendered-melt.ts';
import { fill } from '../../../../companion/operations/fill.ts';
import { timelineOf } from '../../../../companion/timeline/within.ts';
import * as otio from '../../../../otio/index.ts';
import { clip, timelineOf as cutOf, gap, makeTake, save } from '../../../support/cuts.ts';
import { fakeMelt } from '../../../support/fake-melt.ts';
import { scratchFolder } from '../../../support/media.ts';
import { notOnWindows, standAside } from '../../../support/stand-aside.ts';
import { contextFor } from '../../../support/verb-context.ts';

/** Does something to the saved clips: before the gap, in it, after it. */
type Tamper = (before: otio.Clip, fill: otio.Clip, after: otio.Clip) => void;

describe('operations/fill: the saved timeline is looked at', function () {
  this.timeout(60_000);
  const folder = scratchFolder('rendered');
  const params = parseParams(fill.params, { strategy: 'dissolve', strict: false, handles: 2 });
  let [take, input, output]: string[] = [];
  let record: FillRecord;
  before(async () => {
    const tools = await findTools();
    take = await makeTake(tools, folder.path, '25');
    const children = [
      clip({ file: take, from: 10, count: 12 }, 25),
      gap(5, 25),
      clip({ file: take, from: 40, count: 12 }, 25),
    ];
    input = save(cutOf([children], 25), folder.path);
    output = path.join(folder.path, 'cut.filled.otio');
    record = await fill.run(params, contextFor([input], output));
  });
  after(() => folder[Symbol.dispose]());

  /** The checks of the saved timeline after it was tampered with. */
  async function look(tamper: Tamper, how: 'decoded' | 'melt'): Promise<Check[]> {
    const context = contextFor([input!], output);
    const { opened, timeline, reels, slots } = await prepare(params, context);
    const [made] = record.fills;
    const file = path.join(record.media, made!.name);
    const saved = { ...opened, file: output!, root: otio.read(readFileSync(output!, 'utf8')).root };
    const place = path.join(folder.path, 'place');
    mkdirSync(place, { recursive: true });
    tamper(...(timelineOf(saved).findClips() as Parameters<Tamper>));
    const work: SavedWork = {
      ...{
        opened,
        timeline,
        format: 'otio',
        profile: undefined,
        engineVersion: '0',
        mediaRoots: [],
        losses: [],
        saved,
      },
      ...{ fills: [{ considered: slots[0]!, made: made!, file, nativeFile: null }], signal: context.signal },
      claim: { final: output!, partial: path.join(place, 'output'), folder: false, force: false },
      reels,
    };
    const before = await lookBefore(work);
    const again = { ...work, reels: reels.of(saved, []) };
    return how === 'melt'
      ? checkByMelt(again, findMelt()!, before.places, before.windows!)
      : checkPictures(again, before.places);
  }

  const later = (one: otio.Clip): void => {
    const { startTime, duration } = one.sourceRange!;
    one.sourceRange = new otio.TimeRange(startTime.add(new otio.RationalTime(1, 25)), duration);
  };
  const faults: Readonly<Record<string, [tamper: Tamper, decoded: RegExp, melt: RegExp]>> = {
    'a fill that begins a frame late': [
      (_, one) => later(one),
      /frame 12, of the fill/,
      /frame 12 is not frame 2 of its clip/,
    ],
    'a fill of another file': [
      (_, one) => {
        (one.mediaReference as otio.ExternalReference).targetUrl = pathToFileURL(take!).href;
      },
      /frame 12, of the fill, is frame 2 of .*take0\.mov instead of frame 2 of .*\.mov/,
      /is not frame 2 of its clip/,
    ],
    'a neighbour before it that is a frame late': [later, /frame 11, before it/, /frame 11, outside of it/],
    'a neighbour behind it that is a frame late': [
      (_, __, one) => later(one),
      /frame 17, after it/,
      /frame 17, outside of it/,
    ],
  };
  for (const [name, [tamper, decoded, byMelt]] of Object.entries(faults)) {
    const refused = (work: Promise<unknown>, words: RegExp): Promise<void> =>
      assert.rejects(
        work,
        (error: Error & { code?: string }) => error.code === 'VERIFY_FAILED' && words.test(error.message),
      );
    it(`refuses ${name}`, () => refused(look(tamper, 'decoded'), decoded));
    it(`refuses ${name}, by melt`, function () {
      if (findMelt() === null) standAside(this, 'melt is not installed');
      return refused(look(tamper, 'melt'), byMelt);
    });
  }
  it('refuses a fill that is nowhere', () =>
    assert.rejects(
      look((_, one) => {
        (one.mediaReference as otio.ExternalReference).targetUrl = 'gone.mov';
      }, 'decoded'),
      { code: 'VERIFY_FAILED' },
    ));
  it('says what it has seen', async () => {
    assert.deepEqual(
      (await look(() => {}, 'decoded')).map(({ found }) => found),
      ['5 of 5 compared, equal'],
    );
  });
  it('says what melt has shown', async function () {
    if (findMelt() === null) standAside(this, 'melt is not installed');
    assert.deepEqual(
      (await look(() => {}, 'melt')).map(({ found }) => found),
      ['frames beside it as they were: 2; of it the clip’s: 3 (equal)'],
    );
  });

  describe('with a melt of its own mind', () => {
    const named = process.env.INBETWEEN_MELT;
    before(function () {
      notOnWindows(this, 'a script is no program');
    });
    afterEach(() => {
      if (named === undefined) delete process.env.INBETWEEN_MELT;
      else process.env.INBETWEEN_MELT = named;
    });

    it('that fails: said, and the fill stands on what was decoded', async () => {
      process.env.INBETWEEN_MELT = fakeMelt(folder.path, 'fails');
      const { checks } = (await fill.run(params, contextFor([input!], path.join(folder.path, 'b.otio')))).output;
      assert.deepEqual(
        checks.slice(-2).map(({ found }) => found),
        ['5 of 5 compared, equal', 'not shown: melt ended with 3 and wrote nothing'],
      );
    });
    it('that shows other pictures: refused, and nothing is left', async () => {
      process.env.INBETWEEN_MELT = fakeMelt(folder.path, 'noise');
      const place = path.join(folder.path, 'refused');
      mkdirSync(place);
      const work = fill.run(params, contextFor([input!], path.join(place, 'c.otio')));
      await assert.rejects(work, { code: 'VERIFY_FAILED' });
      assert.deepEqual(readdirSync(place), []);
      assert.ok(existsSync(output!));
    });
  });
});
