import { readFile, rm, writeFile } from 'node:fs/promises';
import { CommandError, type Shell } from '../../../remote/shell.ts';
import { compressedKernel } from './compressed-kernel.ts';
import { isOf64Bits, loadable } from './loadable.ts';

/**
 * The ELF image of a bzImage, which starts sooner than what unpacks itself.
 * @returns false where it cannot be unpacked; then no file is made
 */
export async function unpackKernel(shell: Shell, image: string, to: string): Promise<boolean> {
  const found = compressedKernel(await readFile(image));
  if (found === undefined) return false;
  const compressed = `${to}.compressed`;
  await writeFile(compressed, found.content);
  try {
    const script = 'from=$1 to=$2; shift 2; "$@" < "$from" > "$to"';
    await shell.run(['sh', '-c', script, 'unpack', compressed, to, ...found.unpack]);
    const program = await readFile(to);
    if (isOf64Bits(program)) await writeFile(to, loadable(program));
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await rm(to, { force: true });
    return false;
  } finally {
    await rm(compressed);
  }
}
