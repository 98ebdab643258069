// ZIP archives made byte by byte, so that they can lie, and read byte by byte, so that nothing of ours is believed.
import { crc32, deflateRawSync } from 'node:zlib';

export interface Lie {
  readonly name: string | Buffer;
  readonly data?: string | Uint8Array;
  /** 8 deflates, 0 stores; others are only declared. */
  readonly method?: number;
  /** What is declared in place of the true sizes. */
  readonly size?: number;
  readonly packedSize?: number;
  readonly crc?: number;
  /** Mode of Unix: type and permissions. */
  readonly mode?: number;
  readonly flags?: number;
  /** Takes the bytes of the entry with this index in place of its own. */
  readonly dataOf?: number;
}

/** An archive of what is said, true or not. */
export function zip(entries: readonly Lie[], { zip64 = false } = {}): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const { name, data = '', method = 0, mode = 0o100644, flags = 0x800, dataOf, ...declared } of entries) {
    const nameBytes = Buffer.from(name as string);
    const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data as string);
    const { size = Buffer.byteLength(data as string), packedSize = packed.length, crc = crc32(data) } = declared;
    const offset = dataOf === undefined ? at : offsets[dataOf]!;
    offsets.push(offset);
    const common = (signature: number, version: readonly number[], extra: number): Buffer => {
      const head = Buffer.alloc(4 + 2 * version.length + 24);
      let p = head.writeUInt32LE(signature, 0);
      for (const value of [...version, flags, method, 0, 0x5a21]) p = head.writeUInt16LE(value, p);
      for (const value of [crc, zip64 ? 0xffffffff : packedSize, zip64 ? 0xffffffff : size])
        p = head.writeUInt32LE(value, p);
      p = head.writeUInt16LE(nameBytes.length, p);
      head.writeUInt16LE(extra, p);
      return head;
    };
    const long = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      long.writeUInt16LE(1, 0);
      long.writeUInt16LE(24, 2);
      for (const [i, value] of [size, packedSize, offset].entries()) long.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    }
    if (dataOf === undefined) {
      const local = Buffer.concat([common(0x04034b50, [45], 0), nameBytes, packed]);
      locals.push(local);
      at += local.length;
    }
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(zip64 ? 0xffffffff : offset, 10);
    central.push(Buffer.concat([common(0x02014b50, [0x032d, 45], long.length), tail, nameBytes, long]));
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(zip64 ? 98 : 22);
  let p = 0;
  if (zip64) {
    p = end.writeUInt32LE(0x06064b50, 0);
    p = end.writeBigUInt64LE(44n, p) + 12;
    for (const value of [entries.length, entries.length, directory.length, at])
      p = end.writeBigUInt64LE(BigInt(value), p);
    p = end.writeUInt32LE(0x07064b50, p) + 4;
    p = end.writeBigUInt64LE(BigInt(at + directory.length), p);
    p = end.writeUInt32LE(1, p);
  }
  p = end.writeUInt32LE(0x06054b50, p) + 4;
  for (let i = 0; i < 2; i++) p = end.writeUInt16LE(zip64 ? 0xffff : entries.length, p);
  for (const value of [directory.length, at]) p = end.writeUInt32LE(zip64 ? 0xffffffff : value, p);
  return Buffer.concat([...locals, directory, end]);
}

export interface Listed {
  readonly name: string;
  readonly method: 'store' | 'deflate' | number;
  readonly size: number;
  /** Where its bytes start. */
  readonly data: number;
}

/** The directory of an archive below 4 GiB. */
export function list(archive: Buffer): Listed[] {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const found: Listed[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => archive.readUInt16LE(at + o)) as [
      number,
      number,
      number,
    ];
    const method = archive.readUInt16LE(at + 10);
    const local = archive.readUInt32LE(at + 42);
    found.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      method: method === 0 ? 'store' : method === 8 ? 'deflate' : method,
      size: archive.readUInt32LE(at + 24),
      data: local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28),
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return found;
}
