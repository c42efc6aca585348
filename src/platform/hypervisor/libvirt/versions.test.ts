import { expect, it } from 'vitest';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { versions } from './versions.ts';

const printed = (daemon: string) => `Compiled against library: libvirt 9.0.1
Using library: libvirt 9.0.2
Using API: QEMU 9.0.2
Running hypervisor: QEMU 7.2.22
Running against daemon: ${daemon}

`;

const shellThat = (run: () => Promise<{ stdout: string; stderr: string }>) =>
  ({ host: 'h1', run }) as unknown as Shell;
const says = (stdout: string) => shellThat(() => Promise.resolve({ stdout, stderr: '' }));

it('tells virsh, libvirtd and QEMU apart', async () => {
  expect(await versions(says(printed('10.0.0')))).toEqual({
    ...{ virsh: '9.0.2', libvirtd: '10.0.0', qemu: '7.2.22' },
  });
});

it('refuses a libvirtd that is too old', async () => {
  await expect(versions(says(printed('8.1.0')))).rejects.toThrow(
    'expected libvirt 8.2 or newer on h1, found 8.1.0',
  );
  await expect(versions(says(printed('8.2.0')))).resolves.toBeDefined();
});

it("says that libvirtd does not answer, in libvirt's words", async () => {
  const stderr = `error: failed to connect to the hypervisor
error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory
`;
  const shell = shellThat(() =>
    Promise.reject(new CommandError('h1', ['virsh'], 'ended with code 1', { code: 1, stderr })),
  );
  await expect(versions(shell)).rejects.toThrow(
    'expected libvirtd to answer on h1: failed to connect to the hypervisor; Failed to connect socket',
  );
});
