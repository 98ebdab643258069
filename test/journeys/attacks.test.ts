/// <reference lib="dom" />
// Pages of others against the daemon, in a real Chromium: whatever they send, even with the user's token in hand, nothing is done and nothing is read.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Opened, openDoor } from '../companion/server/opened.ts';
import { findChromium, openChromium } from '../support/chromium.ts';
import { standAside } from '../support/stand-aside.ts';

/** What a page may give `fetch`. */
interface Sent {
  readonly method?: 'POST';
  readonly mode?: 'no-cors';
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

describe('journeys: attacks from pages', function () {
  this.timeout(120_000);
  let browser: Browser;
  let context: BrowserContext;
  let door: Opened;
  let evil: Server;
  let evilPort: number;
  /** Where the daemon is, for a page. */
  let at: string;
  const order = JSON.stringify({ verb: 'interpolate', inputs: ['/etc/passwd'] });

  before(async function () {
    const program = await findChromium();
    if (program === null) standAside(this, 'there is no Chromium here, and the one of npm is made for Linux on x64');
    browser = await openChromium(program, ['--host-resolver-rules=MAP evil.test 127.0.0.1']);
    evil = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body></body>');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    evilPort = (evil.address() as AddressInfo).port;
  });
  after(async () => {
    await browser?.close();
    evil?.closeAllConnections();
    evil?.close();
  });
  beforeEach(async () => {
    door = await openDoor({ clock: Date.now });
    at = door.server.url;
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await door.close();
  });

  /** Nothing was asked of the queue, nothing of the daemon's state changed, and it still answers its own user. */
  async function unharmed(): Promise<void> {
    assert.deepEqual(door.jobs.orders, []);
    assert.deepEqual(door.jobs.gone, []);
    assert.equal(door.stopped(), 0);
    assert.deepEqual((await door.ask('GET', '/v1/pair')).body, []);
    assert.deepEqual((await door.ask('GET', '/v1/roots')).body, []);
    assert.equal((await door.ask('GET', '/v1/hello')).body.product, 'inbetween');
  }
  /** Statuses of the requests that reached the door since it opened, but for our own. */
  const reached = (): number[] =>
    door.log.flatMap((line) => {
      const { msg, status } = JSON.parse(line) as { msg: string; status?: number };
      return msg === 'asked' && status !== undefined ? [status] : [];
    });
  /** All that reached the door was refused, and something did. */
  async function refused(): Promise<void> {
    for (let waits = 0; reached().length === 0 && waits < 100; waits++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(reached().length > 0, 'nothing reached the door: the attack proves nothing');
    assert.ok(
      reached().every((status) => status === 403),
      `${reached()}`,
    );
    await unharmed();
  }

  const origins = {
    'another port of this machine': () => `http://127.0.0.1:${evilPort}`,
    'another name of this machine': () => `http://localhost:${evilPort}`,
    'another site': () => `http://evil.test:${evilPort}`,
  } as const;
  for (const [whose, origin] of Object.entries(origins))
    describe(`a page of ${whose}`, () => {
      let page: Page;
      beforeEach(async () => {
        page = await context.newPage();
        await page.goto(origin());
      });
      /** Runs in the page; `how` gets what it needs as plain data. Gives what the page could learn: an answer's text, or null. */
      const sends = async (options: Sent): Promise<string | null> =>
        page.evaluate(
          async ([url, init]) => {
            try {
              return await (await fetch(url, init)).text();
            } catch {
              return null;
            }
          },
          [`${at}/v1/jobs`, options] as const,
        );

      it('sends a plain POST with a job', async () => {
        assert.ok(
          !(await sends({ method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: order })),
        );
        await refused();
      });
      it('sends JSON with the token', async () => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${door.token}` };
        assert.equal(await sends({ method: 'POST', headers, body: order }), null);
        await refused(); // its preflight
      });
      it('reads without asking leave', async () => {
        assert.ok(!(await sends({ mode: 'no-cors' })));
        await refused();
      });
      it('reads', async () => {
        assert.equal(await sends({}), null);
        await refused();
      });
      it('sends a form', async () => {
        await page.evaluate(
          ([url, text]) => {
            const form = document.createElement('form');
            Object.assign(form, { method: 'POST', action: url, enctype: 'text/plain' });
            const field = document.createElement('input');
            Object.assign(field, { name: text, value: '' });
            form.append(field);
            document.body.append(form);
            form.submit();
          },
          [`${at}/v1/jobs`, order] as const,
        );
        await refused();
      });
      it('sends from a sandboxed frame, whose origin is null', async () => {
        await page.evaluate(
          ([url, text]) => {
            const frame = document.createElement('iframe');
            frame.sandbox.add('allow-scripts');
            frame.srcdoc = `<script>fetch(${JSON.stringify(url)}, {method:'POST',mode:'no-cors',body:${JSON.stringify(text)}})</script>`;
            document.body.append(frame);
          },
          [`${at}/v1/jobs`, order] as const,
        );
        await refused();
      });
      it('shows what the daemon has as picture, script and frame', async () => {
        await page.evaluate((url) => {
          document.body.append(Object.assign(new Image(), { src: `${url}/v1/jobs` }));
          for (const path of ['/v1/jobs', '/page.js'])
            document.body.append(Object.assign(document.createElement('script'), { src: url + path }));
          document.body.append(Object.assign(document.createElement('iframe'), { src: url }));
        }, at);
        await page.waitForLoadState('networkidle');
        assert.ok(reached().length >= 4, `${reached()}`);
        await refused();
        for (const frame of page.frames().slice(1)) assert.doesNotMatch(await frame.content(), /Open this page with/);
      });
      it('opens a socket with the token', async () => {
        const heard = await page.evaluate(
          ([url, token]) =>
            new Promise<string[]>((resolve) => {
              const words: string[] = [];
              const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`);
              socket.onopen = () => void words.push('open');
              socket.onmessage = ({ data }) => {
                words.push(String(data));
                socket.send(`40${JSON.stringify({ token })}`);
              };
              socket.onclose = () => resolve(words);
              setTimeout(() => resolve([...words, 'still open']), 5000);
            }),
          [at.replace('http', 'ws'), door.token] as const,
        );
        assert.deepEqual(heard, []);
        assert.equal(door.server.guests(), 0);
        await unharmed();
      });
    });

  it('a name of another site that points to this machine (rebinding) gets no page and no answer', async () => {
    const page = await context.newPage();
    const there = `http://evil.test:${door.server.port}`;
    const answer = await page.goto(there);
    assert.equal(answer?.status(), 403);
    assert.doesNotMatch(await page.content(), /page\.js/);
    const told = await page.evaluate(async (authorization) => {
      const answer = await fetch('/v1/jobs', { headers: { authorization } });
      return `${answer.status} ${await answer.text()}`;
    }, `Bearer ${door.token}`);
    assert.match(told, /^403 /);
    await refused();
  });

  it('a link to the daemon on a page of another site is not followed into it', async () => {
    const page = await context.newPage();
    await page.goto(`http://evil.test:${evilPort}`);
    await page.evaluate((url) => {
      const link = Object.assign(document.createElement('a'), { href: `${url}/v1/stop`, textContent: 'prize' });
      document.body.append(link);
      link.click();
    }, at);
    await refused();
  });

  it("the user's own page does what they may not: the harness can fail", async () => {
    const { code } = (await door.ask('POST', '/v1/codes', {})).body as { code: string };
    const page = await context.newPage();
    await page.goto(`${at}/#k=${code}`);
    await page.getByText('No jobs yet.').waitFor();
    assert.equal(new URL(page.url()).hash, '');
    const status = await page.evaluate(async (body) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${sessionStorage.getItem('inbetween-token')}`,
      };
      return (await fetch('/v1/jobs', { method: 'POST', headers, body })).status;
    }, order);
    assert.deepEqual([status, door.jobs.orders.length], [200, 1]);
  });
});
