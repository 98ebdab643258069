// Quality: every clip's figures beside its peers', the table of them, and the bars.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MediaTools } from '../../../companion/media/find.ts';
import type { Engine, PairReport } from '../../../native/index.ts';
import { average } from '../../support/oracle.ts';
import { type Judge, table } from '../suite.ts';
import { type FootageClip, holdsCut, takeApart } from './clips.ts';
import { recreate } from './ours.ts';
import { blendFigures, disFigures, findPython, minterpolateFigures } from './peers.ts';
import { type Figures, hasVmaf, score } from './scores.ts';

interface Gap {
  readonly step: number;
  readonly ours: Figures;
  readonly blend: Figures;
  /** Without minterpolate: empty. */
  readonly mci: readonly Figures[];
}

export interface ClipFigures {
  readonly footage: FootageClip;
  /** Every second frame; undefined for clips without truth. */
  readonly double?: Gap & { readonly dis?: Figures };
  /** 4× slow motion and the middle of a gap of 8. */
  readonly wide: readonly Gap[];
  readonly reports: readonly PairReport[];
  /** The created frames of step 2 and the kept ones around them. */
  readonly around: readonly { readonly before: Uint8Array; readonly made: Uint8Array; readonly after: Uint8Array }[];
}

interface Bench {
  readonly tools: MediaTools;
  readonly engine: Engine;
  readonly data: string;
  readonly fresh: boolean;
}

/** Clips whose wider gaps the release table names. */
const WIDE = /^(cup_|bbb_|dog_)/;
const python = findPython();
const show = (value: number | null | undefined, digits = 2): string =>
  value === null || value === undefined ? '–' : value.toFixed(digits);
const better = (gap: Gap): Figures | undefined => [...gap.mci].sort((p, q) => q.psnr - p.psnr)[0];

export async function measureClip(bench: Bench, footage: FootageClip, judge: Judge): Promise<ClipFigures> {
  const { tools, engine, data, fresh } = bench;
  const task = takeApart(footage.clip, 2);
  const ours = await recreate(engine, task);
  const around = task.wanted.map(({ pair }, i) => ({
    before: task.kept.frames[pair]!,
    made: ours.frames[i]!,
    after: task.kept.frames[pair + 1]!,
  }));
  const seen = { footage, reports: ours.reports, around };
  if (footage.withoutTruth) {
    judge.say(`${footage.name}: no truth, run only: ${show(ours.msPerFrame, 0)} ms a frame`);
    return { ...seen, wide: [] };
  }
  const measure = async (step: number): Promise<Gap> => {
    const gap = takeApart(footage.clip, step);
    const run = step === 2 ? ours : await recreate(engine, gap);
    const mci: Figures[] = [];
    if (tools.ffmpeg.filters.has('minterpolate')) {
      for (const mode of ['default', 'best'] as const)
        mci.push(await minterpolateFigures(tools, footage, gap, mode, fresh));
    }
    const result = {
      step,
      ours: score(footage, gap, run.frames, { ...run, peakBytes: 0 }),
      blend: blendFigures(footage, gap),
      mci,
    };
    judge.say(
      `${footage.name} step ${step}: ours ${show(result.ours.psnr)} dB, minterpolate ${mci.map((f) => show(f.psnr)).join(' / ') || '–'}, blend ${show(result.blend.psnr)}`,
    );
    return result;
  };
  const double = await measure(2);
  const tool = join(data, 'tools', 'score.py');
  const dis = python !== undefined && existsSync(tool) ? await disFigures(python, tool, footage, fresh) : undefined;
  const wide = WIDE.test(footage.name) ? [await measure(4), await measure(8)] : [];
  return { ...seen, double: { ...double, ...(dis !== undefined && { dis }) }, wide };
}

/** Clips with truth and no cut: what the means are taken over. */
const counted = (clips: readonly ClipFigures[]): (ClipFigures & { double: NonNullable<ClipFigures['double']> })[] =>
  clips.filter(
    (clip): clip is ClipFigures & { double: NonNullable<ClipFigures['double']> } =>
      clip.double !== undefined && clip.footage.cuts.length === 0,
  );

