// Crafted media files and names through the door of a real daemon with the real ffmpeg: nothing outside is opened, nobody is called, the daemon lives.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { type Client, openClient } from '../../companion/api/client.ts';
import { CompanionError } from '../../companion/api/errors.ts';
import { hasEnded } from '../../companion/api/job.ts';
import type { FileRef } from '../../companion/api/wire.ts';
import { findTools } from '../../companion/media/find.ts';
import { make, picture } from '../companion/media/footage.ts';
import { makePipe } from '../otio/node/folder.ts';
import { OwnDaemon } from '../support/own-daemon.ts';
import { standAside } from '../support/stand-aside.ts';

/** A picture of `width` x `height` black pixels whose 3 bytes each are never all there: the same packed rows again and again. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = 100;
  const packed = deflateRawSync(Buffer.alloc(rows * (3 * width + 1)), { finishFlush: constants.Z_FULL_FLUSH });
  const adler = Buffer.alloc(4);
  adler.writeUInt16BE((height * (3 * width + 1)) % 65521, 0);
  adler.writeUInt16BE(1, 2);
  const end = Buffer.from([3, 0]);
  const data = Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array<Buffer>(height / rows).fill(packed), end, adler]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

describe('journeys: crafted media through the door', function () {
  this.timeout(120_000);
  let folder: string;
  let clips: string;
  let daemon: OwnDaemon;
  /** A paired guest that may submit. */
  let guest: Client;
  let root: string;
  /** Whoever opens it waits until somebody writes: what reads it never comes to an end in time. */
  let outside: string;
  let listener: Server;
  let calls = 0;

  before(async function () {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-crafted-')));
    clips = path.join(folder, 'clips');
    mkdirSync(clips);
    outside = path.join(folder, 'outside.ts');
    if (!makePipe(outside) || !makePipe(path.join(clips, 'sibling.mp4'))) standAside(this, 'no pipe can be made here');
    listener = createServer((socket) => {
      calls++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const port = (listener.address() as { port: number }).port;
    const playlist = (segment: string): string =>
      `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${segment}\n#EXT-X-ENDLIST\n`;
    const write = (name: string, text: string | Buffer): void => writeFileSync(path.join(clips, name), text);
    const clip = await make('crafted.mp4', ...picture('10', 0.5));
    for (const name of ['whole.mp4', '-y.mp4', 'shot%03d.mp4', `片 'a' "b" $(c) ; d.mp4`])
      copyFileSync(clip, path.join(clips, name));
    write('hls-outside.mp4', playlist(outside));
    write('hls-file.mp4', playlist(`file://${outside}`));
    write('hls-http.mp4', playlist(`http://127.0.0.1:${port}/x.ts`));
    write('hls-http.m3u8', playlist(`http://127.0.0.1:${port}/x.ts`));
    write('hls-tcp.mp4', playlist(`tcp://127.0.0.1:${port}`));
    write('list.mov', "ffconcat version 1.0\nfile 'sibling.mp4'\n");
    write('list-up.mov', `ffconcat version 1.0\nfile '${outside}'\n`);
    write(
      'dash.mp4',
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>http://127.0.0.1:${port}/x.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    );
    write('session.mp4', `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\n`);
    write('huge.png', hugePng(30_000, 30_000));
    daemon = new OwnDaemon(path.join(folder, 'home'));
    await daemon.start();
    root = (await daemon.client.call('addRoot', { body: { name: 'clips', path: clips, write: true } })).id;
    const stranger = openClient(daemon.client.url, null);
    const { id, digits } = await stranger.call('pairStart', { body: { name: 'panel', scope: 'submit' } });
    await daemon.client.call('pairConfirm', { body: { digits } });
    const { client, secret } = await stranger.call('pairFinish', { body: { id } });
    guest = openClient(daemon.client.url, { id: client.id, secret });
  });
  after(async () => {
    guest?.close();
    await daemon?.end('SIGKILL');
    listener?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** Code of the error, or `done`. */
  const asJob = async (file: FileRef, dryRun = false): Promise<string> => {
    try {
      const { id } = await guest.call('submit', {
        body: { verb: 'interpolate', inputs: [file], params: { fps: '20' }, dryRun },
      });
      const { job } = await daemon.until(id, hasEnded, 60_000);
      return job.state === 'failed' ? job.error.code : job.state;
    } catch (error) {
      return error instanceof CompanionError ? error.code : String(error);
    }
  };
  const asPicture = async (file: FileRef, show: 'frame' | 'filmstrip'): Promise<string> => {
    try {
      const { url } = await guest.call('media', { body: { file, show, frames: 3 } });
      const response = await fetch(daemon.client.url + url);
      if (response.ok) return response.headers.get('content-type') === 'image/jpeg' ? 'done' : 'other';
      return ((await response.json()) as { error: { code: string } }).error.code;
    } catch (error) {
      return error instanceof CompanionError ? error.code : String(error);
    }
  };
  const check = (file: string, job: string, shown = job): void => {
    const named = (): FileRef => ({ root, path: file });
    it(`${file}: a job → ${job}`, async () => assert.equal(await asJob(named()), job));
    it(`${file}: a frame → ${shown}`, async () => assert.equal(await asPicture(named(), 'frame'), shown));
    it(`${file}: a filmstrip → ${shown}`, async () => assert.equal(await asPicture(named(), 'filmstrip'), shown));
  };
  afterEach(async () => {
    assert.equal(calls, 0, 'somebody was called');
    assert.equal((await daemon.client.greet()).pid, daemon.pid, 'the daemon lives');
  });

  check('hls-outside.mp4', 'MEDIA_REFUSED');
  check('hls-file.mp4', 'MEDIA_REFUSED');
  check('hls-http.mp4', 'MEDIA_REFUSED');
  check('hls-http.m3u8', 'MEDIA_REFUSED');
  check('hls-tcp.mp4', 'MEDIA_REFUSED');
  check('list.mov', 'MEDIA_REFUSED');
  check('list-up.mov', 'MEDIA_REFUSED');
  check('dash.mp4', 'MEDIA_REFUSED');
  check('session.mp4', 'MEDIA_REFUSED');
  check('concat:whole.mp4|whole.mp4', 'PATH_REFUSED');
  check('file:whole.mp4', 'PATH_REFUSED');
  check('pipe:0', 'PATH_REFUSED');
  check('huge.png', 'PICTURE_TOO_LARGE');
  check('sibling.mp4', 'INPUT_UNREADABLE');
  check('-y.mp4', 'done');
  check('shot%03d.mp4', 'done');
  check(`片 'a' "b" $(c) ; d.mp4`, 'done');
  for (const [file, code] of [
    ['hls-outside.mp4', 'MEDIA_REFUSED'],
    ['huge.png', 'PICTURE_TOO_LARGE'],
    ['sibling.mp4', 'INPUT_UNREADABLE'],
    ['-y.mp4', 'done'],
  ] as const)
    it(`${file}: a plan → ${code}`, async () => assert.equal(await asJob({ root, path: file }, true), code));
  it('results have the names of their inputs, and nothing else came to be', () => {
    const made = readdirSync(clips).filter((name) => name.includes('20fps') && !name.endsWith('.json'));
    const expected = ['-y', 'shot%03d', `片 'a' "b" $(c) ; d`].map((name) => `${name}.20fps.mov`);
    assert.deepEqual(made.sort(), expected.sort());
    assert.ok(!existsSync(path.join(clips, 'shot001.mp4')));
  });
  it('with other protocols allowed, ffmpeg calls out: the harness can fail', async () => {
    const { ffmpeg } = await findTools();
    await new Promise<void>((resolve) => {
      execFile(
        ffmpeg.path,
        [
          '-nostdin',
          '-protocol_whitelist',
          'file,http,tcp',
          '-i',
          path.join(clips, 'hls-http.m3u8'),
          '-f',
          'null',
          '-',
        ],
        () => resolve(),
      );
    });
    assert.ok(calls > 0);
    calls = 0;
  });
});
