// The shape of a verb: declared once, read by the command line, the manual and (later) the server and the panel.
import { z } from 'zod';
import { CompanionError } from './errors.ts';

/**
 * A verb. A plan and an outcome are plain data that survive JSON.
 * `run` does the work, `plan` says what `run` would do and touches nothing. Both reject with a `CompanionError`, or with an AbortError when the
 * context's signal fires.
 */
export interface Operation<Params extends z.ZodType = z.ZodType, Context = never, Plan = unknown, Outcome = unknown> {
  /** The CLI word, kebab-case. */
  readonly name: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  readonly inputs: InputCount;
  /** The inputs are timelines, not clips. */
  readonly timelines?: true;
  /** False: a result is more than its file, and is made each time it is asked for. */
  readonly cached?: false;
  /** What the job writes and where, for help; absent when it writes nothing but what its parameters name. */
  readonly output?: string;
  /** A strict object; each field carries `.meta({ title, unit?, description })`. */
  readonly params: Params;
  plan?(params: z.output<Params>, context: Context): Promise<Plan>;
  run(params: z.output<Params>, context: Context): Promise<Outcome>;
  /** Lines for a person about a plan. */
  tellPlan?(plan: Plan): string[];
  /** Lines for a person about an outcome. */
  tell(outcome: Outcome): string[];
}

/**
 * How many files one job takes. A number: just so many, and a guest with more files asks for more jobs. `atLeast`: as many as there are, in the order they
 * were named.
 */
export type InputCount = number | { readonly atLeast: number };

/** Whether a job may have so many files. */
export const takes = (inputs: InputCount, files: number): boolean =>
  typeof inputs === 'number' ? files === inputs : files >= inputs.atLeast;

/** `1 file`, `2 files`, `2 files or more`. */
export const filesInWords = (inputs: InputCount): string =>
  typeof inputs === 'number' ? `${inputs} file${inputs === 1 ? '' : 's'}` : `${filesInWords(inputs.atLeast)} or more`;

/** Declares a verb; infers the types of `run` and `plan` from `params`. */
export function defineOperation<Params extends z.ZodType, Context, Plan, Outcome>(
  operation: Operation<Params, Context, Plan, Outcome>,
): Operation<Params, Context, Plan, Outcome> {
  return operation;
}

/** One parameter as a guest sees it: the JSON Schema of a field. */
export interface ParamInfo {
  readonly name: string;
  readonly type: 'string' | 'number' | 'integer' | 'boolean';
  readonly title: string;
  readonly description: string;
  readonly unit?: string;
  /** The text names a file. */
  readonly format?: 'path';
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
}

const field = z.object({
  type: z.enum(['string', 'number', 'integer', 'boolean']),
  title: z.string(),
  description: z.string(),
  unit: z.string().optional(),
  format: z.literal('path').optional().catch(undefined),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

/** The parameters of a verb in the order of their declaration. Throws when a field has no title, description or simple type. */
export function paramsOf(params: z.ZodType): ParamInfo[] {
  const schema = z.toJSONSchema(params, { io: 'input' });
  return Object.entries(schema.properties ?? {}).map(([name, json]) => {
    const { enum: choices, unit, format, minimum, maximum, default: preset, ...rest } = field.parse(json);
    return {
      name,
      ...rest,
      ...(unit !== undefined && { unit }),
      ...(format && { format }),
      ...(choices && { choices }),
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
      ...(preset !== undefined && { default: preset }),
    };
  });
}

/** `cutThreshold` → `--cut-threshold`. */
export const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** `match` → `--no-match`: what turns a switch off. */
export const offFlagOf = (name: string): string => flagOf(name).replace('--', '--no-');

/** Parameters as flags: `--fps 50 --dedup --no-match`. */
export const flagsOf = (params: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(params).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (typeof value === 'boolean') return [value ? flagOf(name) : offFlagOf(name)];
    return String(value).startsWith('-') ? [`${flagOf(name)}=${value}`] : [flagOf(name), String(value)];
  });

/** What a parameter may hold, in words: "a number from 0 to 1", "one of best, fast". */
export function expectation(param: ParamInfo): string {
  if (param.choices) return `one of ${param.choices.join(', ')}`;
  if (param.type === 'boolean') return 'true or false';
  if (param.type === 'string') return param.unit ? `text: ${param.unit}` : 'text';
  const what = param.type === 'integer' ? 'a whole number' : 'a number';
  const unit = param.unit ? ` ${param.unit}` : '';
  if (param.minimum !== undefined && param.maximum !== undefined)
    return `${what} from ${param.minimum} to ${param.maximum}${unit}`;
  if (param.minimum !== undefined) return `${what} of at least ${param.minimum}${unit}`;
  if (param.maximum !== undefined) return `${what} of at most ${param.maximum}${unit}`;
  return `${what}${unit}`;
}

/** Parses raw parameters. Throws PARAM_UNKNOWN or PARAM_INVALID for the first thing that is wrong. */
export function parseParams<Params extends z.ZodType>(params: Params, raw: unknown): z.output<Params> {
  const parsed = params.safeParse(raw);
  if (parsed.success) return parsed.data;
  const known = paramsOf(params);
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    throw new CompanionError('PARAM_UNKNOWN', { name: issue.keys[0], known: known.map(({ name }) => name) });
  }
  const name = String(issue.path[0] ?? 'params');
  const param = known.find((each) => each.name === name);
  const expected = issue.code === 'custom' || !param ? issue.message : expectation(param);
  const received = raw !== null && typeof raw === 'object' ? Reflect.get(raw, name) : raw;
  throw new CompanionError('PARAM_INVALID', { name, expected, received: received ?? null });
}
