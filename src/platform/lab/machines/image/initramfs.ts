import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Shell } from '../../../remote/shell.ts';

/**
 * The first root of a machine: drivers of its disk, and busybox.
 * @param modules files, in the order in which they are loaded
 * @param script `machine/initramfs`
 */
export async function makeInitramfs(
  shell: Shell,
  { busybox, modules, script }: { busybox: string; modules: readonly string[]; script: string },
  path: string,
): Promise<void> {
  const tree = `${path}.d`;
  for (const name of ['bin', 'dev', 'modules', 'proc', 'root', 'sys']) {
    await mkdir(join(tree, name), { recursive: true });
  }
  await copyFile(busybox, join(tree, 'bin/busybox'));
  for (const file of modules) await copyFile(file, join(tree, 'modules', basename(file)));
  const names = modules.map((file) => basename(file)).join(' ');
  const text = (await readFile(script, 'utf8')).replace('MODULES', names);
  await writeFile(join(tree, 'init'), text, { mode: 0o755 });
  const all = (await readdir(tree, { recursive: true })).sort();
  await shell.run(['cpio', '-o', '-H', 'newc', '--quiet', '-R', '0:0', '-D', tree, '-F', path], {
    input: all.map((name) => `${name}\n`).join(''),
  });
  await rm(tree, { recursive: true });
}
