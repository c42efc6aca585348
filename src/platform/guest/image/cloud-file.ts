import { access, constants, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError, type Problem } from '../../../base/errors.ts';
import { CommandError, type Argv, type Shell } from '../../remote/shell.ts';

/** What qemu-img tells of an image file, as far as it matters here. */
export interface ImageInfo {
  format: string;
  /** Bytes that a guest sees. */
  'virtual-size': number;
  'full-backing-filename'?: string;
}

/** A cloud image that can be used. */
export interface CloudFile {
  path: string;
  format: 'raw' | 'qcow2';
  /** Bytes that a guest sees. */
  size: number;
  /** The file and those that back it, with what changes when they do. */
  state: string[];
}

const remedy =
  'Name a cloud image that boots by BIOS (qcow2 or raw, amd64), such as Debian genericcloud, or use guest.image: micro.';

/**
 * Looks at the file that `guest.image` names.
 * @throws UserError if guests cannot be made from it
 */
export async function inspectCloudFile(shell: Shell, image: string): Promise<CloudFile> {
  const path = resolve(image);
  await requireReadable(path);
  const chain = await readChain(shell, path);
  const [info] = chain as [ImageInfo];
  const problem =
    judgeFormat(path, info.format) ??
    judgeSector(path, info.format, await firstSector(shell, path, info.format));
  if (problem) throw new UserError(problem);
  const files = chain.map((each) => each['full-backing-filename']).filter((file) => file);
  const state = [path, ...(files as string[])].map(async (file) => {
    const { size, mtimeMs, ino } = await stat(file);
    return [file, size, mtimeMs, ino].join(' ');
  });
  return {
    path,
    format: info.format as CloudFile['format'],
    size: info['virtual-size'],
    state: await Promise.all(state),
  };
}

/** What is wrong with the format of an image, as qemu-img calls it; undefined if nothing is. */
export function judgeFormat(path: string, format: string): Problem | undefined {
  if (format === 'qcow2' || format === 'raw') return undefined;
  return {
    message: `guest.image: expected a qcow2 or raw image at ${path}, got ${format}`,
    remedy: `Convert it: qemu-img convert -O qcow2 ${path} image.qcow2`,
  };
}

/**
 * What is wrong with the content of an image; undefined if a guest may boot from it.
 * @param sector the first 512 bytes that a guest sees
 */
export function judgeSector(path: string, format: string, sector: Uint8Array): Problem | undefined {
  // The end of a boot sector; a disk with a GUID partition table has one as well.
  if (sector[510] === 0x55 && sector[511] === 0xaa) return undefined;
  // Whatever has no header that it knows is raw to qemu-img, a text too.
  const what = format === 'raw' ? 'a file that is neither qcow2 nor has' : 'a qcow2 without';
  return {
    message: `guest.image: expected a bootable disk image at ${path}, got ${what} a boot sector (0x55AA at its end)`,
    remedy,
  };
}

async function requireReadable(path: string): Promise<void> {
  const complain = (got: string, cause?: unknown) =>
    new UserError(
      { message: `guest.image: expected micro or a disk image at ${path}, ${got}`, remedy },
      { cause },
    );
  const found = await stat(path).catch((cause: unknown) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw complain(missing ? 'found nothing there' : (cause as Error).message, cause);
  });
  if (!found.isFile()) throw complain(found.isDirectory() ? 'got a directory' : 'got no file');
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw complain('it cannot be read', cause);
  });
}

/** The image and those that back it, in order. */
async function readChain(shell: Shell, path: string): Promise<ImageInfo[]> {
  const text = await askQemuImg(shell, path, [
    ...(['qemu-img', 'info', '--output=json', '--backing-chain', path] as const),
  ]);
  return JSON.parse(text) as ImageInfo[];
}

async function firstSector(shell: Shell, path: string, format: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'vg-image-'));
  try {
    const copy = join(folder, 'sector');
    await askQemuImg(shell, path, [
      ...(['qemu-img', 'dd', '-f', format, '-O', 'raw', 'bs=512', 'count=1'] as const),
      ...[`if=${path}`, `of=${copy}`],
    ]);
    return await readFile(copy);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function askQemuImg(shell: Shell, path: string, argv: Argv): Promise<string> {
  try {
    return (await shell.run(argv)).stdout;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const said = error.stderr.trim().split('\n').at(-1)?.replace('qemu-img: ', '') ?? '';
    throw new UserError(
      {
        message: `guest.image: expected a disk image that qemu-img can read at ${path}, it says: ${said}`,
        remedy,
      },
      { cause: error },
    );
  }
}
