// `endpoint.json`: where the daemon of this user answers. Guests on this machine read it; it goes with the daemon.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type Endpoint, endpoint } from '../api/wire.ts';
import { readConfig, writeConfig } from '../jobs/config-file.ts';

/** Says where we answer; returns what takes the word back, unless another daemon has replaced it. */
export function publishEndpoint(folder: string, own: Endpoint): () => void {
  const file = path.join(folder, 'endpoint.json');
  writeConfig(file, own);
  return () => {
    try {
      const there = readConfig(file, endpoint.nullable(), null);
      if (there?.pid === own.pid && there.startedAt === own.startedAt) rmSync(file, { force: true });
    } catch {
      // not ours any more
    }
  };
}
