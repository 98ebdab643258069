// `inbetween otio`: what it says of good files, and one clear error with its exit code for each bad one.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Child,
  Clip,
  type Dictionary,
  ExternalReference,
  LinearTimeWarp,
  type MediaReference,
  MissingReference,
  meta,
  read,
  type Timeline,
  Track,
  write,
} from '../../../otio/index.ts';
import { clip as clipFrom, dissolve, edit, file, gap, named, RATE, time } from '../../fixtures/timeline.ts';
import { type Ended, ranHere } from '../../support/in-process.ts';
import { notOnWindows } from '../../support/stand-aside.ts';

const run = (...args: string[]): Promise<Ended> => ranHere('otio', ...args);

const clip = (name: string, frames: number, media: MediaReference = new MissingReference()): Clip =>
  clipFrom(name, 0, frames, RATE, { mediaReferences: { DEFAULT_MEDIA: media } });
const cut = (...children: Child[]): Timeline => edit('cut', time(86400), named('V1', 'Video', ...children));

describe('inbetween otio', () => {
  let folder: string;
  let columns: string | undefined;
  const at = (name: string): string => path.join(folder, name);
  const good = write(cut(clip('a', 24), gap(24), clip('b', 48)));

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-otio-'));
    columns = process.env.COLUMNS;
    process.env.COLUMNS = '80';
    writeFileSync(at('good.otio'), good);
    writeFileSync(at('other.otio'), write(cut(clip('a', 20), gap(28), clip('b', 48), clip('c', 12))));
    writeFileSync(at('here.mov'), 'not really');
    const [here, gone] = ['here.mov', 'gone.mov'].map((targetUrl) => new ExternalReference({ targetUrl }));
    writeFileSync(at('media.otio'), write(cut(clip('here', 24, here!), clip('gone', 24, gone!))));
    writeFileSync(at('problem.otio'), good.replace('"enabled": true', '"enabled": null'));
    writeFileSync(at('empty.otio'), '');
    writeFileSync(at('cut-short.otio'), good.slice(0, 900));
    writeFileSync(at('types.otio'), '{"OTIO_SCHEMA": "Timeline.1",\n"name": 5,\n"tracks": 3}');
    writeFileSync(at('bytes.otio'), Uint8Array.from([0xff, 0xfe, 0xfd, 0x00]));
    writeFileSync(at('not.otioz'), 'PK and then nothing');
    writeFileSync(at('not.xml'), '<xmeml><unclosed></xmeml>');
    writeFileSync(at('huge.otio'), '');
    truncateSync(at('huge.otio'), 600 * 2 ** 20);
    writeFileSync(at('huge.edl'), '');
    truncateSync(at('huge.edl'), 600 * 2 ** 20);
    mkdirSync(at('folder.otio'));
    mkdirSync(at('bare.otiod'));
    writeFileSync(at('name.xyz'), good);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    if (columns === undefined) delete process.env.COLUMNS;
    else process.env.COLUMNS = columns;
  });

  describe('bad input', () => {
    const refused =
      (name: string, exit: number, ...said: RegExp[]) =>
      async () => {
        for (const verb of [['info'], ['diff', at('good.otio')]]) {
          const ended = await run(...verb, at(name));
          assert.equal(ended.exit, exit, ended.err);
          assert.equal(ended.out, '');
          assert.equal(ended.err.trim().split('\n').length, 1, ended.err);
          assert.ok(ended.err.includes(name), ended.err);
          for (const pattern of said) assert.match(ended.err, pattern);
        }
      };
    it('no file', refused('missing.otio', 2, /There is no file at/, /INPUT_MISSING/));
    it('a folder', refused('folder.otio', 2, /is a folder\. Give a timeline file, or an \.otiod folder/));
    it('an empty file', refused('empty.otio', 2, /is empty \(0 bytes\)/));
    it('truncated JSON', refused('cut-short.otio', 2, /line \d+/, /TIMELINE_UNREADABLE/));
    it('600 MB', refused('huge.otio', 2, /629145600 bytes, more than/));
    it('600 MB of another format', refused('huge.edl', 2, /629145600 bytes, more than/));
    it('wrong types', refused('types.otio', 2, /'name': Expected a string, but found the integer 5 \(line \d\)/));
    it('no text', refused('bytes.otio', 2, /UTF-8/));
    it('no archive', refused('not.otioz', 2, /no sound archive/));
    it('a bundle without a timeline', refused('bare.otiod', 2, /content\.otio/));
    it('broken XML', refused('not.xml', 2, /line 1/));
    it('an unknown ending', refused('name.xyz', 2, /does not end like a timeline/, /--from/));
    it('links in a circle', async function () {
      notOnWindows(this, 'links need a right of their own');
      symlinkSync('circle.otio', at('circle.otio'));
      await refused('circle.otio', 2, /circle/)();
    });
    it('what is read whatever its name', async () =>
      assert.equal((await run('info', '--from', 'otio', at('name.xyz'))).exit, 0));
    it('an unknown format', async () =>
      assert.match((await run('info', '--from', 'avi', at('good.otio'))).err, /--from must be one of otio,/));
    it('a rate that is none', async () =>
      assert.match((await run('info', '--rate', '0', at('good.otio'))).err, /--rate must be/));
    it('as JSON too', async () => {
      const { exit, out } = await run('info', '--json', at('empty.otio'));
      assert.equal(exit, 2);
      assert.equal(JSON.parse(out).files[0].error.code, 'INPUT_EMPTY');
    });
    it('some of several: exit code 3, and the rest is told', async () => {
      const { exit, out, err } = await run('info', at('empty.otio'), at('good.otio'));
      assert.equal(exit, 3);
      assert.match(out, /timeline cut/);
      assert.match(err, /INPUT_EMPTY/);
    });
  });

  describe('info', () => {
    it('says what it is and draws it', async () => {
      const { exit, out } = await run('info', at('good.otio'));
      assert.equal(exit, 0);
      assert.match(out, /start {4}01:00:00:00 \(frame 86400\)/);
      assert.match(out, /length {3}00:00:04:00, 96 frames at 24 fps/);
      assert.match(out, /holds {4}2 clips, 1 gap\n/);
      assert.match(out, /\nV1 │a {17}│·{18}│b {36}│\n/);
    });
    it('as JSON', async () => {
      const [{ timelines, format }] = JSON.parse((await run('info', '--json', at('good.otio'))).out).files;
      assert.equal(format, 'otio');
      assert.deepEqual(timelines[0].duration, { frames: 96, timecode: '00:00:04:00', seconds: 4 });
      assert.equal(timelines[0].tracks[0].clips, 2);
    });
    it('looks for media when asked', async () => {
      const { out } = await run('info', '--media', at('media.otio'));
      assert.match(out, /2 media, 1 not found\n.*gone\.mov/);
      assert.doesNotMatch((await run('info', at('media.otio'))).out, /not found/);
    });
  });

  describe('validate', () => {
    const check = (name: string, exit: number, said: RegExp) => async () => {
      const ended = await run('validate', at(name));
      assert.equal(ended.exit, exit);
      assert.match(ended.out, said);
    };
    it('valid', check('good.otio', 0, /^valid .*good\.otio\n$/));
    it(
      'a problem with its line and path',
      check('problem.otio', 1, /not valid .* 1 problem\n {2}line \d+ {2}.*'enabled' is null.*\n.*at \//),
    );
    it('a text that cannot be read', check('cut-short.otio', 1, /not valid .*\n {2}line \d+/));
    it('no file is another matter', check('missing.otio', 2, /^$/));
    it('as JSON', async () => {
      const { exit, files } = JSON.parse((await run('validate', '--json', at('good.otio'), at('problem.otio'))).out);
      assert.equal(exit, 1);
      assert.deepEqual(
        files.map(({ valid }: { valid: boolean }) => valid),
        [true, false],
      );
      assert.equal(files[1].problems[0].code, 'TYPE_MISMATCH');
    });
  });

  describe('validate: what is unsound', () => {
    const media = (frames: number): ExternalReference => file('m.mov', 0, frames);
    const at24 = (frames: number, rate: number): Clip => clipFrom('r', 0, frames, rate);
    /** Each on one track; `children/0` says where. */
    const cases: [what: string, Timeline, problems: RegExp[], warnings: RegExp[]][] = [
      ['a length below 0', cut(clip('a', -5)), [/'a' has a length of -5 frames at 24\..*children\/0/], []],
      ['a time that is none', cut(clip('a', Number.NaN)), [/a length of NaN/], []],
      ['a clip without a length', cut(new Clip({ name: 'a' })), [/'a' has no length/], []],
      [
        'an active key without media',
        cut(Object.assign(clip('a', 5), { activeMediaReferenceKey: 'proxy' })),
        [/media 'proxy', but has none/],
        [],
      ],
      [
        'a transition longer than its neighbour',
        cut(clip('a', 5), dissolve(6, 0), clip('b', 9)),
        [/takes 6 frames.*'a'.*has 5.*children\/1/],
        [],
      ],
      [
        'transitions side by side',
        cut(clip('a', 9), dissolve(1, 1), dissolve(1, 1), clip('b', 9)),
        [/lies over no cut/],
        [],
      ],
      ['a fade at the start and at the end', cut(dissolve(0, 2), clip('a', 9), dissolve(2, 0)), [], []],
      ['frames beyond the media', cut(clip('a', 30, media(24))), [], [/'a' shows 6 frames that its media do not have/]],
      ['a still', cut(clip('a', 30, media(1))), [], []],
      [
        'a transition beyond the media',
        cut(clip('a', 24, media(24)), dissolve(2, 4), clip('b', 24, media(40))),
        [],
        [/needs 4 frames of 'a'/, /needs 2 frames of 'b'/],
      ],
      [
        'transitions that overlap',
        cut(clip('a', 9), dissolve(0, 6), clip('b', 9), dissolve(6, 0), clip('c', 9)),
        [],
        [/overlaps/, /overlaps/],
      ],
      ['mixed rates', cut(at24(24, 24), at24(25, 25)), [], [/mixes rates: 24, 25/]],
      ['one rate written in two ways', cut(at24(24, 23.976), at24(24, 24000 / 1001)), [], [/in several ways/]],
      ['ends between frames', cut(at24(24.5, 24)), [], [/24.5 frames long/]],
    ];
    for (const [what, timeline, problems, warnings] of cases)
      it(what, async () => {
        writeFileSync(at('unsound.otio'), write(timeline));
        const { exit, out } = await run('validate', '--json', at('unsound.otio'));
        const [found] = JSON.parse(out).files;
        const said = (list: { message: string; path: string }[]) =>
          list.map(({ message, path }) => `${message} ${path}`);
        for (const [texts, wanted] of [
          [said(found.problems), problems],
          [said(found.warnings), warnings],
        ] as const) {
          assert.equal(texts.length, wanted.length, texts.join('\n'));
          for (const [i, pattern] of wanted.entries()) assert.match(texts[i]!, pattern);
        }
        assert.equal(exit, problems.length > 0 ? 1 : 0);
      });

    it('retimes of Premiere: which reading the other tracks agree with', async () => {
      for (const [frames, verdict] of [
        [
          24,
          /24 frames long on the track as read here, 12 counted so\. The cuts of the other tracks agree with the first/,
        ],
        [12, /agree with the second/],
        [17, /do not tell/],
      ] as const) {
        const fast = Object.assign(clip('fast', 24), { effects: [new LinearTimeWarp({ timeScalar: 2 })] });
        const timeline = cut(fast);
        timeline.tracks!.metadata = meta({ PremierePro_OTIO: { VideoFrameRate: 24 } }) as Dictionary;
        timeline.tracks!.appendChild(new Track({ kind: 'Audio', children: [clip('sound', frames)] }));
        writeFileSync(at('premiere.otio'), write(timeline));
        const { exit, out } = await run('validate', at('premiere.otio'));
        assert.equal(exit, 0);
        assert.match(out, verdict);
      }
    });
    it('media that are not there, when asked', async () => {
      assert.equal((await run('validate', at('media.otio'))).exit, 0);
      const { exit, out } = await run('validate', '--media', at('media.otio'));
      assert.equal(exit, 1);
      assert.match(out, /1 problem\n.*gone\.mov.*\n {2}at \/tracks\/children\/0\/children\/1\n$/);
    });
  });

  describe('diff', () => {
    it('the same: exit code 0', async () => {
      const { exit, out } = await run('diff', at('good.otio'), at('good.otio'));
      assert.equal(exit, 0);
      assert.match(out, /no change\n$/);
    });
    it('changes: exit code 1, in words', async () => {
      const { exit, out } = await run('diff', at('good.otio'), at('other.otio'));
      assert.equal(exit, 1);
      assert.match(out, /length: 00:00:04:00 → 00:00:04:12, 12 frames longer/);
      assert.match(out, /~ 01:00:00:00 {2}a {2}trimmed: tail 4 frames shorter; 24 → 20 frames\n/);
      assert.match(out, /\+ 01:00:04:00 {2}c {2}added, 12 frames\n/);
    });
    it('as JSON', async () => {
      const { changes } = JSON.parse((await run('diff', '--json', at('good.otio'), at('other.otio'))).out);
      assert.deepEqual(
        changes.map(({ kind }: { kind: string }) => kind),
        ['length', 'trimmed', 'added'],
      );
      assert.equal(changes[2].subject.at.timecode, '01:00:04:00');
    });
  });

  describe('convert', () => {
    const leftovers = (): string[] =>
      readdirSync(folder).filter((name) => name.startsWith('.') || name.includes('partial'));
    it('keeps what it can, says what it cannot', async () => {
      const { exit, out, err } = await run('convert', at('good.otio'), at('out.edl'));
      assert.equal(exit, 0, err);
      assert.equal(out.trim(), at('out.edl'));
      assert.match(readFileSync(at('out.edl'), 'utf8'), /^TITLE: cut/);
    });
    it('to .otio as it is written, with profile and indent', async () => {
      assert.equal((await run('convert', at('good.otio'), at('same.otio'))).exit, 0);
      assert.equal(readFileSync(at('same.otio'), 'utf8'), good);
      assert.equal(
        (await run('convert', at('good.otio'), at('old.otio'), '--profile', 'legacy', '--indent', '0')).exit,
        0,
      );
      const text = readFileSync(at('old.otio'), 'utf8');
      assert.ok(!text.includes('\n') && text.includes('"Clip.1"'));
      assert.ok(cut(clip('a', 24), gap(24), clip('b', 48)).isEquivalentTo(read(text).root as Timeline));
    });
    it('into a bundle, with the media it finds', async () => {
      const { exit, err } = await run('convert', at('media.otio'), at('out.otiod'));
      assert.equal(exit, 0);
      assert.match(err, /lost: .*gone\.mov/);
      assert.deepEqual(readdirSync(at('out.otiod/media')), ['here.mov']);
    });
    it('into an archive and back', async () => {
      assert.equal((await run('convert', at('media.otio'), at('out.otioz'), '--quiet')).exit, 0);
      assert.equal((await run('convert', at('out.otioz'), at('back.otio'), '--quiet')).exit, 0);
      assert.equal((read(readFileSync(at('back.otio'))).root as Timeline).name, 'cut');
    });
    it('never over what is there, but with --force', async () => {
      cpSync(at('other.otio'), at('there.otio'));
      const first = await run('convert', at('good.otio'), at('there.otio'));
      assert.equal(first.exit, 2);
      assert.match(first.err, /OUTPUT_EXISTS/);
      assert.notEqual(readFileSync(at('there.otio'), 'utf8'), good);
      assert.equal((await run('convert', at('good.otio'), at('there.otio'), '--force')).exit, 0);
      assert.equal(readFileSync(at('there.otio'), 'utf8'), good);
    });

    const refused = (args: string[], exit: number, said: RegExp) => async () => {
      const before = readdirSync(folder);
      const ended = await run(
        'convert',
        ...args.map((one) => (one.startsWith('-') || !one.includes('.') ? one : at(one))),
      );
      assert.equal(ended.exit, exit, ended.err);
      assert.match(ended.err, said);
      assert.deepEqual(readdirSync(folder), before);
    };
    it('onto itself', refused(['good.otio', 'good.otio', '--force'], 2, /OUTPUT_IS_INPUT/));
    it('into no folder', refused(['good.otio', 'nowhere/out.otio'], 4, /OUTPUT_FOLDER_MISSING/));
    it('from nothing', refused(['missing.otio', 'x.otio'], 2, /INPUT_MISSING/));
    it('from what is broken', refused(['cut-short.otio', 'x.edl'], 2, /TIMELINE_UNREADABLE/));
    it('to an unknown ending', refused(['good.otio', 'x.avi'], 2, /FORMAT_UNKNOWN.*/));
    it('an unknown profile', refused(['good.otio', 'x.otio', '--profile', 'avid'], 2, /--profile must be one of/));
    it('an indent that is none', refused(['good.otio', 'x.otio', '--indent', 'many'], 2, /--indent must be/));
    it('a profile for an EDL', refused(['good.otio', 'x.edl', '--profile', 'resolve'], 2, /--profile is for \.otio/));
    it('leaves nothing behind', () => {
      assert.deepEqual(leftovers(), []);
      assert.ok(!existsSync(at('x.otio')));
    });
  });
});