export function qualityTable(clips: readonly ClipFigures[]): string {
  const head = [
    'clip (every 2nd frame)',
    'blend',
    'mci default',
    'mci best',
    'DIS plain',
    'ours',
    'gain',
    'SSIM mci',
    'SSIM ours',
    'VMAF mci',
    'VMAF ours',
    'ms mci',
    'ms ours',
    'worst ours',
  ];
  const rows = clips.flatMap(({ footage, double }) => {
    if (double === undefined) return [];
    const mci = better(double);
    return [
      [
        footage.name + (footage.cuts.length > 0 ? ' (cut left out)' : ''),
        show(double.blend.psnr),
        show(double.mci[0]?.psnr),
        show(double.mci[1]?.psnr),
        show(double.dis?.psnr),
        show(double.ours.psnr),
        show(mci && double.ours.psnr - mci.psnr),
        show(mci?.ssim, 4),
        show(double.ours.ssim, 4),
        show(mci?.vmaf, 1),
        show(double.ours.vmaf, 1),
        show(mci?.msPerFrame, 0),
        show(double.ours.msPerFrame, 0),
        show(double.ours.worst),
      ],
    ];
  });
  const whole = counted(clips);
  const mean = (pick: (clip: (typeof whole)[number]) => number | null | undefined): number | undefined => {
    const values = whole.map(pick);
    return values.length > 0 && values.every((v): v is number => typeof v === 'number')
      ? average(values as number[])
      : undefined;
  };
  const means = [
    `mean of ${whole.length} without a cut`,
    show(mean((c) => c.double.blend.psnr)),
    show(mean((c) => c.double.mci[0]?.psnr)),
    show(mean((c) => c.double.mci[1]?.psnr)),
    show(mean((c) => c.double.dis?.psnr)),
    show(mean((c) => c.double.ours.psnr)),
    show(mean((c) => gain(c.double))),
    show(
      mean((c) => better(c.double)?.ssim),
      4,
    ),
    show(
      mean((c) => c.double.ours.ssim),
      4,
    ),
    show(
      mean((c) => better(c.double)?.vmaf),
      1,
    ),
    show(
      mean((c) => c.double.ours.vmaf),
      1,
    ),
    show(
      mean((c) => better(c.double)?.msPerFrame),
      0,
    ),
    show(
      mean((c) => c.double.ours.msPerFrame),
      0,
    ),
    '',
  ];
  const wide = clips.flatMap(({ footage, wide: gaps }) =>
    gaps.map((gap) => [
      `${footage.name} gap ${gap.step}`,
      show(gap.blend.psnr),
      show(gap.mci[0]?.psnr),
      show(gap.mci[1]?.psnr),
      show(gap.ours.psnr),
      show(gain(gap)),
    ]),
  );
  const wider =
    wide.length === 0
      ? ''
      : `\n\n${table([['wider gaps, PSNR-Y', 'blend', 'mci default', 'mci best', 'ours', 'gain'], ...wide])}`;
  return table([head, ...rows, means]) + wider;
}

/** dB over the better minterpolate. */
const gain = (gap: Gap): number | undefined => {
  const mci = better(gap);
  return mci && gap.ours.psnr - mci.psnr;
};

interface Bar {
  readonly mean: number;
  /** What every single value must reach; absent: only the mean counts. */
  readonly least?: number;
}

