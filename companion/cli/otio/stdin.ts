// The name `-`: a timeline that comes in on stdin, or goes out on stdout.
import { CompanionError } from '../../api/errors.ts';

export const STANDARD = '-';

/** All of stdin. @throws CompanionError INPUT_EMPTY, INPUT_UNREADABLE beyond `most` bytes */
export async function bytesOfStdin(
  most: number,
  stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stdin) {
    const bytes = Buffer.from(piece);
    length += bytes.length;
    if (length > most)
      throw new CompanionError('INPUT_UNREADABLE', { path: STANDARD, reason: `it has more than ${most} bytes` });
    pieces.push(bytes);
  }
  if (length === 0) throw new CompanionError('INPUT_EMPTY', { path: STANDARD });
  return Buffer.concat(pieces);
}
