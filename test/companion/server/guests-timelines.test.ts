// Guests below admin with timelines and stills: what lies in their root is worked with; of what lies outside nothing is opened, taken along or told.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasEnded } from '../../../companion/api/job.ts';
import type { FileRef, JobView } from '../../../companion/api/wire.ts';
import { findFolders } from '../../../companion/jobs/folders.ts';
import type { Jobs } from '../../../companion/jobs/jobs.ts';
import { openJobs } from '../../../companion/jobs/queue.ts';
import { findTools } from '../../../companion/media/find.ts';
import {
  type ClipMedia,
  ExternalReference,
  ImageSequenceReference,
  type Timeline,
  write,
} from '../../../otio/index.ts';
import { zip } from '../../otio/node/zip.ts';
import { clip, gap, save, timelineOf } from '../../support/cuts.ts';
import { ffmpeg } from '../../support/media.ts';
import { until } from '../../support/queue.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { type Answer, type Opened, openDoor } from './opened.ts';

const rate = 24;
/** What no guest may ever see. */
const marker = 'SECRET OUTSIDE OF THE ROOT';
const quick = { effort: 'fast' };

describe('door: timelines of guests below admin', function () {
  this.timeout(60_000);
  let folder: string;
  let door: Opened;
  let jobs: Jobs;
  let guest: string;
  let root: string;
  const homeBefore = process.env.INBETWEEN_HOME;
  const shared = (...names: string[]): string => path.join(folder, 'shared', ...names);
  const outside = (...names: string[]): string => path.join(folder, 'outside', ...names);

  before(async function () {
    notOnWindows(this, 'links need a right of their own');
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-guests-')));
    for (const place of [shared('images'), shared('home'), outside()]) mkdirSync(place, { recursive: true });
    const [take, still] = [shared('inside.mov'), shared('images', 'A.0001.png')];
    const tools = await findTools();
    const film = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=24', '-frames:v', '30', '-c:v', 'mpeg4', '-g', '1', take];
    await ffmpeg(tools, [...film, '-frames:v', '1', still]);
    writeFileSync(outside('secret.mov'), Buffer.concat([readFileSync(take), Buffer.from(marker)]));
    copyFileSync(still, outside('secret.0001.png'));
    symlinkSync('../outside', shared('way'));
    for (const name of ['secret', 'absent']) {
      symlinkSync(`../outside/${name}.mov`, shared(`${name}-link.mov`));
      symlinkSync(`../../outside/${name}.0001.png`, shared('images', `${name}.0001.png`));
    }
    process.env.INBETWEEN_HOME = shared('home'); // workers know the daemon's folders by it
    const folders = findFolders();
    jobs = openJobs({ folders });
    door = await openDoor({ jobs, folders });
    root = (await door.ask('POST', '/v1/roots', { name: 'shared', path: shared(), write: true })).body.id;
    guest = (await door.paired('submit')).token;
    copyFileSync(outside('secret.mov'), path.join(folders.config, 'secret.mov'));
  });
  after(async () => {
    await door?.close();
    await jobs?.close();
    if (homeBefore === undefined) delete process.env.INBETWEEN_HOME;
    else process.env.INBETWEEN_HOME = homeBefore;
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const within = (name: string): FileRef => ({ root, path: name });
  /** What the guest asks for. */
  const ask = (verb: string, inputs: readonly FileRef[], more: object = {}, output?: FileRef): Promise<Answer> =>
    door.ask('POST', '/v1/jobs', { verb, inputs, place: output === undefined ? {} : { output }, ...more }, guest);
  /** The job when it has ended, and all that a guest can read of it, as text. */
  const done = async (verb: string, inputs: readonly string[], params: object = quick, output?: string) => {
    const { status, body } = await ask(
      verb,
      inputs.map(within),
      { params },
      output === undefined ? output : within(output),
    );
    assert.equal(status, 200, JSON.stringify(body));
    const { job } = await until(jobs, body.id, hasEnded);
    await jobs.settled(body.id);
    const told = [];
    for (const more of ['', '/events', '/record'])
      told.push((await door.ask('GET', `/v1/jobs/${body.id}${more}`, undefined, guest)).body);
    const text = JSON.stringify(told);
    for (const secret of [marker, door.token, shared('home', 'data')])
      assert.ok(!text.includes(secret), `${secret} in ${text}`);
    return { id: body.id as string, job };
  };
  const failed = ({ job }: { job: JobView['job'] }) => {
    assert.ok(job.state === 'failed', JSON.stringify(job));
    return job.error;
  };
  const reported = ({ job }: { job: JobView['job'] }): { [name: string]: never } => {
    assert.ok(job.state === 'done', JSON.stringify(job));
    return job.outcome.record as { [name: string]: never };
  };

  /** A clip of the film in the root, a gap, and a clip of something else. */
  const around = (media: ClipMedia) => {
    const at = (from: number) => clip({ file: shared('inside.mov'), from, count: 5 }, rate);
    const other = at(8);
    other.mediaReferences = { DEFAULT_MEDIA: media };
    return [at(0), gap(3, rate), other];
  };
  const file = (targetUrl: string): ExternalReference => new ExternalReference({ targetUrl });
  const images = (targetUrlBase: string, namePrefix: string): ImageSequenceReference =>
    new ImageSequenceReference({
      ...{ targetUrlBase, namePrefix, nameSuffix: '.png', startFrame: 1, frameZeroPadding: 4, rate },
    });
  /** Ways out of the root, each to something that is there (`secret`) or not (`absent`). */
  const waysOut: readonly [what: string, to: (name: string) => ClipMedia][] = [
    ['an absolute path', (name) => file(outside(`${name}.mov`))],
    ['a file URL', (name) => file(pathToFileURL(outside(`${name}.mov`)).href)],
    ['a file URL with a host', (name) => file(`file://host${outside(`${name}.mov`)}`)],
    ['upwards', (name) => file(`../outside/${name}.mov`)],
    ['upwards, percent-encoded', (name) => file(`..%2Foutside%2F${name}.mov`)],
    ['upwards from a folder', (name) => file(`images/../../outside/${name}.mov`)],
    ['a link to a file', (name) => file(`${name}-link.mov`)],
    ['a link to a folder', (name) => file(`way/${name}.mov`)],
    ['a folder behind a link', (name) => file(`way/${name}/deeper.mov`)],
    ['images', (name) => images('../outside', `${name}.`)],
    ['images by an absolute path', (name) => images(outside(), `${name}.`)],
    ['images in a link', (name) => images('way', `${name}.`)],
    ['images that are links', (name) => images('images', `${name}.`)],
    ['the daemon’s own folder', (name) => file(`home/config/${name}.mov`)],
    ['the daemon’s own folder by an absolute path', (name) => file(shared('home', 'config', `${name}.mov`))],
  ];
  /** One track inside of the root, then two for each way out. */
  const escapes = (): Timeline =>
    timelineOf(
      [around(file('inside.mov')), ...waysOut.flatMap(([, to]) => [around(to('secret')), around(to('absent'))])],
      rate,
    );

  it('gaps: media in the root are looked at, all others are offline, whether they are there or not', async () => {
    save(escapes(), shared(), 'escapes.otio');
    const { gaps } = reported(await done('gaps', ['escapes.otio'])) as unknown as {
      gaps: { strategy: string; reason: string }[];
    };
    const [inside, ...others] = gaps;
    assert.notEqual(inside!.strategy, 'leave', inside!.reason);
    for (const [i, [what]] of waysOut.entries()) {
      const [there, absent] = others.slice(2 * i, 2 * i + 2).map(({ strategy, reason }) => {
        assert.equal(strategy, 'leave', `${what}: ${reason}`);
        return reason.replaceAll(/secret|absent/g, 'NAME');
      });
      assert.equal(there, absent, what);
    }
  });
  it('fill: nothing from outside gets into the result', async () => {
    save(escapes(), shared(), 'all.otio');
    const record = reported(await done('fill', ['all.otio'], { ...quick, strict: false }, 'out.otioz'));
    assert.equal((record.left as never as unknown[]).length, 2 * waysOut.length);
    const bytes = readFileSync(shared('out.otioz'));
    for (const secret of [marker, door.token]) assert.equal(bytes.indexOf(secret), -1, secret);
    assert.ok(bytes.indexOf('media/inside.mov') > 0);
    assert.deepEqual(readdirSync(outside()).sort(), ['secret.0001.png', 'secret.mov']);
  });
  it('fill: clips are not put through a link', async () => {
    save(timelineOf([around(file('inside.mov'))], rate), shared(), 'linked.otio');
    symlinkSync('../outside', shared('linked.filled media'));
    const { code } = failed(await done('fill', ['linked.otio'], { ...quick, strategy: 'hold', handles: 0 }));
    assert.equal(code, 'PATH_REFUSED');
    assert.deepEqual(readdirSync(outside()).sort(), ['secret.0001.png', 'secret.mov']);
    assert.ok(!existsSync(shared('linked.filled.otio')));
  });
  it('gaps: an archive is unpacked where nobody sees it, and nothing of that stays', async () => {
    const inside = { name: 'media/inside.mov', data: readFileSync(shared('inside.mov')) };
    const on = write(timelineOf([around(file('media/inside.mov')), around(file('../inside.mov'))], rate)).replaceAll(
      pathToFileURL(shared('inside.mov')).href,
      'media/inside.mov',
    );
    writeFileSync(shared('cut.otioz'), zip([{ name: 'content.otio', data: on }, inside]));
    const ended = await done('gaps', ['cut.otioz']);
    const { gaps } = reported(ended) as unknown as { gaps: { strategy: string; reason: string }[] };
    assert.notEqual(gaps[0]!.strategy, 'leave', gaps[0]!.reason);
    assert.match(gaps[1]!.reason, /outside the folders/);
    assert.ok(!existsSync(shared('home', 'data', 'jobs', ended.id)));
  });

  describe('refused at the door, the same whether it is there or not:', () => {
    const refused = (what: string, asked: (name: string) => Promise<Answer>): void => {
      it(what, async () => {
        const [there, absent] = [await asked('secret'), await asked('absent')];
        for (const { status, body } of [there, absent])
          assert.deepEqual([status, body.error.code], [403, 'PATH_REFUSED']);
        const plain = ({ body }: Answer): string => JSON.stringify(body).replaceAll(/secret|absent/g, 'NAME');
        assert.equal(plain(there), plain(absent));
      });
    };
    const cut = (): FileRef[] => [within('cut.otio')];
    before(() => save(timelineOf([around(file('inside.mov'))], rate), shared()));
    for (const verb of ['gaps', 'fill']) {
      refused(`${verb} with a folder of media`, (name) => ask(verb, cut(), { params: { mediaRoot: outside(name) } }));
      refused(`${verb} with a folder of media in the root`, () =>
        ask(verb, cut(), { params: { mediaRoot: shared() } }),
      );
      refused(`${verb} of a timeline behind a link`, (name) => ask(verb, [within(`way/${name}.otio`)]));
    }
    const fillTo = (output: FileRef) => ask('fill', cut(), {}, output);
    refused('fill into a folder outside', (name) => fillTo(within(`../outside/${name}.otio`)));
    refused('fill through a link', (name) => fillTo(within(`way/${name}.otio`)));
    refused('fill over a link', (name) => fillTo(within(`${name}-link.mov`)));
    refused('fill into the daemon’s own folder', (name) => fillTo(within(`home/config/${name}.otio`)));
    refused('fill to an absolute path', (name) => fillTo(outside(`${name}.otio`)));
    const keyframes = (still: FileRef, output?: string) =>
      ask('keyframes', [within('images/A.0001.png'), still], {}, output === undefined ? output : within(output));
    refused('keyframes with a still outside', (name) => keyframes(within(`../outside/${name}.0001.png`)));
    refused('keyframes with an absolute still', (name) => keyframes(outside(`${name}.0001.png`)));
    refused('keyframes with a link', (name) => keyframes(within(`images/${name}.0001.png`)));
    refused('keyframes with a still behind a link', (name) => keyframes(within(`way/${name}.0001.png`)));
    refused('keyframes into a folder outside', (name) => keyframes(within('images/A.0001.png'), `way/${name}.mov`));
  });
});
