// Edits: the runs a sound editor must leave or the error it must give; nothing half done, and everything undone to the byte.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as otio from '../../../otio/index.ts';
import type { Judge } from '../suite.ts';
import { Tally } from './tally.ts';

/** Media name or null, first source frame, frames, and speed where it is not 1. */
type Run = [name: string | null, start: number, frames: number, speed?: number];

interface Request {
  readonly item?: object;
  readonly range?: object;
  readonly time?: object;
  readonly delta?: object;
  readonly delta_in?: object;
  readonly delta_out?: object;
  readonly item_path?: readonly number[];
  readonly reference_point?: string;
  readonly fill?: boolean;
  readonly remove_transitions?: boolean;
}
interface Case {
  readonly id: string;
  readonly op: string;
  readonly input: object;
  readonly request: Request;
  readonly sound?: { readonly runs?: readonly Run[]; readonly error?: string };
}
interface Sequence {
  readonly id: string;
  readonly rate: number;
  readonly input: object;
  readonly ops: readonly (Record<string, unknown> & {
    readonly op: string;
    readonly result: string;
    readonly runs_after: string;
  })[];
  readonly final_runs: readonly Run[];
  readonly final_duration: number;
}

const OPERATIONS = ['overwrite', 'insert', 'slice', 'trim', 'slip', 'slide', 'ripple', 'roll', 'fill', 'remove'];

export async function edits(data: string, judge: Judge): Promise<void> {
  const load = <T>(name: string): readonly T[] =>
    JSON.parse(readFileSync(join(data, `vectors/edits/${name}.json`), 'utf8')).cases;

  for (const operation of OPERATIONS) {
    const tally = new Tally(`edits/${operation}`);
    const own = new Tally(`edits/${operation}, without a given answer: whole, undone, or refused`);
    for (const { id, op, input, request, sound } of load<Case>(operation)) {
      const root = read(input);
      const before = otio.write(root);
      const result = outcome(() => perform(op, root, request));
      const after = otio.write(root);
      if (sound?.error !== undefined) {
        tally.check(id, result, sound.error);
        tally.check(`${id}, unchanged`, after, before);
      } else if (sound) tally.check(id, typeof result === 'string' ? result : runsOf(root as otio.Track), sound.runs);
      const counted = sound ? tally : own;
      if (typeof result === 'string') counted.check(`${id}, unchanged`, after, before);
      else {
        counted.check(`${id}, sane`, faultOf(root), null);
        result.undo.apply();
        counted.check(`${id}, undone`, otio.write(root), before);
        result.undo.redo();
        counted.check(`${id}, done again`, otio.write(root), after);
      }
    }
    tally.decide(judge);
    if (own.total > 0) own.decide(judge);
  }

  const sequences = new Tally('edits/sound_sequences');
  for (const { id, rate, input, ops, final_runs, final_duration } of load<Sequence>('sound_sequences')) {
    const track = read(input) as otio.Track;
    const first = otio.write(track);
    const results: otio.edit.EditResult[] = [];
    for (const [i, { op, result, runs_after, item_at, item, time, start, duration, ...rest }] of ops.entries()) {
      const at = (frames: unknown): object | undefined =>
        frames === undefined ? undefined : JSON.parse(otio.write(new otio.RationalTime(Number(frames), rate)));
      const range =
        start === undefined
          ? undefined
          : JSON.parse(otio.write(new otio.TimeRange(Number(start), Number(duration), rate)));
      const request = {
        ...rest,
        item,
        range,
        time: at(time),
        delta: at(rest.delta),
        delta_in: at(rest.delta_in),
        delta_out: at(rest.delta_out),
      } as Request;
      const path =
        item_at === undefined
          ? []
          : [track.children.indexOf(track.childAtTime(new otio.RationalTime(Number(item_at), rate), true)!)];
      const before = otio.write(track);
      const found = outcome(() => perform(op, track, { ...request, item_path: path }));
      sequences.check(`${id}, ${i} ${op}`, typeof found === 'string' ? found : 'OK', result);
      sequences.check(`${id}, after ${i} ${op}`, hash(runsOf(track)), runs_after);
      if (typeof found === 'string') sequences.check(`${id}, ${i} ${op} refused`, otio.write(track), before);
      else results.push(found);
    }
    sequences.check(`${id}, at last`, runsOf(track), final_runs);
    sequences.check(`${id}, length`, track.duration().valueRescaledTo(rate), final_duration);
    for (const { undo } of results.toReversed()) undo.apply();
    sequences.check(`${id}, all undone`, otio.write(track), first);
  }
  sequences.decide(judge);
}

