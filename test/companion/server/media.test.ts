// Pictures and files at sealed addresses: forged, old, of others: refused; ranges as a player asks for them; frames and strips of a real clip.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { rangeOf } from '../../../companion/server/media.ts';
import { make, picture } from '../media/footage.ts';
import { type Opened, openDoor } from './opened.ts';

describe('door: media', () => {
  let door: Opened;
  let root: string;
  let clip: string;
  before(async () => {
    door = await openDoor();
    const folder = path.join(door.folder, 'clips');
    mkdirSync(folder);
    clip = path.join(folder, 'a.mp4');
    copyFileSync(await make('door.mp4', ...picture('10', 2)), clip);
    writeFileSync(path.join(folder, 'page.html'), '<script>alert(1)</script>');
    writeFileSync(path.join(folder, 'drawing.svg'), '<svg/>');
    writeFileSync(path.join(folder, 'noise.mp4'), 'noise');
    writeFileSync(path.join(folder, 'list.mp4'), '#EXTM3U\n#EXTINF:1,\n/etc/passwd\n');
    root = (await door.ask('POST', '/v1/roots', { name: 'clips', path: folder, write: false })).body.id;
  });
  after(() => door.close());

  const address = async (more: object = {}, token = door.token): Promise<string> => {
    const { status, body } = await door.ask('POST', '/v1/media', { file: { root, path: 'a.mp4' }, ...more }, token);
    assert.equal(status, 200, JSON.stringify(body));
    return body.url;
  };
  const get = (url: string, headers: Record<string, string> = {}): Promise<Response> => {
    door.clock.now += 25;
    return fetch(door.server.url + url, { headers });
  };
  const bytes = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

  it('a file, without a token', async () => {
    const response = await get(await address());
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'video/mp4');
    assert.equal(response.headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await bytes(response), readFileSync(clip));
  });
  const range = (asked: string, status: number, part: (all: Buffer) => Buffer): void => {
    it(`Range ${asked} → ${status}`, async () => {
      const all = readFileSync(clip);
      const response = await get(await address(), { range: asked });
      assert.equal(response.status, status);
      assert.deepEqual(await bytes(response), part(all));
      if (status === 416) assert.equal(response.headers.get('content-range'), `bytes */${all.length}`);
    });
  };
  range('bytes=0-99', 206, (all) => all.subarray(0, 100));
  range('bytes=100-', 206, (all) => all.subarray(100));
  range('bytes=-10', 206, (all) => all.subarray(-10));
  range('bytes=0-999999999', 206, (all) => all);
  range('bytes=999999999-', 416, () => Buffer.alloc(0));
  range('bytes=-0', 416, () => Buffer.alloc(0));
  range('bytes=0-1,5-6', 200, (all) => all);
  range('bytes=9-1', 200, (all) => all);
  range('lines=1-2', 200, (all) => all);
  it('ranges as a formula', () => {
    for (let from = 0; from < 6; from++)
      for (let to = from; to < 8; to++)
        assert.deepEqual(rangeOf(`bytes=${from}-${to}`, 5), from >= 5 ? undefined : [from, Math.min(4, to)]);
    assert.equal(rangeOf('bytes=0-', 0), undefined);
    assert.equal(rangeOf(undefined, 5), null);
  });

  it('a frame', async () => {
    const response = await get(await address({ show: 'frame', at: 1, width: 32 }));
    assert.equal(response.headers.get('content-type'), 'image/jpeg');
    const { width, height, format } = await sharp(await bytes(response)).metadata();
    assert.deepEqual([width, height, format], [32, 24, 'jpeg']);
  });
  it('frames at two instants differ, at one they are the same', async () => {
    const shot = async (at: number): Promise<string> =>
      (await bytes(await get(await address({ show: 'frame', at })))).toString('base64');
    const [a, again, b] = [await shot(0), await shot(0), await shot(1.5)];
    assert.equal(a, again);
    assert.notEqual(a, b);
  });
  it('a filmstrip', async () => {
    const response = await get(await address({ show: 'filmstrip', frames: 4, width: 16 }));
    const { width, height } = await sharp(await bytes(response)).metadata();
    assert.deepEqual([width, height], [64, 12]);
  });
  it('no frame beyond the end', async () =>
    assert.equal((await get(await address({ show: 'frame', at: 100 }))).status, 400));
  it('no frame of noise', async () =>
    assert.equal((await get(await address({ file: { root, path: 'noise.mp4' }, show: 'frame' }))).status, 400));
  it('no frame of a list of other files', async () => {
    const response = await get(await address({ file: { root, path: 'list.mp4' }, show: 'frame' }));
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'MEDIA_REFUSED');
  });

  const none = (name: string, more: () => object, code: string): void => {
    it(`no address for ${name}`, async () =>
      assert.equal(
        (await door.ask('POST', '/v1/media', { file: { root, path: 'a.mp4' }, ...more() })).body.error.code,
        code,
      ));
  };
  none('a page', () => ({ file: { root, path: 'page.html' } }), 'MEDIA_UNKNOWN');
  none('a drawing with scripts', () => ({ file: { root, path: 'drawing.svg' } }), 'MEDIA_UNKNOWN');
  none('what is not there', () => ({ file: '/nowhere/at/all.mp4' }), 'INPUT_MISSING');
  none('a root nobody knows', () => ({ file: { root: 'x', path: 'a.mp4' } }), 'ROOT_UNKNOWN');
  none('a very wide picture', () => ({ show: 'frame', width: 100_000 }), 'REQUEST_INVALID');
  none('very many frames', () => ({ show: 'filmstrip', frames: 1000 }), 'REQUEST_INVALID');
  it('no address of an absolute path for a guest', async () => {
    const { token } = await door.paired('submit');
    assert.equal((await door.ask('POST', '/v1/media', { file: clip }, token)).status, 403);
  });

  const refused = async (url: string, headers: Record<string, string> = {}): Promise<void> => {
    const response = await get(url, headers);
    const { error } = (await response.json()) as { error: { code: string } };
    assert.deepEqual([response.status, error.code], [403, 'MEDIA_LINK_REFUSED']);
  };
  it('a forged address', async () => {
    const url = await address();
    const at = url.lastIndexOf('/') + 1;
    for (let index = at; index < url.length; index += 17)
      await refused(url.slice(0, index) + (url[index] === 'A' ? 'B' : 'A') + url.slice(index + 1));
    for (const sealed of ['x', 'A'.repeat(80), `${url.slice(at)}A`, url.slice(at, -4), `${url.slice(at)}=`])
      await refused(`/v1/media/${sealed}`);
  });
  it('an address shows no path', async () => {
    const sealed = (await address()).split('/').at(-1)!;
    assert.doesNotMatch(Buffer.from(sealed, 'base64url').toString('latin1'), /a\.mp4|clips/);
  });
  it('an old address', async () => {
    const url = await address();
    door.clock.now += 599_000;
    assert.equal((await get(url)).status, 200);
    door.clock.now += 1000;
    await refused(url);
  });
  it('an address of another session', async () => {
    const { token } = await door.paired('read');
    await refused(await address(), { authorization: `Bearer ${token}` });
    await refused(await address({}, token), { authorization: `Bearer ${door.token}` });
    assert.equal((await get(await address({}, token), { authorization: `Bearer ${token}` })).status, 200);
  });
  it('an address of a guest whose token was taken back', async () => {
    const { token, id } = await door.paired('read');
    const url = await address({}, token);
    assert.equal((await get(url)).status, 200);
    await door.ask('DELETE', `/v1/clients/${id}`);
    await refused(url);
  });
  it('an address of another daemon', async () => {
    const other = await openDoor();
    const url = await address();
    assert.equal((await fetch(other.server.url + url)).status, 403);
    await other.close();
  });
  it('another page gets nothing', async () => {
    const url = await address();
    assert.equal((await get(url, { 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await get(url, { origin: 'http://evil.test' })).status, 403);
  });
  it('a root that was closed since', async () => {
    const { id } = (await door.ask('POST', '/v1/roots', { name: 'x', path: path.dirname(clip), write: false })).body;
    const url = await address({ file: { root: id, path: 'a.mp4' } });
    await door.ask('DELETE', `/v1/roots/${id}`);
    assert.equal((await get(url)).status, 404);
  });
});
