// Command line flags made from a verb's schema, and its parameters read back from them.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { expectation, flagOf, offFlagOf, type ParamInfo, paramsOf, parseParams } from '../api/operation.ts';

/** Adds a flag for every parameter of a verb. */
export function addFlags(command: Command, params: z.ZodType): void {
  for (const param of paramsOf(params)) {
    if (param.type === 'boolean') {
      addSwitch(command, param);
      continue;
    }
    const option = new Option(`${flagOf(param.name)}${placeholderOf(param)}`, helpOf(param));
    if (param.type === 'number' || param.type === 'integer') {
      option.argParser((text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)));
    } else {
      option.argParser((text) => {
        if (text.startsWith('--')) throw new InvalidArgumentError(`${text} is a flag, and the value is missing.`);
        return text;
      });
    }
    command.addOption(option);
  }
}

/** Both ways, so that a preset can be overruled; help shows the one that changes what is done without it. */
function addSwitch(command: Command, param: ParamInfo): void {
  const on = new Option(flagOf(param.name), helpOf(param)).hideHelp(param.default === true);
  const off = new Option(offFlagOf(param.name), `Turns off: ${param.title}. ${param.description}`).hideHelp(
    param.default !== true,
  );
  command.addOption(on).addOption(off); // the first says that nothing is set by itself
}

/**
 * The raw parameters among commander's options, checked against the schema.
 * @throws CompanionError PARAM_INVALID, naming the flag.
 */
export function paramsFrom(options: Readonly<Record<string, unknown>>, params: z.ZodType): Record<string, unknown> {
  const names = paramsOf(params).map(({ name }) => name);
  const raw = Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  try {
    parseParams(params, raw);
  } catch (error) {
    if (error instanceof CompanionError && error.code === 'PARAM_INVALID') {
      throw new CompanionError('PARAM_INVALID', { ...error.facts, name: flagOf(String(error.facts.name)) });
    }
    throw error;
  }
  return raw;
}

/** Longer lists of choices stand in the help's text instead. */
const shortList = 20;

function placeholderOf({ type, choices, unit }: ParamInfo): string {
  if (type === 'boolean') return '';
  const list = choices?.join('|');
  if (list) return list.length <= shortList ? ` <${list}>` : ' <name>';
  if (unit === 'IN-OUT') return ` <${unit}>`;
  return type === 'string' ? ' <value>' : ' <number>';
}

function helpOf(param: ParamInfo): string {
  const { title, unit, type, choices, description } = param;
  const isNumber = type === 'number' || type === 'integer';
  const facts = [
    ...(choices && choices.join('|').length > shortList ? [expectation(param)] : []),
    ...(isNumber ? [expectation(param)] : []),
    ...(param.default === undefined || param.default === false ? [] : [`default: ${param.default}`]),
  ];
  const name = unit && !isNumber && unit !== 'IN-OUT' ? `${title} (${unit})` : title;
  return `${name}. ${description}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}`;
}

/** A whole number as the value of an option. */
export const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^-?\d+$/.test(text.trim()) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };

/** A time in seconds as the value of an option. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number of seconds.');
}

/** An option with a list of values. */
export const choice = (flags: string, about: string, choices: readonly string[]): Option =>
  new Option(flags, about).choices([...choices]);
