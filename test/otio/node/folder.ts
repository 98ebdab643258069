// A folder of its own for each test, and timelines whose media lie in it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  Clip,
  type ClipMedia,
  ExternalReference,
  OtioError,
  type OtioErrorCode,
  type Timeline,
} from '../../../otio/index.ts';
import { edit, track } from '../../fixtures/timeline.ts';

export class Folder {
  path = '';

  constructor() {
    beforeEach(() => {
      this.path = realpathSync(mkdtempSync(join(tmpdir(), 'otio-')));
    });
    afterEach(() => rmSync(this.path, { recursive: true, force: true }));
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }
  /** Writes a file, with its folders. */
  put(name: string, content: string | Uint8Array = name): string {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
    return this.at(name);
  }
  /** Everything below, sorted. */
  list(below = '.'): string[] {
    return readdirSync(this.at(below), { recursive: true }).map(String).sort();
  }
}

export const clipOf = (reference: ClipMedia, name = ''): Clip => {
  const clip = new Clip({ name });
  clip.mediaReference = reference;
  return clip;
};

/** A timeline with one clip for each URL or reference. */
export const timelineOf = (...media: (string | ClipMedia)[]): Timeline => {
  const references = media.map((one) => (typeof one === 'string' ? new ExternalReference({ targetUrl: one }) : one));
  const children = references.map((reference, i) => clipOf(reference, `clip ${i}`));
  return edit('test', null, track(...children));
};

/** For assert.rejects: the code, and what the sentence must say. */
export const refusal =
  (code: OtioErrorCode, ...says: (string | RegExp)[]) =>
  (error: unknown): boolean => {
    if (!(error instanceof OtioError)) throw error;
    const fits = says.every((part) =>
      typeof part === 'string' ? error.message.includes(part) : part.test(error.message),
    );
    if (error.code !== code || !fits) throw new Error(`expected ${code} ${says.join(', ')}, got: ${error.message}`);
    return true;
  };

/** Makes a named pipe; says why not where there is no program for it. */
export function makePipe(path: string): boolean {
  const made = process.platform !== 'win32' && spawnSync('mkfifo', [path]).status === 0;
  if (!made) console.log('      stands aside: named pipes cannot be made here (there is no mkfifo)');
  return made;
}
