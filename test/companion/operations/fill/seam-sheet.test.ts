// Where everything on a sheet of seams goes, and that any name can stand on it.
import assert from 'node:assert/strict';
import { layOut, type SeamFrame, type SeamRow } from '../../../../companion/operations/fill/seam-sheet.ts';

const frame = (caption: string, ofFill = false, [width, height] = [480, 270]): SeamFrame => ({
  ...{ caption, timecode: '01:00:00:00', ofFill },
  pictures: [
    { rgb: new Uint8Array(width! * height! * 3), width: width!, height: height! },
    { rgb: new Uint8Array(3), width: width! / 2, height: height! / 2 },
  ],
});
const row = (more: Partial<SeamRow> = {}): SeamRow => ({
  ...{ heading: 'Head', measured: 'ΔE 0.5', faults: [] },
  left: [frame('frame 9'), frame('frame 8'), frame('frame 7')],
  right: [frame('frame 10 · fill 1 of 2', true), frame('frame 11 · fill 2 of 2', true)],
  ...more,
});

describe('layout of a sheet of seams', () => {
  it('pictures lie on it, apart, the pair at the seam at the same distance from the middle', () => {
    const { width, height, pictures } = layOut('Gap 1', 'a.mov', [row(), row({ heading: 'Tail' })]);
    assert.equal(pictures.length, 10);
    for (const [i, a] of pictures.entries()) {
      assert.ok(a.left > 0 && a.top > 0 && a.left + a.width < width && a.top + a.height < height);
      for (const b of pictures.slice(i + 1)) {
        const beside = a.left + a.width <= b.left || b.left + b.width <= a.left;
        const above = a.top + a.height <= b.top || b.top + b.height <= a.top;
        assert.ok(beside || above, `${i} is under another`);
      }
    }
    const pair = pictures.filter((picture) => picture.width === 480).slice(0, 2);
    assert.equal(width / 2 - (pair[0]!.left + 480), pair[1]!.left - width / 2);
  });
  it('a fault takes a line of its own', () => {
    const [plain, faulty] = [[], ['colours jump']].map((faults) => layOut('Gap 1', 'a.mov', [row({ faults })]));
    assert.ok(faulty!.height > plain!.height);
    assert.match(faulty!.drawing!, />colours jump</);
  });
  it('tall pictures leave room for what stands under them', () => {
    const tall = [270, 480] as [number, number];
    const frames = [1, 2, 3].map((number) => frame(`frame ${number}`, false, tall));
    const { pictures } = layOut('Gap 1', 'a.mov', [row({ left: frames, right: frames })]);
    const lefts = pictures.map(({ left }) => left).sort((a, b) => a - b);
    assert.ok(lefts.slice(1).every((left, i) => left - lefts[i]! >= 190));
  });
  it('names are words, whatever they hold', () => {
    const { drawing } = layOut('<script> & \u0007\uffff', 'a"b.mov', [row()]);
    assert.match(drawing!, />&lt;script&gt; &amp; {3}</);
    assert.match(drawing!, />a"b.mov</);
  });
});
