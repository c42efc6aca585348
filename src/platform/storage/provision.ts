import { dirname } from 'node:path';
import type { Argv, Shell } from '../remote/shell.ts';

/** How a guest gets its disk from a template. */
export interface Provisioning {
  /**
   * copy: every byte, holes too. sparse: holes stay holes. clone: a qcow2 with a backing file.
   * reflink: shared extents.
   */
  method: 'copy' | 'sparse' | 'clone' | 'reflink';
  /** Whether to wait until disk and directory are on stable storage. */
  durability: 'synced' | 'buffered';
}

/** An image file. */
export interface Image {
  path: string;
  format: 'raw' | 'qcow2';
}

/**
 * Makes the disk `path` from `template`; resolves when it can be used.
 * @returns the format of the new disk
 * @throws CommandError, with what the tool said (no space, no reflink, …)
 */
export async function provisionDisk(
  shell: Shell,
  template: Image,
  path: string,
  { method, durability }: Provisioning,
  signal?: AbortSignal,
): Promise<Image> {
  const options = signal ? { signal } : {};
  await shell.run(provisionCommand(template, path, method), options);
  if (durability === 'synced') await shell.run(['sync', path, dirname(path)], options);
  return { path, format: method === 'clone' ? 'qcow2' : template.format };
}

function provisionCommand(template: Image, path: string, method: Provisioning['method']): Argv {
  switch (method) {
    case 'copy':
      return ['cp', '--reflink=never', '--sparse=never', template.path, path];
    case 'sparse':
      return ['cp', '--reflink=never', '--sparse=always', template.path, path];
    case 'reflink':
      return ['cp', '--reflink=always', template.path, path];
    case 'clone':
      return [
        ...(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', template.format] as const),
        ...['-b', template.path, path],
      ];
  }
}
