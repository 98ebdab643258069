// The media room end to end without the engine: decode, show the nearest earlier frame by the output law, encode in parts, join, verify, publish.

import { mkdtempSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CodecName, Quality } from '../../../companion/media/codecs.ts';
import { readCut } from '../../../companion/media/cut.ts';
import { openDecoder } from '../../../companion/media/decode.ts';
import { codecOf, resolveDelivery, sequenceFolder } from '../../../companion/media/delivery.ts';
import { planOutput } from '../../../companion/media/encode.ts';
import type { MediaTools } from '../../../companion/media/find.ts';
import { type Joined, joinSegments } from '../../../companion/media/join.ts';
import { frameCount, positions } from '../../../companion/media/law.ts';
import { demandVideo, probe } from '../../../companion/media/probe.ts';
import { claimOutput, discard, publish } from '../../../companion/media/publish.ts';
import { Rational } from '../../../companion/media/rational.ts';
import { mayJoin, openSegment, type Segment, segmentForm, shortestPart } from '../../../companion/media/segment.ts';
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
  /** Pictures in each part, default as few as may be; what is left at the end goes to the last. */
  readonly every?: number;
  /** Default: those of the npm packages. */
  readonly tools?: MediaTools;
}

/** For `every`: no parts, where joining them is not the subject. */
export const inOnePart = Number.POSITIVE_INFINITY;

/** Takes `input` to `output` (a name in the test folder) and returns what the output is, what was checked and what was noted. */
export async function convert(input: string, output: string, journey: Journey) {
  const { fps, codec, quality, from = 0, count, every = shortestPart, tools = await npmTools() } = journey;
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
  const total = frameCount(shown, conversion);
  const plan = planOutput({
    tools,
    delivery,
    name: basename(claim.final),
    rate: conversion.rate,
    frames: total,
    source: { ...part, stream, cut: await readCut(tools, { ...part, speed, container: delivery.container }) },
    speed,
  });
  const parts: Joined[] = [];
  const scratch = mkdtempSync(join(folder, 'parts-'));
  let segment: Segment | undefined;
  const decoder = openDecoder({ tools, description, stream, timing, from, count: shown.frames });
  try {
    const frames = decoder[Symbol.asyncIterator]();
    let current = (await frames.next()).value;
    let written = 0;
    for (const { index } of positions(shown, conversion)) {
      while (current && current.index - from < index) {
        current.release();
        current = (await frames.next()).value;
      }
      if (written === 0 || (written % every === 0 && total - written >= shortestPart && mayJoin(plan))) {
        await segment?.finish();
        const name = `${written}${segmentForm(delivery).ending}`;
        segment = openSegment(plan, { path: join(scratch, name), first: written });
        parts.push({ name, first: written });
      }
      if (current) await segment!.write(current.data);
      written++;
    }
    await segment!.finish();
    await joinSegments(plan, { folder: scratch, parts, path: claim.partial });
    const { expectation, notes } = plan;
    const checks = await verify(tools, claim.partial, expectation);
    publish(claim);
    return { tools, path: claim.final, checks, notes, expectation, description, shown };
  } catch (error) {
    await segment?.abort();
    discard(claim);
    throw error;
  } finally {
    await decoder.close();
  }
}
