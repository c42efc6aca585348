import { CommandError, type Argv, type Shell } from '../../../remote/shell.ts';
import type { ServedDisk } from './serve-disk.ts';

/** What is copied: a whole disk that nothing writes. */
export interface CopiedDisk {
  /** A block device, or a file. */
  path: string;
  /** Bytes; a multiple of 512. */
  bytes: number;
}

export interface CopyOptions {
  /** Bytes that are copied at once: what is lost when the link is cut is copied again. */
  piece?: number;
  /** How often a piece is tried. */
  tries?: number;
  signal?: AbortSignal;
  /** Gets the bytes of the disk that are done. */
  onProgress?: (done: number) => void;
}

const usualPiece = 4 * 2 ** 30;
/** Requests under way at once. */
const requests = 16;
/** Seconds for a piece, for each MiB of it: a link of 1 Mbit/s. */
const slowest = 8;

/**
 * Copies a disk piece by piece to where it is served, from its own host, so that the data take the
 * direct way. Runs of zeros are not sent: the target is empty. A piece that fails is tried again, then
 * with its zeros, as something may have been written.
 * @throws Error saying which piece failed, and how
 */
export async function copyDisk(
  shell: Shell,
  disk: CopiedDisk,
  target: ServedDisk,
  { piece = usualPiece, tries = 3, signal, onProgress }: CopyOptions = {},
): Promise<void> {
  for (let offset = 0; offset < disk.bytes; offset += piece) {
    const range = { offset, bytes: Math.min(piece, disk.bytes - offset) };
    for (let left = tries; ; left -= 1) {
      signal?.throwIfAborted();
      try {
        await shell.run(copyCommand(disk, target, range, { empty: left === tries }), {
          timeout: 120 + (range.bytes / 2 ** 20) * slowest,
          ...(signal && { signal }),
        });
        break;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof CommandError) || left === 1) {
          const at = `bytes ${offset} to ${offset + range.bytes} of ${disk.path}`;
          throw new Error(`${at} were not copied: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    onProgress?.(offset + range.bytes);
  }
}

/**
 * The command that copies one range of a disk.
 * @param empty the target reads as zeros there, so that zeros need not be written
 */
export function copyCommand(
  { path }: Pick<CopiedDisk, 'path'>,
  { address, port, name }: ServedDisk,
  { offset, bytes }: { offset: number; bytes: number },
  { empty }: { empty: boolean },
): Argv {
  const driver = path.startsWith('/dev/') ? 'host_device' : 'file';
  const range = `driver=raw,offset=${offset},size=${bytes}`;
  const from = `${range},file.driver=${driver},file.filename=${escape(path)}`;
  const server = `file.server.type=inet,file.server.host=${escape(address)},file.server.port=${port}`;
  const to = `${range},file.driver=nbd,${server},file.export=${name}`;
  return [
    ...(['qemu-img', 'convert', '-n', '-W', '-m', String(requests)] as const),
    ...['-T', 'none', '-t', 'none', ...(empty ? ['--target-is-zero'] : [])],
    ...['--image-opts', '--target-image-opts', from, to],
  ];
}

/** In an option's value a comma is written twice. */
function escape(value: string): string {
  return value.replaceAll(',', ',,');
}
