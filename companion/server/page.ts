// The page at `/`: exchanges the one-time code of its address for a token and lists the jobs. No script within the page, no markup out of data.
import type { Express } from 'express';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Inbetween</title>
<link rel="stylesheet" href="/page.css">
<h1>Inbetween</h1>
<p id="said" role="status">…</p>
<ul id="jobs"></ul>
<script type="module" src="/page.js"></script>
</html>
`;

const style = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
li { overflow-wrap: anywhere; }
`;

const script = `const said = document.getElementById('said');
const list = document.getElementById('jobs');
const kept = 'inbetween-token';

async function ask(address, options = {}) {
  const answer = await fetch(address, { credentials: 'omit', ...options });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error.message);
  return told;
}

async function token() {
  const code = /^#k=([\\w-]+)$/.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(null, '', '/');
    const headers = { 'content-type': 'application/json' };
    const session = await ask('/v1/session', { method: 'POST', headers, body: JSON.stringify({ code }) });
    sessionStorage.setItem(kept, session.token);
  }
  const known = sessionStorage.getItem(kept);
  if (!known) throw new Error('Open this page with "inbetween open".');
  return known;
}

function show(jobs) {
  said.textContent = jobs.length === 0 ? 'No jobs yet.' : '';
  list.replaceChildren(...jobs.map(({ verb, inputs, job }) => {
    const item = document.createElement('li');
    item.textContent = verb + ' · ' + job.state + ' · ' + inputs.join(', ');
    return item;
  }));
}

try {
  const headers = { authorization: 'Bearer ' + await token() };
  for (;;) {
    show((await ask('/v1/jobs', { headers })).jobs);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
} catch (error) {
  said.textContent = error.message;
}
`;

export function mountPage(app: Express): void {
  const files = [
    ['/', 'html', page],
    ['/page.css', 'css', style],
    ['/page.js', 'js', script],
  ] as const;
  for (const [url, type, text] of files)
    app.get(url, (_, response) => {
      response.locals.route = 'page';
      response.type(type).send(text);
    });
}
