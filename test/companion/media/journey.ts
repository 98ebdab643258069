// The media room end to end without the engine: decode, show the nearest earlier frame by the output law, encode, verify, publish.

import { basename, join } from 'node:path';
import { readCut } from '../../../companion/media/cut.ts';
import { openDecoder } from '../../../companion/media/decode.ts';
import {
  type CodecName,
  codecOf,
  type Quality,
  resolveDelivery,
  sequenceFolder,
} from '../../../companion/media/delivery.ts';
import { openEncoder } from '../../../companion/media/encode.ts';
import type { MediaTools } from '../../../companion/media/find.ts';
import { frameCount, positions } from '../../../companion/media/law.ts';
import { demandVideo, probe } from '../../../companion/media/probe.ts';
import { claimOutput, discard, publish } from '../../../companion/media/publish.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { readTiming } from '../../../companion/media/stamps.ts';
import { sliceTiming } from '../../../companion/media/timing.ts';
import { verify } from '../../../companion/media/verify.ts';
import { folder, npmTools } from './footage.ts';

export interface Journey {
  readonly fps: string;
  readonly codec?: CodecName;
  readonly quality?: Quality;
  readonly from?: number;
  readonly count?: number;
  /** Default: those of the npm packages. */
  readonly tools?: MediaTools;
}

/** Takes `input` to `output` (a name in the test folder) and returns what the output is, what was checked and what was noted. */
export async function convert(input: string, output: string, journey: Journey) {
  const { fps, codec, quality, from = 0, count, tools = await npmTools() } = journey;
  const description = await probe(tools, input);
  const stream = demandVideo(description);
  const timing = await readTiming(tools, description, stream);
  const shown = sliceTiming(timing, from, count ?? timing.frames - from);
  const conversion = { rate: Rational.parse(fps), speed: Rational.ONE };
  const path = join(folder, output);
  const delivery = await resolveDelivery({ tools, codec: codec ?? codecOf(path), quality, output: path, stream });
  const sequence = delivery.container === 'sequence';
  const claim = claimOutput({
    output: sequence ? sequenceFolder(path) : path,
    inputs: [input],
    force: true,
    folder: sequence,
  });
  const part = { description, timing, from, count: shown.frames };
  const { speed } = conversion;
  const encoder = openEncoder({
    tools,
    delivery,
    path: claim.partial,
    name: basename(claim.final),
    rate: conversion.rate,
    frames: frameCount(shown, conversion),
    source: { ...part, stream, cut: await readCut(tools, { ...part, speed, container: delivery.container }) },
    speed,
  });
  const decoder = openDecoder({ tools, description, stream, timing, from, count: shown.frames });
  try {
    const frames = decoder[Symbol.asyncIterator]();
    let current = (await frames.next()).value;
    for (const { index } of positions(shown, conversion)) {
      while (current && current.index - from < index) {
        current.release();
        current = (await frames.next()).value;
      }
      if (current) await encoder.write(current.data);
    }
    const expectation = await encoder.finish();
    const checks = await verify(tools, claim.partial, expectation);
    publish(claim);
    return { tools, path: claim.final, checks, notes: encoder.notes, expectation, description, shown };
  } catch (error) {
    await encoder.abort();
    discard(claim);
    throw error;
  } finally {
    await decoder.close();
  }
}
