// The verbs. A new one is a file of its own and a line here.
import { compare } from './compare.ts';
import type { AnyOperation } from './context.ts';
import { fill } from './fill.ts';
import { gaps } from './gaps.ts';
import { interpolate } from './interpolate.ts';
import { keyframes } from './keyframes.ts';
import { retime } from './retime.ts';

export const operations: readonly AnyOperation[] = [interpolate, fill, gaps, retime, keyframes, compare];
