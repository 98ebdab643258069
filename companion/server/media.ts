// Pictures and files in a page, which can send no token with them: sealed addresses, good for ten minutes and for the guest who asked.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { fileRef, type MediaUrl } from '../api/wire.ts';
import type { Clock } from './clock.ts';
import type { Opened } from './paths.ts';
import { Pictures } from './pictures.ts';
import type { Roots } from './roots.ts';
import type { Holder, Tokens } from './tokens.ts';

const goodMs = 600_000;

/** What may be sent as it is. Nothing that a browser runs. */
const types: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

const wanted = z.strictObject({
  file: fileRef,
  show: z.enum(['file', 'frame', 'filmstrip']),
  at: z.number(),
  width: z.number(),
  frames: z.number(),
});
export type MediaWanted = z.output<typeof wanted>;
const ticket = z.strictObject({ ...wanted.shape, holder: z.string(), expiresAt: z.number() });
type Ticket = z.output<typeof ticket>;

export interface Media {
  /** A sealed address. @throws CompanionError as `Roots.open`; MEDIA_UNKNOWN for a kind of file that is never sent */
  address(asked: MediaWanted, holder: Holder): Promise<MediaUrl>;
  /** Answers such an address. @throws CompanionError MEDIA_LINK_REFUSED when forged, too old, of another guest or of one that lost its token */
  answer(sealed: string, request: Request, response: Response, asker: Holder | undefined): Promise<void>;
}

export function openMedia(roots: Roots, tokens: Tokens, clock: Clock): Media {
  const seal = openSeal();
  const pictures = new Pictures();
  const sending = new Map<Response, string>();
  tokens.onGone(({ id }) => {
    if (tokens.byId(id)) return; // it has signed in anew
    for (const [response, holder] of sending) if (holder === id) response.destroy();
  });
  return {
    async address(asked, holder) {
      const name = typeof asked.file === 'string' ? asked.file : asked.file.path;
      const type = asked.show === 'file' ? typeOf(name) : 'image/jpeg';
      await using opened = closing(await roots.open(asked.file, holder));
      void opened;
      const expiresAt = clock() + goodMs;
      const text = JSON.stringify({ ...asked, holder: holder.id, expiresAt } satisfies Ticket);
      return { url: `/v1/media/${seal.close(text)}`, expiresAt, type };
    },
    async answer(sealed, request, response, asker) {
      const text = seal.open(sealed);
      const told = text === undefined ? undefined : ticket.parse(JSON.parse(text));
      const holder = told && tokens.byId(told.holder);
      if (!told || !holder || clock() >= told.expiresAt || (asker && asker.id !== holder.id))
        throw new CompanionError('MEDIA_LINK_REFUSED');
      sending.set(response, holder.id);
      response.once('close', () => sending.delete(response));
      await using opened = closing(await roots.open(told.file, holder));
      if (told.show === 'file') {
        const name = typeof told.file === 'string' ? told.file : told.file.path;
        await send(opened.value, typeOf(name), request, response);
        return;
      }
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const picture = await pictures.get(opened.value, told, gone.signal);
      response.setHeader('Content-Type', 'image/jpeg');
      response.setHeader('Content-Length', picture.length);
      response.end(picture);
    },
  };
}

/** An opened file that is closed with its block. */
const closing = (value: Opened) => ({ value, [Symbol.asyncDispose]: () => value.handle.close() });

/** @throws CompanionError MEDIA_UNKNOWN */
function typeOf(name: string): string {
  const type = types[/\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? ''];
  if (type === undefined) throw new CompanionError('MEDIA_UNKNOWN', { path: name, log: [] });
  return type;
}

/** Encrypts and signs texts with a key of this process: an address shows no path, and cannot be made or changed by others. */
function openSeal() {
  const key = randomBytes(32);
  return {
    close(text: string): string {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    /** undefined for what this process has not sealed. */
    open(sealed: string): string | undefined {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < 29 || bytes.toString('base64url') !== sealed) return undefined;
      try {
        const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
        cipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** The bytes `first` … `last` a Range header asks for; null: all of them, undefined: none that are there. One range alone is understood. */
export function rangeOf(header: string | undefined, bytes: number): readonly [number, number] | null | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  if (from === '') return Number(to) === 0 || bytes === 0 ? undefined : [Math.max(0, bytes - Number(to)), bytes - 1];
  if (to !== '' && Number(to) < Number(from)) return null;
  return Number(from) >= bytes ? undefined : [Number(from), to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)];
}

async function send({ handle, stats }: Opened, type: string, request: Request, response: Response): Promise<void> {
  const bytes = Number(stats.size);
  const range = rangeOf(request.headers['if-range'] === undefined ? request.headers.range : undefined, bytes);
  response.setHeader('Content-Type', type);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range === undefined) {
    response.statusCode = 416;
    response.setHeader('Content-Range', `bytes */${bytes}`);
    response.end();
    return;
  }
  const [first, last] = range ?? [0, bytes - 1];
  response.statusCode = range ? 206 : 200;
  if (range) response.setHeader('Content-Range', `bytes ${first}-${last}/${bytes}`);
  response.setHeader('Content-Length', last - first + 1);
  if (bytes === 0) {
    response.end();
    return;
  }
  try {
    await pipeline(handle.createReadStream({ start: first, end: last, autoClose: false }), response);
  } catch (error) {
    response.destroy();
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ERR_STREAM_DESTROYED') throw error;
  }
}
