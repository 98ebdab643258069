// `inbetween jobs submit`, `jobs events` and `picture`: what they ask the daemon for, and what they say of what cannot be read or written.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Client, openClient } from '../../../companion/api/client.ts';
import type { Submission } from '../../../companion/api/wire.ts';
import { listEvents } from '../../../companion/cli/jobs.ts';
import { savePicture } from '../../../companion/cli/picture.ts';
import { submitFile } from '../../../companion/cli/submit.ts';
import { type Answers, type FakeDaemon, openFakeDaemon } from '../../support/fake-daemon.ts';
import { eventOf, viewOf } from '../../support/job-views.ts';
import { wordsOf } from '../../support/words.ts';

describe('jobs submit, jobs events, picture', () => {
  const id = 'j0123456789abcdef';
  let daemon: FakeDaemon;
  let client: Client;
  let folder: string;
  const answers: Answers = {
    submit: () => viewOf(id),
    events: () => ({ events: [eventOf(id, 3, { state: 'queued' })], job: viewOf(id, { state: 'queued' }, 3) }),
  };
  before(async () => {
    daemon = await openFakeDaemon({ answers });
    client = openClient(daemon.url, 'secret');
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-submit-'));
  });
  after(async () => {
    client.close();
    await daemon.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (name: string): string => path.join(folder, name);
  const written = (text: string): string => {
    writeFileSync(at('job.json'), text);
    return at('job.json');
  };
  const lastAsked = (): Submission => daemon.calls.findLast(({ name }) => name === 'submit')?.body as Submission;

  it('a job in a file, its paths made absolute, not attached', async () => {
    const job = {
      verb: 'interpolate',
      inputs: ['a.mov'],
      priority: 3,
      attachedTo: `g${'0'.repeat(16)}`,
      place: { output: 'out/' },
    };
    const { stdout } = await wordsOf(() => submitFile(client, written(JSON.stringify(job)), false));
    assert.equal(stdout, `${id}\n`);
    const { inputs, priority, attachedTo, place } = lastAsked();
    assert.deepEqual(
      [inputs, priority, attachedTo, place?.output],
      [[path.resolve('a.mov')], 3, null, path.resolve('out') + path.sep],
    );
  });
  it('a file in a root stays one', async () => {
    const ref = { root: 'r1', path: 'a.mov' };
    await wordsOf(() => submitFile(client, written(JSON.stringify({ verb: 'interpolate', inputs: [ref] })), true));
    assert.deepEqual(lastAsked().inputs, [ref]);
  });
  const refused = (what: string, text: string, expected: RegExp) =>
    it(`${what} is refused`, () => assert.rejects(submitFile(client, written(text), false), expected));
  refused('what is no JSON', '{', /it is no JSON/);
  refused('what is no job', '{"verb":"interpolate"}', /it is no job \(inputs/);
  refused('what it does not know', '{"verb":"v","inputs":["a"],"colour":1}', /it is no job/);
  it('a file that is not there', () => assert.rejects(submitFile(client, at('none.json'), false), /There is no file/));

  it('events, as lines and as JSON', async () => {
    const { stdout } = await wordsOf(() => listEvents(client, id, 2, false));
    assert.match(stdout, /^ {5}3 {2}\S+ \S+ {2}waits, is next\n$/);
    assert.equal(daemon.calls.at(-1)?.query.since, '2');
    const json = await wordsOf(() => listEvents(client, id, 0, true));
    assert.equal(JSON.parse(json.stdout).events[0].seq, 3);
  });

  describe('picture', () => {
    const bytes = Buffer.from('a picture');
    before(() => {
      // an address need not be one of the table: whatever the daemon answers under it is the picture
      answers.media = () => ({ url: `/picture`, expiresAt: 0, type: 'image/jpeg' });
      const real = globalThis.fetch;
      globalThis.fetch = async (url, init) =>
        String(url) === `${daemon.url}/picture` ? new Response(bytes) : real(url, init);
      after(() => {
        globalThis.fetch = real;
      });
    });
    it('lies beside the clip, and nothing is replaced unless it is said', async () => {
      const clip = at('shot.mov');
      const { stdout } = await wordsOf(() => savePicture(client, clip, { at: 2 }));
      assert.equal(stdout, `${at('shot.jpg')}\n`);
      assert.deepEqual(readFileSync(at('shot.jpg')), bytes);
      const asked = daemon.calls.findLast(({ name }) => name === 'media')?.body;
      assert.deepEqual(asked, { file: clip, show: 'frame', at: 2 });
      await assert.rejects(savePicture(client, clip, {}), /exists\..*--force/);
      await wordsOf(() => savePicture(client, clip, { force: true, strip: 5 }));
      assert.deepEqual(daemon.calls.findLast(({ name }) => name === 'media')?.body, {
        ...{ file: clip, show: 'filmstrip', frames: 5 },
      });
    });
    it('never replaces the clip, under whatever name, and leaves nothing unfinished', async () => {
      const clip = at('original.mov');
      writeFileSync(clip, 'a clip');
      symlinkSync(clip, at('link.mov'));
      for (const output of [clip, at('link.mov')])
        await assert.rejects(savePicture(client, clip, { output, force: true }), /is never replaced/);
      assert.equal(readFileSync(clip, 'utf8'), 'a clip');
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('partial')),
        [],
      );
    });
    it('needs a folder that is there', () =>
      assert.rejects(savePicture(client, at('a.mov'), { output: at('no/where.jpg') }), /no folder/));
  });
});
