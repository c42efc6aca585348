import { UserError, type Problem } from '../../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import type { MigrationMethod } from '../../migration.ts';

/**
 * Xen knows one way to move a guest: pre-copy over one stream, the disk on storage that both hosts
 * see. When it switches over is decided by libxc (5 passes over memory, or fewer than 50 pages left):
 * `downtimeLimit` has no effect.
 * @throws UserError with everything that Xen cannot do
 */
export function expectKnownMethod(method: MigrationMethod, { name, disk }: GuestSpec): void {
  const problems: Problem[] = [];
  const expect = (holds: boolean, what: string, expected: string, got: unknown, remedy: string) => {
    if (holds) return;
    const message = `${what}: expected ${expected} for a migration on Xen, got ${String(got)}`;
    problems.push({ message, where: name, remedy });
  };
  const other = 'Xen has no such way: use hypervisor qemu or libvirt for it.';
  expect(method.method === 'pre-copy', 'method', 'pre-copy', method.method, other);
  expect(method.disk === 'shared', 'disk', 'shared', method.disk, other);
  expect(method.multifd === 0, 'multifd', '0', method.multifd, other);
  expect(!method.xbzrle, 'xbzrle', 'false', method.xbzrle, other);
  expect(!method.autoConverge, 'autoConverge', 'false', method.autoConverge, other);
  expect(method.bandwidth === undefined, 'bandwidth', 'unlimited', method.bandwidth, other);
  expect(method.transport === 'direct', 'transport', 'direct', method.transport, other);
  // The target opens the disk before the source has closed it.
  expect(
    disk.format === 'raw',
    'format',
    'raw',
    disk.format,
    'The QEMU of the source may still write to its metadata when that of the target has read them: use format raw.',
  );
  expect(
    disk.cache === 'none',
    'cache',
    'none',
    disk.cache,
    'What the page cache of the source holds is not on the storage when the target reads it: use cache none.',
  );
  if (problems.length > 0) throw new UserError(problems);
}
