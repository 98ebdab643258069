// Bundles and media locations: the layout the reference writes, its samples read and unpacked, URLs and paths.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as otio from '../../../otio/index.ts';
import { withArchive } from '../../../otio/node/archive.ts';
import * as node from '../../../otio/node/index.ts';
import type { Judge } from '../suite.ts';
import { Tally } from './tally.ts';

interface Layout {
  readonly file: string;
  readonly entries: readonly { readonly name: string; readonly method: string; readonly size: number }[];
}

interface UrlCase {
  readonly op: 'filepath_from_url' | 'url_from_filepath';
  readonly in: string;
  readonly out?: string;
  readonly wanted_candidates?: readonly string[];
}

export async function bundles(data: string, judge: Judge): Promise<void> {
  const cases = <T>(name: string): readonly T[] =>
    JSON.parse(readFileSync(join(data, 'vectors', 'bundles', `${name}.json`), 'utf8')).cases;
  const samples = join(data, 'samples', 'bundles');
  const temporary = mkdtempSync(join(tmpdir(), 'otio-bundles-'));

  try {
    const layouts = new Tally('bundles/layout');
    for (const { file, entries } of cases<Layout>('layout')) {
      const archive = join(samples, file);
      const folder = archive.replace(/z$/, 'd');
      const content = readFileSync(join(folder, 'content.otio'), 'utf8');
      layouts.check(`${file}, as the reference wrote it`, await layoutOf(archive), entries);
      for (const bundle of [archive, folder])
        layouts.check(`${basename(bundle)}, its timeline`, otio.write((await node.readBundle(bundle)).root), content);

      const out = join(temporary, `${file}.out`);
      await node.extractOtioz(archive, out, { maxBytes: 1e6 });
      layouts.check(`${file}, unpacked`, filesIn(out), {
        ...filesIn(folder),
        'version.txt': sha(Buffer.from('1.0.0')),
      });

      const timeline = otio.read(content).root;
      const options = { policy: 'error', file: join(folder, 'content.otio'), inBundle: true } as const;
      await node.writeOtioz(join(temporary, file), timeline, options);
      layouts.check(`${file}, as we write it`, await layoutOf(join(temporary, file)), entries);
      await node.writeOtiod(join(temporary, `${file}.otiod`), timeline, options);
      layouts.check(`${file}, as a folder`, filesIn(join(temporary, `${file}.otiod`)), filesIn(out));
    }
    layouts.decide(judge);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }

  const urls = new Tally('bundles/urls_0.18.1');
  for (const { op, in: given, out, wanted_candidates: wanted } of cases<UrlCase>('urls_0.18.1')) {
    if (op === 'filepath_from_url') {
      urls.check(given, node.filepathCandidates(given), wanted);
      continue;
    }
    // R14: the reference does not encode; ours is a URL that Node reads as the path, or the same where the path is relative
    const url = node.urlFromFilepath(given);
    urls.check(`${given}, as a URL`, url.startsWith('file:') ? `file://${fileURLToPath(url)}` : url, out);
    urls.check(`${given}, back`, node.filepathCandidates(url)[0], given);
  }
  urls.decide(judge);
}

const layoutOf = (path: string): Promise<Layout['entries']> =>
  withArchive(path, async ({ entries }) =>
    entries.map(({ name, stored, size }) => ({ name, method: stored ? 'store' : 'deflate', size })),
  );

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The files below a folder, by what they hold. */
function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.slice(folder.length + 1)] = sha(readFileSync(path));
  }
  return found;
}