const read = (json: unknown): otio.AnyValue => otio.read(JSON.stringify(json), { mode: 'strict' }).root;
const hash = (runs: readonly Run[]): string =>
  createHash('sha256').update(JSON.stringify(runs)).digest('hex').slice(0, 16);

function outcome(edit: () => otio.edit.EditResult): otio.edit.EditResult | string {
  try {
    return edit();
  } catch (error) {
    if (error instanceof otio.OtioError) return error.code;
    throw error;
  }
}

function perform(op: string, root: otio.AnyValue, request: Request): otio.edit.EditResult {
  const track = root as otio.Track;
  const time = (value: unknown): otio.RationalTime => read(value) as otio.RationalTime;
  const fresh = (): otio.Item => read(request.item) as otio.Item;
  const placed = (): otio.Item =>
    request.item_path!.reduce<unknown>((at, index) => (at as otio.Composition).children[index], root) as otio.Item;
  const options: otio.edit.EditOptions =
    request.remove_transitions === undefined ? {} : { removeTransitions: request.remove_transitions };
  switch (op) {
    case 'overwrite':
      return otio.edit.overwrite(fresh(), track, read(request.range) as otio.TimeRange, options);
    case 'insert':
      return otio.edit.insert(fresh(), track, time(request.time), options);
    case 'slice':
      return otio.edit.slice(track, time(request.time), options);
    case 'remove':
      return otio.edit.remove(track, time(request.time), {
        ...options,
        ...(request.fill === undefined ? {} : { fill: request.fill }),
      });
    case 'fill':
      return otio.edit.fill(
        fresh(),
        track,
        time(request.time),
        request.reference_point!.toLowerCase() as otio.edit.FillMode,
        options,
      );
    case 'slip':
      return otio.edit.slip(placed(), time(request.delta), options);
    case 'slide':
      return otio.edit.slide(placed(), time(request.delta), options);
    case 'trim':
    case 'ripple':
    case 'roll':
      return otio.edit[op](placed(), time(request.delta_in), time(request.delta_out), options);
    default:
      throw new RangeError(`no operation ${op}`);
  }
}

/** What a track shows, as its vectors tell it. */
function runsOf(track: otio.Track): Run[] {
  const runs: Run[] = [];
  for (const child of track.children) {
    if (!(child instanceof otio.Item)) continue;
    const { startTime, duration } = child.trimmedRange();
    const speed = child.effects.find((effect) => effect instanceof otio.LinearTimeWarp)?.timeScalar ?? 1;
    const run: Run =
      child instanceof otio.Gap ? [null, 0, duration.value] : [child.name, startTime.value, duration.value];
    if (speed !== 1) run.push(speed);
    const last = runs.at(-1);
    const goesOn =
      last !== undefined &&
      last[0] === run[0] &&
      last[3] === run[3] &&
      (run[0] === null || run[1] === last[1] + last[2] * speed);
    if (goesOn) last[2] += run[2];
    else runs.push(run);
  }
  if (runs.at(-1)?.[0] === null) runs.pop();
  return runs;
}

/** What no edit may leave behind, or null. */
function faultOf(root: otio.AnyValue): string | null {
  if (!(root instanceof otio.Track)) return null;
  for (const [i, child] of root.children.entries()) {
    const next = root.children[i + 1];
    if (child.parent !== root) return `child ${i} has another parent`;
    if (child instanceof otio.Item && child.duration().value <= 0) return `child ${i} is empty`;
    if (child instanceof otio.Transition && next instanceof otio.Transition)
      return `transitions ${i} and ${i + 1} lie side by side`;
  }
  return otio.write(otio.read(otio.write(root), { mode: 'strict' }).root) === otio.write(root)
    ? null
    : 'it does not read back';
}
