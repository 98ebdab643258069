// `inbetween picture`: a frame of a clip, or a strip of frames, as guests see them in their pages.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Client, revived } from '../api/client.ts';
import { wireError } from '../api/wire.ts';
import { claimOutput, discard, outputError, publish } from '../media/publish.ts';
import { data } from './terminal.ts';

export interface PictureOptions {
  readonly output?: string;
  /** Seconds. */
  readonly at?: number;
  /** Frames side by side. */
  readonly strip?: number;
  /** Pixels. */
  readonly width?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** @throws CompanionError as `claimOutput` and `publish`, and what the daemon says of the clip */
export async function savePicture(client: Client, clip: string, options: PictureOptions): Promise<number> {
  const { at, strip, width, json, force } = options;
  const address = await client.call('media', {
    body: {
      file: path.resolve(clip),
      ...(strip === undefined ? { show: 'frame' } : { show: 'filmstrip', frames: strip }),
      ...(at !== undefined && { at }),
      ...(width !== undefined && { width }),
    },
  });
  const answer = await fetch(client.url + address.url);
  if (!answer.ok) throw revived(wireError.parse(await answer.json()).error);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const { dir, name } = path.parse(path.resolve(clip));
  const place = path.resolve(options.output ?? path.join(dir, `${name}.jpg`));
  const claim = claimOutput({ output: place, inputs: [clip], force: force === true, folder: false });
  try {
    await writeFile(claim.partial, bytes).catch((error: unknown) => {
      throw outputError(error, place);
    });
    publish(claim);
  } catch (error) {
    discard(claim);
    throw error;
  }
  data(json ? JSON.stringify({ picture: place, type: address.type, bytes: bytes.byteLength }, null, 2) : place);
  return 0;
}
