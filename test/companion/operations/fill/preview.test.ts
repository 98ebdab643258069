// The preview of a fill, looked at as a player would: what is shown when, where the line is, what the sheet holds, and that nothing half-made stays.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { parseParams } from '../../../../companion/api/operation.ts';
import { findTools, type MediaTools } from '../../../../companion/media/find.ts';
import { type Media, openMedia, readFitted } from '../../../../companion/media/fitted.ts';
import { type MadeFill, makerOf } from '../../../../companion/operations/fill/make.ts';
import { type Considered, type Prepared, prepare } from '../../../../companion/operations/fill/plan.ts';
import { type PreviewFiles, writePreview } from '../../../../companion/operations/fill/preview.ts';
import { previewCodec } from '../../../../companion/operations/fill/preview-clip.ts';
import type { PreviewManner } from '../../../../companion/operations/fill/preview-form.ts';
import { fill } from '../../../../companion/operations/fill.ts';
import type { Child } from '../../../../otio/index.ts';
import { clip, gap, high, makeTake, save, timelineOf, wide } from '../../../support/cuts.ts';
import { ffmpeg, readClip, scratchFolder } from '../../../support/media.ts';
import { standAside } from '../../../support/stand-aside.ts';
import { contextFor } from '../../../support/verb-context.ts';

const rate = 24;

interface Made {
  readonly prepared: Prepared;
  readonly considered: Considered;
  readonly made: MadeFill;
  readonly file: string;
  readonly place: string;
}