/** Decides `values` by their mean and their least, and tells of the stretch. */
function decideGain(
  judge: Judge,
  name: string,
  unit: string,
  values: readonly (readonly [string, number])[],
  bar: Bar,
  stretch: Bar,
): void {
  const mean = average(values.map(([, v]) => v));
  const [worstClip, least] = [...values].sort((p, q) => p[1] - q[1])[0]!;
  const found = `mean ${mean >= 0 ? '+' : ''}${mean.toFixed(2)} ${unit}, least ${least.toFixed(2)} (${worstClip})`;
  const reached = (goal: Bar): boolean => mean >= goal.mean && (goal.least === undefined || least >= goal.least);
  const wanted = (goal: Bar): string =>
    `mean ≥ ${goal.mean}${goal.least === undefined ? '' : `, least ≥ ${goal.least}`}`;
  judge.decide(name, reached(bar), `${found}; wanted ${wanted(bar)}`);
  judge.stretch(name, reached(stretch), `${found}; wanted ${wanted(stretch)}`);
}

export function qualityBars(clips: readonly ClipFigures[], judge: Judge): void {
  const whole = counted(clips);
  if (whole.length === 0) {
    judge.aside('quality', 'the folder has no clip with truth and without a cut');
    return;
  }
  const gains = whole.flatMap((clip): [string, number][] => {
    const value = gain(clip.double);
    return value === undefined ? [] : [[clip.footage.name, value]];
  });
  if (gains.length === whole.length)
    decideGain(
      judge,
      'PSNR-Y over the better minterpolate',
      'dB',
      gains,
      { mean: 1.0, least: -0.2 },
      { mean: 1.6, least: 0 },
    );
  else judge.aside('PSNR-Y over the better minterpolate', 'this ffmpeg has no minterpolate');

  const vmafs = whole.flatMap((clip): [string, number][] => {
    const [mci, ours] = [better(clip.double)?.vmaf, clip.double.ours.vmaf];
    return typeof mci === 'number' && ours !== null ? [[clip.footage.name, ours - mci]] : [];
  });
  if (hasVmaf && vmafs.length === whole.length)
    decideGain(judge, 'VMAF over the better minterpolate', 'VMAF', vmafs, { mean: 3.5, least: -0.3 }, { mean: 6 });
  else judge.aside('VMAF', 'there is no vmaf program on PATH');

  const ssim = average(whole.map((clip) => clip.double.ours.ssim));
  judge.decide('SSIM', ssim >= 0.941, `mean ${ssim.toFixed(4)}; wanted ≥ 0.941`);
  judge.stretch('SSIM', ssim >= 0.945, `mean ${ssim.toFixed(4)}; wanted ≥ 0.945`);
  const psnr = average(whole.map((clip) => clip.double.ours.psnr));
  judge.decide('PSNR-Y', psnr >= 32.3, `mean ${psnr.toFixed(2)} dB; wanted ≥ 32.3`);
  judge.stretch('PSNR-Y', psnr >= 33, `mean ${psnr.toFixed(2)} dB; wanted ≥ 33.0`);

  const wide = clips.flatMap(({ footage, wide: gaps }) =>
    gaps.map((gap) => ({ name: `${footage.name} gap ${gap.step}`, gap })),
  );
  if (wide.length === 0) {
    judge.aside('4× slow motion and gap of 8', 'the folder has none of the clips these are measured on');
    return;
  }
  for (const [step, name, stretch] of [
    [4, '4× slow motion', 1.2],
    [8, 'gap of 8', 1.0],
  ] as const) {
    const values = wide.flatMap((each): [string, number][] =>
      each.gap.step === step && gain(each.gap) !== undefined ? [[each.name, gain(each.gap)!]] : [],
    );
    if (values.length > 0)
      decideGain(judge, `${name}, PSNR-Y over the better minterpolate`, 'dB', values, { mean: 0.6 }, { mean: stretch });
  }
  const under = wide.filter(({ gap }) => gap.ours.psnr < gap.blend.psnr);
  judge.decide(
    'wide gaps never under a blend',
    under.length === 0,
    under.length === 0 ? `${wide.length} gaps` : under.map(({ name }) => name).join(', '),
  );
}

/** Gaps whose pair the engine called a cut though the two frames are of one shot. */
export const falseCuts = ({ footage, reports }: ClipFigures): number[] =>
  reports.flatMap((report, pair) => (report.relation === 'cut' && !holdsCut(footage.cuts, 2, pair) ? [pair] : []));
