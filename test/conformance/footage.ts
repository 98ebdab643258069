// The footage suite: drops frames of real clips, re-creates them with the engine, and decides every bar of interpolation beside its peers.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../native/index.ts';
import { findTools } from '../support/media.ts';
import { brightnessBars, cutBars, overlayBars } from './footage/behaviour.ts';
import { clipPaths, loadClip } from './footage/clips.ts';
import { costBars } from './footage/cost.ts';
import { exactnessBars } from './footage/exactness.ts';
import { type ClipFigures, measureClip, qualityBars, qualityTable } from './footage/quality.ts';
import { tripletTable } from './footage/triplets.ts';
import type { Suite } from './suite.ts';

export const suite: Suite = {
  about:
    'footage: DIR/clips holds clips of odd length; names may end in _film (no truth). DIR/triplets/NAME/*.png and DIR/tools/score.py are used when there.',
  async run(options, judge) {
    const tools = await findTools();
    using engine = openEngine({ threads: 2 });
    judge.say(`engine ${engine.version}, ${engine.level}, ${engine.threads} threads; ffmpeg ${tools.ffmpeg.version}\n`);
    const measured: ClipFigures[] = [];
    for (const path of clipPaths(options.data, options.only)) {
      const footage = await loadClip(tools, path);
      const figures = await measureClip({ tools, engine, data: options.data, fresh: options.fresh }, footage, judge);
      measured.push(figures);
      if (footage.clip.width >= 320) await overlayBars(engine, footage, judge);
      await exactnessBars(tools, footage, judge);
    }
    judge.say(`\n${qualityTable(measured)}\n`);
    if (options.only.length === 0) qualityBars(measured, judge);
    else judge.aside('bars over the whole set', '--only was given');
    await cutBars(engine, measured, judge);
    await brightnessBars(engine, judge);
    await costBars(judge);
    if (existsSync(join(options.data, 'triplets')))
      judge.say(`\n${await tripletTable(tools, engine, join(options.data, 'triplets'))}`);
  },
};
