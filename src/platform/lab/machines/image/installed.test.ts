import { expect, test } from 'vitest';
import { installedPackages, notableVersions, packagesOf } from './installed.ts';

const status = `Package: fio
Status: install ok installed
Priority: optional
Version: 3.33-3

Package: gone
Status: deinstall ok config-files
Version: 1

Package: xen-hypervisor-4.17-amd64
Status: install ok installed
Description: Xen Hypervisor on AMD64
 Version: in its description
Version: 4.17.7+13-0+deb12u1
`;

test('reads what dpkg has installed, not what it has removed', () => {
  expect(installedPackages(status)).toEqual({
    fio: '3.33-3',
    'xen-hypervisor-4.17-amd64': '4.17.7+13-0+deb12u1',
  });
});

test('shows versions under the names that people know', () => {
  expect(notableVersions(installedPackages(status))).toEqual({
    Xen: '4.17.7+13-0+deb12u1',
    fio: '3.33-3',
  });
});

test('only Xen hosts have Xen, all machines can be reached', () => {
  expect(packagesOf('kvm')).not.toContain('xen-system-amd64');
  for (const kind of ['kvm', 'xen', 'plain'] as const) {
    expect(packagesOf(kind)).toContain('openssh-server');
  }
});