describe('preview of a fill', function () {
  this.timeout(90_000);
  const folder = scratchFolder('preview');
  let tools: MediaTools;
  let take: string;
  let lifted: Made;
  let count = 0;

  before(async function () {
    tools = await findTools();
    if (!tools.ffmpeg.encoders.has('libx264')) standAside(this, 'this ffmpeg has no encoder of H.264');
    take = await makeTake(tools, folder.path, '24');
    lifted = await filled([
      clip({ file: take, from: 0, count: 30 }, rate),
      gap(4, rate),
      clip({ file: take, from: 34, count: 8 }, rate),
    ]);
  });
  after(() => folder[Symbol.dispose]());

  async function filled(children: readonly Child[], params: object = {}): Promise<Made> {
    const place = path.join(folder.path, `case${++count}`);
    mkdirSync(place);
    const context = contextFor([save(timelineOf([children], rate), place)], undefined);
    const given = parseParams(fill.params, { effort: 'fast', strategy: 'dissolve', strict: false, ...params });
    const prepared = await prepare(given, context);
    const considered = prepared.slots.find(({ plan }) => plan !== null)!;
    const maker = makerOf(given, context.engine.version);
    const identity = maker.identify(considered);
    const file = path.join(place, identity.name);
    const made = await maker.make({
      ...{ prepared, considered, context, identity, file, nativeFile: `${file}.native`, progress: () => {} },
    });
    return { prepared, considered, made, file, place };
  }

  /** Into a folder of its own. */
  const previewed = async (
    work: Made,
    manner: PreviewManner,
    place: string,
    more: object = {},
  ): Promise<PreviewFiles> => {
    mkdirSync(place);
    return writePreview({
      ...{ ...work, fit: 'contain', manner, folder: place },
      ...{ signal: new AbortController().signal, progress: () => {}, ...more },
    });
  };

  interface Played {
    readonly place: string;
    readonly media: Media;
    /** Luma first. */
    readonly frames: readonly Uint8Array[];
    readonly files: PreviewFiles;
  }
  const played = async (work: Made, manner: PreviewManner): Promise<Played> => {
    const place = path.join(work.place, manner);
    const files = await previewed(work, manner, place);
    const file = path.join(place, files.clip);
    return { place, files, media: await openMedia(tools, file), frames: (await readClip(tools, file)).frames };
  };

  /** A part of a picture that is as large as the take, in luma. */
  interface Part {
    readonly luma: Uint8Array;
    /** Samples of a row, and the first column. */
    readonly stride: number;
    readonly left?: number;
  }
  /** Mean difference of parts that are so many samples wide, in code values. */
  const apart = (a: Part, b: Part, width = wide): number => {
    let sum = 0;
    for (let y = 0; y < high; y++)
      for (let x = 0; x < width; x++)
        sum += Math.abs(a.luma[y * a.stride + (a.left ?? 0) + x]! - b.luma[y * b.stride + (b.left ?? 0) + x]!);
    return sum / (width * high);
  };
  const black: Part = { luma: new Uint8Array(wide * high).fill(16), stride: wide };
  const whole = (luma: Uint8Array): Part => ({ luma, stride: wide });

  describe('of a gap, both manners', () => {
    let [side, wipe, original, own]: [Played, Played, readonly Uint8Array[], readonly Uint8Array[]] = [] as never;
    before(async () => {
      side = await played(lifted, 'side');
      wipe = await played(lifted, 'wipe');
      original = (await readClip(tools, take)).frames;
      const media = await openMedia(tools, lifted.file);
      const picture = { ...media.stream.picture, layout: 'yuv420', depth: 8 } as const;
      const form = { ...media.stream, picture, pipeFormat: 'yuv420p' };
      own = await readFitted(tools, media, { from: lifted.made.head, count: 4, form, fit: 'stretch' });
    });
    /** Frames of the track on show: from 6, a second before the gap, to 41, the last. */
    const [first, shown] = [6, 24 + 4 + 8];
    const slot = 24;
    const left = (i: number): Part => ({ luma: side.frames[i]!, stride: 2 * wide });
    const right = (i: number): Part => ({ ...left(i), left: wide });

    it('a second before, the slot, and what there is after, at the rate of the track', () => {
      for (const { media, files } of [side, wipe]) {
        const { timing, stream, description } = media;
        assert.equal(timing.kind === 'constant' && timing.rate.toString(), '24');
        assert.deepEqual([timing.frames, files.frames, stream.codec], [shown, shown, 'h264']);
        assert.equal(description.timecode?.text, '01:00:00:06');
      }
      const sizes = [side, wipe].map(({ media: { stream } }) => [stream.width, stream.height]);
      assert.deepEqual(sizes, [
        [2 * wide, high],
        [wide, high],
      ]);
    });
    it('outside the slot all is the timeline', () => {
      for (let i = 0; i < shown; i++) {
        if (i >= slot && i < slot + 4) continue;
        const truth = whole(original[first + i]!);
        const off = [apart(left(i), truth), apart(right(i), truth), apart(whole(wipe.frames[i]!), truth)];
        assert.ok(Math.max(...off) < 2, `frame ${i}: ${off}`);
      }
    });
    it('side: black on the left, the fill on the right', () => {
      for (const [i, picture] of own.entries()) {
        assert.ok(apart(left(slot + i), black) < 1, `left of ${i}`);
        assert.ok(apart(right(slot + i), whole(picture)) < 2, `right of ${i}`);
      }
    });
    it('wipe: the line passes over the fill once, black on its left, the fill on its right', () => {
      const lines = own.map((picture, i) => {
        const luma = wipe.frames[slot + i]!;
        const line = luma.subarray(0, wide).findIndex((value) => value > 205);
        assert.ok(apart(whole(luma), black, line - 2) < 2, `left of ${i}`);
        const past = line + 4;
        const [a, b] = [luma, picture].map((each) => ({ ...whole(each), left: past })) as [Part, Part];
        assert.ok(apart(a, b, wide - past) < 3, `right of ${i}`);
        return line;
      });
      assert.deepEqual(lines, [12, 36, 60, 84]);
    });
    it('both files under their names, and nothing else', () => {
      const stem = path.parse(lifted.made.name).name;
      assert.deepEqual(readdirSync(side.place).sort(), [`${stem}.preview.mp4`, `${stem}.seams.png`]);
      assert.deepEqual(readdirSync(side.place).sort(), [side.files.clip, side.files.sheet].sort());
    });
    it('both say how they came about', async () => {
      const said = new RegExp(`${lifted.made.job}.*algorithmicallyEnhanced`, 's');
      assert.match(readFileSync(path.join(side.place, side.files.clip), 'latin1'), said);
      const { xmp } = await sharp(path.join(side.place, side.files.sheet!)).metadata();
      assert.match(xmp!.toString(), said);
    });
    it('the sheet shows the pictures at both seams', async () => {
      const { data, info } = await sharp(path.join(side.place, side.files.sheet!))
        .raw()
        .toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, info.channels], [2060, 970, 3]);
      const pair = { width: 480, height: 320 };
      const shownAt = async (file: string, number: number): Promise<Buffer> =>
        ffmpeg(tools, [
          ...[
            '-i',
            file,
            '-vf',
            `select=eq(n\\,${number}),scale=${pair.width}:${pair.height}:flags=lanczos,format=rgb24`,
          ],
          ...['-frames:v', '1', '-f', 'rawvideo', 'pipe:1'],
        ]);
      const { head, frames } = lifted.made;
      for (const [what, x, y, file, number] of [
        ['material at the head', 536, 146, take, 29],
        ['first of the fill', 1044, 146, lifted.file, head],
        ['last of the fill', 536, 584, lifted.file, head + frames - 1],
        ['material at the tail', 1044, 584, take, 34],
      ] as const) {
        const truth = await shownAt(file, number);
        let off = 0;
        for (let row = 0; row < pair.height; row++)
          for (let i = 0; i < pair.width * 3; i++)
            off += Math.abs(data[(y + row) * info.width * 3 + x * 3 + i]! - truth[row * pair.width * 3 + i]!);
        assert.ok(off / truth.length < 4, `${what} is off by ${off / truth.length}`);
      }
    });
  });

  it('at the head of a track: no frame before, and one seam', async () => {
    const work = await filled([gap(2, rate), clip({ file: take, from: 0, count: 4 }, rate)], { strategy: 'hold' });
    const { frames, files } = await played(work, 'side');
    assert.equal(frames.length, 2 + 4);
    assert.notEqual(files.sheet, null);
  });

  it('10 bit of odd size: 8 bit of even size, with its tags and colours', async () => {
    const odd = path.join(folder.path, 'odd.mkv');
    const red = 'nullsrc=s=97x65:r=24,format=yuv420p10le,geq=lum=204:cb=436:cr=848'; // of 75 % bars, BT.709
    const tags = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];
    await ffmpeg(tools, ['-f', 'lavfi', '-i', red, '-frames:v', '12', '-c:v', 'ffv1', '-level', '1', ...tags, odd]);
    const work = await filled(
      [clip({ file: odd, from: 0, count: 4 }, rate), gap(2, rate), clip({ file: odd, from: 6, count: 4 }, rate)],
      { codec: 'ffv1', strategy: 'hold' },
    );
    assert.equal(work.considered.form!.picture.depth, 10);
    const { media, frames, place, files } = await played(work, 'side');
    const { width, height, pixelFormat, colour } = media.stream;
    assert.deepEqual([width, height, pixelFormat], [196, 66, 'yuv420p']);
    assert.deepEqual([colour.primaries, colour.transfer, colour.matrix], ['bt709', 'bt709', 'bt709']);
    assert.ok(Math.abs(frames[5]!.at(196 * 33 + 150)! - 51) <= 1, 'luma of red');
    const sheet = sharp(path.join(place, files.sheet!));
    const pixel = await sheet.extract({ left: 700, top: 250, width: 1, height: 1 }).raw().toBuffer();
    assert.ok(
      [191, 0, 0].every((value, i) => Math.abs(pixel[i]! - value) <= 2),
      `red is ${[...pixel]}`,
    );
  });

  for (const [when, pictures] of [
    ['while the clip is encoded', 5],
    ['before the sheet', 24 + 4 + 8],
  ] as const)
    it(`nothing stays of one that is cancelled ${when}`, async () => {
      const abort = new AbortController();
      const progress = (done: number): void => void (done === pictures && abort.abort());
      const place = path.join(lifted.place, `cancelled${pictures}`);
      const cancelled = previewed(lifted, 'wipe', place, { signal: abort.signal, progress });
      await assert.rejects(cancelled, { name: 'AbortError' });
      assert.deepEqual(readdirSync(place), []);
    });

  describe('codec', () => {
    const having = (...encoders: readonly string[]): MediaTools => ({
      ...tools,
      ffmpeg: { ...tools.ffmpeg, encoders: new Set(encoders) },
    });
    it('H.264 before all others', () => assert.equal(previewCodec(having('libx265', 'libsvtav1', 'libx264')), 'h264'));
    it('else AV1', () => assert.equal(previewCodec(having('libx265', 'libaom-av1')), 'av1'));
    it('else HEVC', () => assert.equal(previewCodec(having('libx265')), 'hevc'));
    it('none: says what is missing, and nothing stays', async () => {
      const place = path.join(lifted.place, 'none');
      const prepared = { ...lifted.prepared, tools: having('prores_ks') };
      await assert.rejects(previewed({ ...lifted, prepared }, 'side', place), { code: 'ENCODER_MISSING' });
      assert.deepEqual(readdirSync(place), []);
    });
  });
});
