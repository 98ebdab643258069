// otio: the vectors and samples of the OTIO specification.

import { bundles } from './otio/bundles.ts';
import { edits } from './otio/edits.ts';
import { gapfill } from './otio/gapfill.ts';
import { interchange } from './otio/interchange.ts';
import { opentime } from './otio/opentime.ts';
import { ranges } from './otio/ranges.ts';
import { serialization } from './otio/serialization.ts';
import type { Suite } from './suite.ts';

export const suite: Suite = {
  about: 'otio: DIR holds vectors/, samples/ and canonical/ as the OTIO specification lays them out.',
  async run({ data }, judge) {
    await opentime(data, judge);
    await serialization(data, judge);
    await edits(data, judge);
    await ranges(data, judge);
    await gapfill(data, judge);
    await interchange(data, judge);
    await bundles(data, judge);
  },
};
