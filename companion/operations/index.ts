// The verbs. A new one is a file of its own and a line here.
import { compare } from './compare.ts';
import type { AnyOperation } from './context.ts';
import { interpolate } from './interpolate.ts';

export const operations: readonly AnyOperation[] = [interpolate, compare];
