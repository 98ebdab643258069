// Whether this machine has the memory and the disk that a job takes.
import { stat, statfs } from 'node:fs/promises';
import type { InterpolatorOptions, PictureFormat } from '../../../native/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { type Delivery, estimateBytes } from '../../media/delivery.ts';
import type { OperationContext } from '../context.ts';

/** Decoded pictures held at once: the pair in work, the decoder's read-ahead, and those waiting for the encoder. */
const picturesHeld = 12;
/** The memory of the encoder and of the one that takes over from it, in pictures, and what the processes take beside pictures. */
const encoderPictures = 32;
const baseBytes = 192 * 2 ** 20;

/** What a job takes, and what this machine has. */
export interface Room {
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Of the disk that is nearest to too small. */
  readonly diskBytes: number;
  readonly freeDiskBytes: number;
}

export interface RoomRequest {
  readonly params: InterpolatorOptions;
  readonly context: OperationContext;
  readonly picture: PictureFormat;
  readonly delivery: Delivery;
  /** Output frames. */
  readonly frames: number;
  /** Folder the output goes to. */
  readonly folder: string;
}

/** @throws CompanionError MEMORY_SHORT, DISK_SHORT */
export async function roomFor({ params, context, picture, delivery, frames, folder }: RoomRequest): Promise<Room> {
  const memoryBytes = memoryNeeded(params, context, picture);
  const freeMemoryBytes = process.availableMemory();
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  if (memoryBytes > freeMemoryBytes) {
    const [neededMiB, freeMiB] = [mebibytes(memoryBytes), mebibytes(freeMemoryBytes)];
    throw new CompanionError('MEMORY_SHORT', { neededMiB, freeMiB });
  }
  const stills = delivery.container === 'sequence';
  const disk = tightest(await disksNeeded(folder, estimateBytes(delivery, frames), stills, context));
  if (disk.needed > disk.free) {
    const [neededMiB, freeMiB] = [mebibytes(disk.needed), Math.floor(disk.free / 2 ** 20)];
    throw new CompanionError('DISK_SHORT', { neededMiB, freeMiB, folder: disk.folder });
  }
  return { memoryBytes, freeMemoryBytes, diskBytes: disk.needed, freeDiskBytes: disk.free };
}

function memoryNeeded(params: InterpolatorOptions, { engine }: OperationContext, picture: PictureFormat): number {
  const bytes = picture.width * picture.height * (picture.depth > 8 ? 2 : 1) * (picture.layout === 'gray' ? 1 : 3);
  return baseBytes + engine.plannedBytes(picture, params) + (picturesHeld + encoderPictures) * bytes;
}

/** Bytes that a disk must have and has free, and a folder on it. */
export interface Disk {
  readonly needed: number;
  readonly free: number;
  readonly folder: string;
}

/** The disk with the least to spare. */
export const tightest = (disks: readonly [Disk, ...Disk[]]): Disk =>
  disks.reduce((worst, disk) => (disk.free - disk.needed < worst.free - worst.needed ? disk : worst));

/** The pictures lie on the disk twice, in finished parts and joined; stills only once, where both folders are on one disk. */
async function disksNeeded(
  output: string,
  bytes: number,
  stills: boolean,
  { ledger }: OperationContext,
): Promise<[Disk, ...Disk[]]> {
  const parts = Math.max(0, bytes - (ledger?.bytes ?? 0));
  const free = await freeDisk(output);
  if (!ledger || (await stat(ledger.folder)).dev === (await stat(output)).dev)
    return [{ needed: stills ? parts : parts + bytes, free, folder: output }];
  return [
    { needed: bytes, free, folder: output },
    { needed: parts, free: await freeDisk(ledger.folder), folder: ledger.folder },
  ];
}

async function freeDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
