// A change from one item to the next: lies over the end of the one and the start of the other.
import type { RationalTime } from '../opentime/index.ts';
import { Composable } from './composable.ts';
import { required, text, time, timed } from './fields.ts';
import { define } from './object.ts';

export class Transition extends define(Composable, 'Transition', 1, {
  in_offset: timed(required(time())),
  out_offset: timed(required(time())),
  transition_type: required(text()),
}) {
  override get overlapping(): boolean {
    return true;
  }

  /** Both offsets together. */
  override duration(): RationalTime {
    return this.inOffset.add(this.outOffset);
  }
}
