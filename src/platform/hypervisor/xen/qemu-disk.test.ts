import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { expectQemuDisk } from './qemu-disk.ts';

const qcow2 = { path: '/srv/disk.qcow2', format: 'qcow2', cache: 'none' } as const;

/** A host whose xenstore and QEMU say these, one after the other. */
function host(...answers: string[]) {
  const asked: string[] = [];
  const run = (argv: readonly string[]) => {
    asked.push(argv.slice(4).join(' '));
    return Promise.resolve({ stdout: answers.shift() ?? '2\n', stderr: '' });
  };
  return { shell: { host: 'xa', run } as unknown as Shell, asked };
}

it('waits until QEMU has opened a disk', async () => {
  const { shell, asked } = host('0\n', '1\n', '2\n');
  await expectQemuDisk(shell, 7, qcow2, 'xvdb', 'g-01234567');
  expect(asked).toHaveLength(3);
  expect(asked[0]).toBe(
    '/local/domain/0/backend/qdisk/7/51728/state /var/log/xen/qemu-dm-g-01234567.log',
  );
});

it('asks nothing of disks that the kernel serves', async () => {
  const { shell, asked } = host();
  await expectQemuDisk(shell, 7, { ...qcow2, format: 'raw' }, 'xvda', 'g');
  expect(asked).toEqual([]);
});

it('says what to do about a QEMU that cannot go past the cache', async () => {
  // As Debian 12's says it.
  const { shell } = host(
    "1\nxen-qemu-system-i386: failed to create 'qdisk' device '51712': failed to create drive: aio=native was specified, but is not supported in this build.\n",
  );
  const opening = expectQemuDisk(shell, 7, qcow2, 'xvda', 'g');
  await expect(opening).rejects.toThrow(UserError);
  await expect(opening).rejects.toThrow('Use cache: writeback, or format: raw');
});

it('gives everything else in the words of QEMU', async () => {
  const { shell } = host("1\nqemu: failed to create 'qdisk' device '51712': no such file\n");
  await expect(expectQemuDisk(shell, 7, qcow2, 'xvda', 'g')).rejects.toThrow(
    "QEMU did not open /srv/disk.qcow2: qemu: failed to create 'qdisk' device",
  );
});
