// What comes between two keyframes: a morph where they are judged to be one shot whose motion is to be trusted, else a dissolve; or what was asked for.
import type { Engine, PictureFormat } from '../../../native/index.ts';
import { type Judgement, judge } from '../fill/choose.ts';
import type { Ease } from './ease.ts';
import type { FittedStills } from './stills.ts';

export const manners = ['auto', 'morph', 'dissolve', 'cut'] as const;
export type Manner = (typeof manners)[number];

/** From one keyframe to the next, decided. */
export interface Span {
  readonly manner: Exclude<Manner, 'auto'>;
  readonly ease: Ease;
  /** Why, in half a sentence. */
  readonly reason: string;
  /** How far the motion between them is to be believed, 0 … 1; null where nobody looked. */
  readonly trust: number | null;
}

export interface SpansRequest {
  readonly engine: Engine;
  readonly picture: PictureFormat;
  readonly stills: FittedStills;
  readonly effort: 'best' | 'fast';
  /** For each span: what is asked for, and its ease. */
  readonly asked: readonly { readonly manner: Manner; readonly ease: Ease }[];
  readonly signal: AbortSignal;
  /** Called with the number of spans decided. */
  readonly progress: (spans: number) => void;
}

/** Decides every span. Rejects as the engine and `readFitted` do. */
export async function decideSpans(request: SpansRequest): Promise<Span[]> {
  const { engine, picture, stills, effort, asked, signal, progress } = request;
  const spans: Span[] = [];
  for (const [i, { manner, ease }] of asked.entries()) {
    progress(i);
    if (manner === 'dissolve' || manner === 'cut') {
      spans.push({ manner, ease, reason: 'asked for', trust: null });
      continue;
    }
    const [a, b] = [await stills.at(i), await stills.at(i + 1)];
    const side = (still: Uint8Array) => ({ pictures: [still], ages: [0] });
    const judgement = await judge(engine, picture, side(a), side(b), { effort, signal });
    spans.push({ ...decided(manner, judgement), ease, trust: judgement.trust });
  }
  progress(asked.length);
  return spans;
}

/** The manner, and why. A morph that was asked for is made on any motion there is; where there is none, the engine dissolves. */
export function decided(
  asked: 'auto' | 'morph',
  { relation, trust, report }: Judgement,
): Pick<Span, 'manner' | 'reason'> {
  const share = `${Math.round(trust * 100)} % of the picture moves the same seen from both sides`;
  const facts = report.relation === 'still' ? 'the same picture' : `${relation}, ${share}`;
  if (report.relation === 'junk')
    return {
      manner: 'dissolve',
      reason: `${asked === 'morph' ? 'a morph was asked for, but ' : ''}no motion was found`,
    };
  if (asked === 'morph') return { manner: 'morph', reason: `asked for; ${facts}` };
  return { manner: relation === 'same shot' ? 'morph' : 'dissolve', reason: facts };
}
