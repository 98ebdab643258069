// Gaps and fill of timelines whose media are packed in an .otioz: found, unpacked as far as they are needed, packed again with the fills, and nothing else left.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../../companion/media/find.ts';
import type { FillRecord } from '../../../companion/operations/fill/job.ts';
import { fill } from '../../../companion/operations/fill.ts';
import { type GapList, gaps } from '../../../companion/operations/gaps.ts';
import * as otio from '../../../otio/index.ts';
import { extractOtioz, readBundle } from '../../../otio/node/index.ts';
import { type Lie, zip } from '../../otio/node/zip.ts';
import { clip, gap, makeTake, timelineOf } from '../../support/cuts.ts';
import { ranHere } from '../../support/in-process.ts';
import { scratchFolder } from '../../support/media.ts';
import { withoutMelt } from '../../support/melt.ts';
import { contextFor, type VerbContext } from '../../support/verb-context.ts';

const rate = 24;
/** What is made is of no matter here. */
const quick = { strategy: 'hold', handles: 0, effort: 'fast', strict: false } as const;

describe('packed media', function () {
  withoutMelt();
  this.timeout(60_000);
  const folder = scratchFolder('fill-packed');
  let tools: MediaTools;
  let take: Buffer;
  before(async () => {
    tools = await findTools();
    const file = await makeTake(tools, folder.path, '24');
    take = readFileSync(file);
  });
  after(() => folder[Symbol.dispose]());

  let count = 0;
  let place = '';
  const makePlace = (): void => {
    place = path.join(folder.path, `case${++count}`);
    mkdirSync(path.join(place, 'job'), { recursive: true });
  };
  beforeEach(makePlace);
  /** Of one run of a verb; what it needs meanwhile lies in `job/scratch`. */
  const contextOf = (file: string, output?: string, more: object = {}): VerbContext => {
    rmSync(path.join(place, 'job', 'scratch'), { recursive: true, force: true });
    return contextFor([file], output, { scratch: path.join(place, 'job', 'scratch'), ...more });
  };
  const listed = async (file: string): Promise<GapList> =>
    gaps.run(parseParams(gaps.params, { effort: 'fast' }), contextOf(file));
  const filled = async (file: string, output?: string, params: object = {}, more: object = {}): Promise<FillRecord> =>
    fill.run(parseParams(fill.params, { ...quick, ...params }), contextOf(file, output, more));

  const named = (url: string, from: number): otio.Clip => {
    const one = clip({ file: '/x', from, count: 20 }, rate);
    (one.mediaReference as otio.ExternalReference).targetUrl = url;
    return one;
  };
  /** A gap of four frames in a take. */
  const lifted = (url = 'media/take0.mov'): otio.Timeline =>
    timelineOf([[named(url, 10), gap(4, rate), named(url, 34)]], rate);
  const takeIn = (more: Partial<Lie> = {}): Lie => ({ name: 'media/take0.mov', data: take, ...more });
  const other: Lie = { name: 'media/unused.mov', data: 'no film' };
  const archive = (timeline: otio.Timeline, ...members: readonly Lie[]): string => {
    const file = path.join(place, 'cut.otioz');
    const own = [
      { name: 'version.txt', data: '1.0.0' },
      { name: 'content.otio', data: otio.write(timeline), method: 8 },
    ];
    writeFileSync(file, zip([...own, ...members], { zip64: true }));
    return file;
  };
  const left = (): string[] => readdirSync(place).filter((name) => name !== 'job');
  const unpacked = (): string[] => {
    const media = path.join(place, 'job', 'scratch', 'media');
    return existsSync(media)
      ? readdirSync(media).filter((name) => readFileSync(path.join(media, name)).length > 0)
      : [];
  };
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  describe('gaps', () => {
    it('looks at the pictures, and unpacks what it looks at alone', async () => {
      const [found] = (await listed(archive(lifted(), takeIn(), other))).gaps;
      assert.deepEqual([found!.strategy, unpacked()], ['bridge', ['take0.mov']]);
    });
    it('says what is not in it', async () => {
      const [found] = (await listed(archive(lifted()))).gaps;
      assert.equal(found!.strategy, 'leave');
      assert.match(found!.reason, /There is no '.*cut\.otioz[\\/]media[\\/]take0\.mov'/);
    });
  });

  describe('fill', () => {
    let [file, hash]: [string, string] = ['', ''];
    let made: FillRecord;
    const at = (name: string): string => path.join(path.dirname(file), name);
    /** A bundle unpacked beside it: its media by their names. */
    const mediaIn = async (bundle: string): Promise<Map<string, Buffer>> => {
      const opened = path.join(place, 'opened');
      await extractOtioz(bundle, opened, { maxBytes: 2 ** 27 });
      const media = path.join(opened, 'media');
      return new Map(readdirSync(media).map((name) => [name, readFileSync(path.join(media, name))]));
    };

    before(async () => {
      makePlace();
      file = archive(lifted(), takeIn());
      hash = sha256(readFileSync(file));
      made = await filled(file, undefined, {}, { confined: true });
    });

    it('a bundle beside it, with the media as they were and the fill', async () => {
      const { output, fills, losses, media } = made;
      assert.equal(output.path, at('cut.filled.otioz'));
      assert.deepEqual(losses, []);
      assert.equal(sha256(readFileSync(file)), hash);
      assert.deepEqual(readdirSync(at('.')).sort(), ['cut.filled media', 'cut.filled.otioz', 'cut.otioz', 'job']);
      assert.deepEqual(readdirSync(media), [fills[0]!.name]);
      assert.deepEqual(fills[0]!.inputs, [path.join(file, 'media', 'take0.mov')]);
      const members = await mediaIn(output.path);
      assert.deepEqual([...members.keys()].sort(), [fills[0]!.name, 'take0.mov'].sort());
      assert.ok(members.get('take0.mov')!.equals(take));
      assert.equal(sha256(members.get(fills[0]!.name)!), fills[0]!.sha256);
    });
    it('and revert gives the timeline that was, in a bundle with its media', async () => {
      const back = at('cut.filled.reverted.otioz');
      const { exit, out, err } = await ranHere('revert', made.output.path);
      assert.deepEqual([exit, out], [0, `${back}\n`], err);
      assert.equal(otio.write((await readBundle(back)).root), otio.write(lifted()));
      assert.ok((await mediaIn(back)).get('take0.mov')!.equals(take));
    });
    it('and another take; takes lists both, and chooses in a bundle', async () => {
      const again = await filled(made.output.path, undefined, { again: true, strategy: 'dissolve' });
      assert.equal(again.output.path, at('cut.filled.filled.otioz'));
      const { fills } = JSON.parse((await ranHere('takes', again.output.path, '--json')).out);
      assert.deepEqual(
        fills[0].versions.map(({ name, active }: { name: string; active: boolean }) => [name, active]),
        [
          ['v001', false],
          ['v002', true],
        ],
      );
      const { exit, out, err } = await ranHere('takes', again.output.path, '--use', 'v001');
      assert.deepEqual([exit, out], [0, `${at('cut.filled.filled.v001.otioz')}\n`], err);
      assert.equal((await mediaIn(out.trim())).size, 3);
    });
    it('into a folder bundle, the same work under the same name; and from there into another, with nothing lost', async () => {
      const one = await filled(file, path.join(place, 'x.otiod'));
      const { name } = made.fills[0]!;
      assert.deepEqual([one.fills[0]!.name, one.losses], [name, []]);
      assert.deepEqual(readdirSync(path.join(one.output.path, 'media')).sort(), [name, 'take0.mov'].sort());
      assert.ok(readFileSync(path.join(one.output.path, 'media', 'take0.mov')).equals(take));
      const two = await filled(one.output.path, undefined, { again: true, strategy: 'dissolve' });
      assert.equal(two.output.path, path.join(place, 'x.filled.otiod'));
      assert.deepEqual([two.losses, readdirSync(path.join(two.output.path, 'media')).length], [[], 3]);
    });
  });

  describe('refuses, with nothing written:', () => {
    const refused = async (file: string, code: string, said: RegExp, output?: string): Promise<void> => {
      await assert.rejects(filled(file, output, { track: 'V1', gap: '1' }), (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, said);
        assert.ok(!error.message.includes('scratch'), error.message);
        return true;
      });
      assert.deepEqual(left(), ['cut.otioz']);
    };
    it('an .otio: it would name no media that are there', () =>
      refused(archive(lifted(), takeIn()), 'FORMAT_UNFIT', /packed.*otioz, otiod/, path.join(place, 'x.otio')));
    it('a missing member', () => refused(archive(lifted()), 'GAP_UNFIT', /There is no '.*media[\\/]take0\.mov'/));
    it('a damaged member', () =>
      refused(archive(lifted(), takeIn({ crc: 1 })), 'TIMELINE_UNREADABLE', /'media\/take0\.mov' is damaged/));
    it('a member that is shorter than it says', () =>
      refused(
        archive(lifted(), takeIn({ method: 8, size: take.length + 9 })),
        'TIMELINE_UNREADABLE',
        /cut\.otioz.*holds less/,
      ));
    it('a member that unpacks to more than it says', () =>
      refused(archive(lifted(), takeIn({ method: 8, size: 9 })), 'TIMELINE_UNREADABLE', /holds more than the 9 bytes/));
    it('a member that is larger than the disk', () =>
      refused(archive(lifted(), takeIn({ method: 8, size: 2 ** 52 })), 'DISK_SHORT', /MiB are free in .*job\./));
    it('a member that is no film', () =>
      refused(archive(lifted(), takeIn({ data: 'no film' })), 'MEDIA_UNKNOWN', /cut\.otioz[\\/]media[\\/]take0\.mov/));
    it('a name that leaves the archive', () =>
      refused(
        archive(lifted(), takeIn(), { name: '../take0.mov', data: 'x' }),
        'TIMELINE_UNREADABLE',
        /\.\.\/take0\.mov/,
      ));
    it('an archive that is cut off', () => {
      const file = archive(lifted(), takeIn());
      writeFileSync(file, readFileSync(file).subarray(0, 5000));
      return refused(file, 'TIMELINE_UNREADABLE', /no sound archive/);
    });
    it('what was cancelled while it was unpacked', async () => {
      const file = archive(lifted(), takeIn());
      const abort = new AbortController();
      const stopped = contextOf(file, undefined, { signal: abort.signal });
      stopped.progress = ({ phase }) => phase === 'analyse' && abort.abort();
      await assert.rejects(async () => fill.run(parseParams(fill.params, {}), stopped), { name: 'AbortError' });
      assert.deepEqual([left(), unpacked()], [['cut.otioz'], []]);
    });
    it('what was cancelled while it was packed', async () => {
      const file = archive(lifted(), takeIn());
      const abort = new AbortController();
      const stopped = contextOf(file, undefined, { signal: abort.signal });
      stopped.progress = ({ phase }) => phase === 'join' && abort.abort();
      const params = parseParams(fill.params, quick);
      await assert.rejects(async () => fill.run(params, stopped), { name: 'AbortError' });
      assert.deepEqual(left(), ['cut.otioz']);
    });
  });
});
