// Progress reads well on a terminal and in a log.
import assert from 'node:assert/strict';
import type { JobEvent, Progress } from '../../../companion/api/job.ts';
import { clock, liveLine, measures, progressView } from '../../../companion/cli/progress.ts';

const step = (done: number, more: Partial<Progress> = {}): Progress => ({
  phase: 'render',
  done,
  total: 600,
  unit: 'frames',
  fps: 24.34,
  etaMs: 41500,
  ...more,
});

const event = (progress: Progress): JobEvent => ({
  atMs: 0,
  verb: 'v',
  inputs: [],
  job: { state: 'running', progress, notes: [] },
});

describe('measures', () => {
  const check = (progress: Progress, expected: string) => () => assert.equal(measures(progress), expected);
  it('all known', check(step(366), ' 61 %  366/600 frames  24.3 fps  0:42 left'));
  it('no speed yet', check(step(0, { fps: null, etaMs: null }), '  0 %  0/600 frames'));
  it('no total', check(step(12, { total: 0, etaMs: null }), '12 frames  24.3 fps'));
  it(
    'files',
    check(step(1, { total: 2, unit: 'files', fps: 0.5, etaMs: 2000 }), ' 50 %  1/2 files  0.5 files/s  0:02 left'),
  );
});

describe('clock', () => {
  const check = (ms: number, expected: string) => () => assert.equal(clock(ms), expected);
  it('nothing', check(0, '0:00'));
  it('a part of a second is still a second', check(10, '0:01'));
  it('minutes', check(65000, '1:05'));
  it('hours', check(3725000, '1:02:05'));
});

describe('liveLine', () => {
  const check = (done: number, columns: number, expected: string) => () =>
    assert.equal(liveLine(step(done, { fps: null, etaMs: null }), columns), expected);
  it('half', check(300, 80, 'render  ██████████░░░░░░░░░░  50 %  300/600 frames'));
  it('all', check(600, 80, 'render  ████████████████████ 100 %  600/600 frames'));
  it('never wider than the terminal', check(300, 20, 'render  ██████████░'));
});

describe('progressView', () => {
  function written(terminal: boolean, steps: readonly Progress[]): string {
    let text = '';
    const view = progressView({ write: (more: string) => (text += more), columns: 60 }, terminal);
    for (const each of steps) view.show(event(each));
    view.clear();
    return text;
  }
  it('in a log: a line for every tenth', () => {
    const steps = Array.from({ length: 601 }, (_, done) => step(done, { fps: null, etaMs: null }));
    const lines = written(false, steps).trimEnd().split('\n');
    assert.equal(lines.length, 10);
    assert.equal(lines[0], 'render   10 %  60/600 frames');
    assert.equal(lines[9], 'render  100 %  600/600 frames');
  });
  it('in a log: big steps make few lines', () =>
    assert.equal(
      written(false, [step(0), step(590), step(600)])
        .trimEnd()
        .split('\n').length,
      2,
    ));
  it('in a log: a pause is said once, and what follows it again', () => {
    let text = '';
    const view = progressView({ write: (more: string) => (text += more) }, false);
    const paused: JobEvent = { ...event(step(0)), job: { state: 'paused', why: 'DISK_FULL', notes: [] } };
    for (const each of [event(step(300)), paused, paused, event(step(300))]) view.show(each);
    assert.equal(text.match(/paused: the disk is full/g)?.length, 1);
    assert.equal(text.match(/50 %/g)?.length, 2);
  });
  it('in a log: no control characters', () => assert.ok(!written(false, [step(300)]).includes('\u001b')));
  it('on a terminal: one line, rewritten, and gone at the end', () => {
    const text = written(true, [step(300), step(301)]);
    assert.ok(!text.includes('\n'));
    assert.ok(text.endsWith('\r\u001b[2K'));
  });
});
