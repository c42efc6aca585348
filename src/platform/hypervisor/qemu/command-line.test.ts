import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GuestSpec } from '../hypervisor.ts';
import { qemuCommandLine, tapName } from './command-line.ts';

const spec: GuestSpec = {
  name: 'vg-1-0',
  machine: 'q35',
  cpu: 'max',
  accelerator: 'tcg',
  vcpus: 2,
  memory: 256 * 2 ** 20,
  hugepages: false,
  pin: [],
  disk: {
    path: '/srv/disk.qcow2',
    format: 'qcow2',
    cache: 'none',
    aio: 'native',
    iothread: false,
    queues: 1,
  },
  network: { kind: 'user' },
  mac: '52:54:00:12:34:56',
  directory: '/run/vg',
  consoleLog: '/var/log/vg.log',
  environment: {},
};

/** What stands behind an option, for each time that it is given. */
function values(option: string, changes: Partial<GuestSpec> = {}): string[] {
  const argv = qemuCommandLine({ ...spec, ...changes });
  return argv.flatMap((each, index) => (each === option ? [argv[index + 1] ?? ''] : []));
}

/** As QEMU reads an option (qemu_opts_parse): a comma that is written twice belongs to the value. */
function parsed(text: string): Record<string, string> {
  const parts = text.replaceAll(',,', '\0').split(',');
  return Object.fromEntries(
    parts.map((part) => {
      const [, key = part, value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
      return [key, value.replaceAll('\0', ',')] as const;
    }),
  );
}

const disk = (changes: Partial<GuestSpec['disk']>) => ({ disk: { ...spec.disk, ...changes } });

it('starts held, and without what a configuration of the host would add', () => {
  const argv = qemuCommandLine(spec);
  for (const option of ['-S', '-nodefaults', '-no-user-config']) expect(argv).toContain(option);
  expect(values('-display')).toEqual(['none']);
});

it('gives any path of a disk as it is, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\/[ ,=a-z/ü:'"\\]{0,40}$/), (path) => {
      const [drive = ''] = values('-drive', disk({ path }));
      expect(parsed(drive)).toMatchObject({ file: path, if: 'none', discard: 'unmap' });
    }),
  );
});

it('gives any directory of a guest as it is to its sockets', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\/[ ,=a-z]{1,20}$/), (directory) => {
      const paths = values('-chardev', { directory }).map((text) => parsed(text).path);
      expect(paths).toEqual(
        ['monitor', 'console', 'agent'].map((name) => `${directory}/${name}.sock`),
      );
    }),
  );
});

it('takes the disk as the levels say', () => {
  const [drive = ''] = values('-drive', disk({ format: 'raw', cache: 'directsync' }));
  expect(parsed(drive)).toMatchObject({ format: 'raw', cache: 'directsync', aio: 'native' });
  const devices = values('-device', disk({ queues: 4, iothread: true }));
  const block = devices.find((device) => device.startsWith('virtio-blk-pci')) ?? '';
  expect(parsed(block)).toMatchObject({ 'num-queues': '4', iothread: 'io0' });
  expect(values('-object', disk({ iothread: true }))).toEqual(['iothread,id=io0']);
  expect(values('-object')).toEqual([]);
});

it('backs memory by huge pages when asked to', () => {
  const changes = { hugepages: true, memory: 300 * 2 ** 20 + 1 };
  expect(values('-m', changes)).toEqual(['301M']);
  const [memory = ''] = values('-object', changes);
  expect(parsed(memory)).toMatchObject({ id: 'ram', size: '301M', hugetlb: 'on' });
  expect(values('-machine', changes)).toEqual(['q35,memory-backend=ram']);
  expect(values('-machine')).toEqual(['q35']);
});

it('attaches the seed read-only', () => {
  const drives = values('-drive', { seed: '/cache/seed, 1.iso' }).map(parsed);
  expect(drives[1]).toMatchObject({ file: '/cache/seed, 1.iso', format: 'raw', readonly: 'on' });
});

it('boots the kernel given, with its command line behind the console', () => {
  const kernel = { image: '/k,1', initramfs: '/i', commandLine: 'a=b,c' };
  const changes = { kernel };
  expect(values('-kernel', changes)).toEqual(['/k,1']);
  expect(values('-initrd', changes)).toEqual(['/i']);
  expect(values('-append', changes)).toEqual(['console=ttyS0 earlycon=uart8250,io,0x3f8 a=b,c']);
  expect(values('-kernel')).toEqual([]);
});

it.each([
  ['tcg', 'tcg,thread=multi'],
  ['kvm', 'kvm'],
] as const)('runs under %s', (accelerator, text) => {
  expect(values('-accel', { accelerator })).toEqual([text]);
});

it('forwards free ports of this machine to a guest of the user network', () => {
  expect(values('-netdev')[0]).toContain('hostfwd=udp:127.0.0.1:0-:7');
  expect(values('-netdev')[0]).toContain('hostfwd=tcp:127.0.0.1:0-:80');
});

it('gives a guest on a bridge a tap of its own', () => {
  const network = { kind: 'bridge', bridge: 'br0' } as const;
  const [tap = ''] = values('-netdev', { network });
  expect(parsed(tap)).toMatchObject({ ifname: tapName(spec.mac), script: 'no', downscript: 'no' });
  expect(tapName(spec.mac).length).toBeLessThanOrEqual(15);
  expect(tapName('52:54:00:12:34:57')).not.toBe(tapName(spec.mac));
});

it('waits for a guest that comes, with the machine type of its source', () => {
  const argv = qemuCommandLine(spec, { machineType: 'pc-q35-7.2' });
  const after = (option: string) => argv[argv.indexOf(option) + 1];
  expect(argv).toContain('-S');
  expect(after('-incoming')).toBe('defer');
  expect(after('-machine')).toBe('pc-q35-7.2');
  expect(argv).not.toContain('-trace');
  expect(qemuCommandLine(spec)).not.toContain('-incoming');
});

it('has further disks behind the first, by other names', () => {
  const more = ['/srv/1.raw', '/srv/2.raw'].map((path) => ({ ...spec.disk, path, iothread: true }));
  expect(values('-drive', { moreDisks: more }).map((each) => parsed(each))).toMatchObject([
    { id: 'disk0', file: '/srv/disk.qcow2' },
    { id: 'disk1', file: '/srv/1.raw' },
    { id: 'disk2', file: '/srv/2.raw' },
  ]);
  const devices = values('-device', { moreDisks: more }).map((each) => parsed(each));
  expect(devices.map(({ drive, iothread }) => [drive, iothread]).slice(0, 3)).toEqual([
    ['disk0', undefined],
    ['disk1', 'io1'],
    ['disk2', 'io2'],
  ]);
});

it('starts by UEFI, whose code is only read', () => {
  const firmware = { code: '/srv/a,code.fd', variables: '/srv/vars.fd' };
  const flash = values('-drive', { firmware }).map((each) => parsed(each));
  expect(flash).toMatchObject([
    { if: 'pflash', unit: '0', file: firmware.code, readonly: 'on' },
    { if: 'pflash', unit: '1', file: firmware.variables },
    { id: 'disk0' },
  ]);
  expect(flash[1]).not.toHaveProperty('readonly');
});
