import { describe, expect, it } from 'vitest';
import type { Inspection } from '../inspect/index.ts';
import { exampleInspection, exampleTarget, without } from '../inspect/inspection.example.ts';
import { obstaclesOf, refusalsOf } from './index.ts';

const example = exampleInspection();

/** Names of what is found, and the methods that it refuses. */
function seen(changes: Partial<Inspection>, target = exampleTarget()) {
  const obstacles = obstaclesOf(exampleInspection(changes), target);
  const methods = ['offline', 'warm', 'native-switch', 'warm-switch'] as const;
  return {
    names: obstacles.map(({ name }) => name),
    refused: methods.filter((method) => refusalsOf(method, obstacles).length > 0),
    text: obstacles.map(({ message, remedy }) => `${message} ${remedy ?? ''}`).join('\n'),
  };
}

const all = ['offline', 'warm', 'native-switch', 'warm-switch'];
const switches = ['native-switch', 'warm-switch'];
const withKexec = ['offline', ...switches];

it('finds nothing on a plain server', () => {
  expect(seen({}).names).toEqual([]);
  expect(obstaclesOf(example)).toEqual([]);
});

const plain = (name: string) => ({ name, device: name });

describe('kexec', () => {
  const kexec = example.kexec;
  it.each([
    [{ kexec: { ...kexec, supported: false } }, 'no-kexec'],
    [{ kexec: { ...kexec, disabled: true } }, 'kexec-disabled'],
    [{ kexec: { ...kexec, lockdown: 'integrity' as const } }, 'kexec-locked'],
  ])('%# leaves the warm conversion', (changes, name) => {
    expect(seen(changes)).toMatchObject({ names: [name], refused: withKexec });
  });

  it('tells what locks it', () => {
    const locked = { kexec: { ...kexec, lockdown: 'integrity' as const } };
    expect(seen(locked).text).toContain('lockdown=');
    const firmware = { kind: 'uefi', secureBoot: true, removable: true } as const;
    expect(seen({ ...locked, firmware, system: 'Rocky Linux 9' }).text).toContain(
      'Secure Boot off',
    );
    // Signed by the same distribution.
    expect(seen({ ...locked, firmware })).toMatchObject({
      names: ['kexec-locked', 'uefi-by-kernel', 'uefi'],
    });
  });
});

describe('drivers', () => {
  it.each([
    [{ virtioDisk: 'absent' }, 'no-virtio-disk'],
    [{ virtioNetwork: 'absent' }, 'no-virtio-network'],
  ] as const)('that a guest needs refuse all: %j', (changes, name) => {
    const found = seen({ drivers: { ...example.drivers, ...changes } });
    expect(found).toMatchObject({ names: [name], refused: all });
  });

  it('that only the disk has are added to the initramfs', () => {
    const found = seen({ drivers: { ...example.drivers, virtioDisk: 'on-disk' } });
    expect(found).toMatchObject({ names: ['virtio-initramfs'], refused: [] });
  });

  it('do not help where a disk has another name, and no UUID', () => {
    const found = seen({ diskNames: ['/dev/sda1', '/dev/sda2'].map(plain) });
    expect(found).toMatchObject({ names: ['disk-names', 'disk-names'], refused: all });
    expect(found.text).toMatch(/others in a guest \(\/dev\/sda1\): they are called by UUID/);
    expect(found.text).toMatch(/others in a guest: \/dev\/sda2 /);
    expect(seen({ diskNames: ['/dev/sda1'].map(plain) }).refused).toEqual([]);
  });

  it('of LVM are no longer looked for by their hardware', () => {
    const found = seen({ lvmDevices: ['/dev/sda3'] });
    expect(found).toMatchObject({ names: ['lvm-devices'], refused: [] });
    expect(found.text).toContain('(/dev/sda3)');
  });

  it('are not known where the initramfs is not read', () => {
    const found = seen({
      drivers: { ...example.drivers, virtioDisk: 'unknown' },
      initramfsProblem: 'zstd is missing',
    });
    expect(found).toMatchObject({ refused: [], names: ['initramfs-unread'] });
    expect(found.text).toContain('zstd is missing');
  });
});

describe('disks', () => {
  const disk = example.disks[0];
  if (disk === undefined) throw new Error('the example has no disk');
  const [volume] = disk.volumes;
  if (volume === undefined) throw new Error('the example has no volume');
  const withVolumes = (...volumes: Partial<typeof volume>[]) => ({
    disks: [{ ...disk, volumes: volumes.map((changes) => ({ ...volume, ...changes })) }],
  });

  it('of which there are several are all copied, but not mirrored', () => {
    const second = { ...disk, path: '/dev/sdb' };
    const found = seen({ disks: [disk, second] });
    expect(found).toMatchObject({ names: ['several-disks', 'several-disks'], refused: switches });
    expect(found.text).toContain('/dev/sda (20 GiB), /dev/sdb (20 GiB)');
    const room = { name: 'local', free: 15 * 2 ** 30, rate: 300e6 };
    const full = seen({ disks: [disk, second] }, exampleTarget({ storage: room }));
    expect(full.text).toContain('16 GiB are used');
  });

  it('keep their names in a guest, where a guest has such names', () => {
    const data = { ...disk, volumes: [{ ...volume, mountPoint: '/srv' }] };
    const names = (first: string, second: string) =>
      seen({
        disks: [
          { ...data, path: first },
          { ...disk, path: second },
        ],
        root: { disk: second, volume },
      }).names;
    expect(names('/dev/vda', '/dev/vdb')).toContain('boot-disk');
    // Those are others in a guest, and are mended.
    expect(names('/dev/sda', '/dev/nvme0n1')).not.toContain('boot-disk');
  });

  it('have / on them', () => {
    const names = obstaclesOf(without(example, 'root')).map(({ name }) => name);
    expect(names).toEqual(['root-elsewhere']);
  });

  it.each([
    [{ through: ['part', 'raid1'] }, 'array', all],
    [{ through: ['part', 'linear'] }, 'array', all],
    [{ through: ['mpath', 'part'] }, 'multipath', all],
    [{ through: ['part', 'lvm'] }, 'lvm', all],
    [{ through: ['part', 'crypt'], ciphers: ['root'] }, 'passphrase', all],
  ])('through %j', (changes, name, refused) => {
    const found = seen(withVolumes(changes));
    expect(found.names).toContain(name);
    expect(found.refused).toEqual(refused);
  });

  it.each([
    { ...disk, path: '/dev/sdb', transport: 'iscsi' },
    { ...disk, path: '/dev/rbd0' },
  ])('on the network are there already: %j', (remote) => {
    const found = seen({ disks: [disk, { ...remote, volumes: [] }] });
    expect(found.names).toContain('network-disk');
    expect(found).toMatchObject({
      refused: all,
      text: expect.stringContaining(remote.path) as string,
    });
  });

  it('that are not copied are told, and refused where they are used', () => {
    const stick = { path: '/dev/sdb', size: 2 ** 30, why: 'usb' } as const;
    const found = seen({ leftOut: [stick] });
    expect(found).toMatchObject({ names: ['left-out'], refused: [] });
    expect(found.text).toContain('not copied: /dev/sdb (usb, 1.0 GiB)');
    const archive = { ...stick, why: 'read-only', mountPoint: '/srv' } as const;
    expect(seen({ leftOut: [archive] })).toMatchObject({ names: ['read-only-disk'], refused: all });
  });

  it('through LVM, with /boot apart on a partition', () => {
    const found = seen(withVolumes({ through: ['part', 'lvm'] }, { mountPoint: '/boot' }));
    expect(found).toMatchObject({ names: ['lvm', 'boot-apart'], refused: [] });
  });

  it('/boot apart and what is not mounted', () => {
    const loose = { ...without(volume, 'mountPoint'), name: 'old' };
    const disks = [{ ...disk, volumes: [volume, { ...volume, mountPoint: '/boot' }, loose] }];
    expect(seen({ disks }).names).toEqual(['boot-apart', 'not-mounted']);
  });
});

describe('the boot path', () => {
  const [disk] = example.disks;
  const [volume] = disk?.volumes ?? [];
  it.each([
    [{ bootLoader: { name: 'systemd-boot' as const } }, 'no-grub'],
    [
      {
        disks: [{ ...disk, volumes: [{ ...volume, through: ['part', 'lvm'] }] }],
      } as Partial<Inspection>,
      'boot-folder',
    ],
    [
      { disks: [{ ...disk, volumes: [{ ...volume, content: 'btrfs' }] }] } as Partial<Inspection>,
      'boot-folder',
    ],
  ])('%# cannot hold a tombstone', (changes, name) => {
    const { names, refused } = seen(changes);
    expect(names).toContain(name);
    expect(refused).toEqual(all);
  });

  it('lies beside the configuration of GRUB, on the partition of UEFI too', () => {
    const esp = { ...volume, path: '/dev/sda2', content: 'vfat', mountPoint: '/boot/efi' };
    const mapped = { ...volume, through: ['part', 'lvm'] };
    const disks = [{ ...disk, volumes: [mapped, esp] }] as Partial<Inspection>['disks'] & object;
    const grubConfig = '/boot/efi/EFI/redhat/grub.cfg';
    const found = seen({ disks, bootLoader: { name: 'grub', grubConfig } });
    expect(found).toMatchObject({ names: ['lvm'], refused: [] });
  });

  describe('of UEFI', () => {
    const uefi = { kind: 'uefi', secureBoot: false } as const;
    const entry = {
      number: '0003',
      name: 'debian',
      file: '\\EFI\\debian\\shimx64.efi',
      option: '',
    };

    it('starts a guest by the entry of its firmware', () => {
      const found = seen({ firmware: { ...uefi, entries: [entry] } });
      expect(found).toMatchObject({ names: ['uefi-by-kernel', 'uefi'], refused: [] });
      expect(found.text).toContain('UEFI (OVMF): debian (\\EFI\\debian\\shimx64.efi)');
    });

    it('starts it by the file that needs none, without Secure Boot', () => {
      const firmware = { ...uefi, secureBoot: true, entries: [], removable: true };
      expect(seen({ firmware }).text).toContain('without Secure Boot: \\EFI\\BOOT\\BOOTX64.EFI');
    });

    it('with neither leaves those that start a kernel', () => {
      const found = seen({ firmware: { ...uefi, entries: [], removable: false } });
      expect(found).toMatchObject({
        names: ['uefi-by-kernel', 'uefi-entry'],
        refused: ['offline', 'warm'],
      });
    });
  });
});

describe('hardware and target', () => {
  const { processor, memory } = example;
  it('a guest runs on the processor, in what memory is left', () => {
    const plain = without(processor, 'virtualization');
    expect(seen({ processor: plain })).toMatchObject({ refused: switches });
    expect(seen({ memory: { ...memory, used: memory.total } })).toMatchObject({
      ...{ names: ['memory-full'], refused: switches },
    });
  });

  it('counts UTC while it is off', () => {
    const found = seen({ hardwareClock: 'local' });
    expect(found).toMatchObject({ names: ['local-clock'], refused: [] });
    expect(found.text).toContain('timedatectl set-local-rtc 0');
  });

  it('that a guest has not is named', () => {
    const found = seen({ otherHardware: [{ name: 'NVIDIA A100', driver: 'nvidia' }] });
    expect(found).toMatchObject({ names: ['other-hardware'], refused: [] });
    expect(found.text).toContain('a guest has none of NVIDIA A100 (nvidia)');
  });

  it('finds its partitions again on a disk of 512 bytes a sector', () => {
    const [disk] = example.disks;
    const disks = disk === undefined ? [] : [{ ...disk, sector: 4096 }];
    expect(seen({ disks })).toMatchObject({ names: ['sectors'], refused: all });
  });

  it('keeps the CPU that it began with', () => {
    const other = exampleTarget({ processor: { ...processor, model: 'Intel(R) Xeon(R) Gold' } });
    expect(seen({}, other)).toMatchObject({ names: ['other-processor'], refused: switches });
  });

  it('and goes on on one of the same kind', () => {
    const other = exampleTarget({ processor: { ...processor, vendor: 'AuthenticAMD' } });
    expect(seen({}, other)).toMatchObject({ names: ['other-vendor'], refused: switches });
    const plain = without(processor, 'virtualization');
    const emulated = exampleTarget({ processor: { ...plain, kvm: false } });
    expect(seen({}, emulated)).toMatchObject({ names: ['target-emulated'], refused: switches });
  });

  it('has room', () => {
    const small = exampleTarget({ storage: { name: 'ssd', free: 2 ** 30 } });
    expect(seen({}, small)).toMatchObject({ names: ['storage-full'], refused: all });
    expect(seen({}, small).text).toContain('8.0 GiB are used, ssd of node2 has 1.0 GiB free');
    const tight = exampleTarget({ storage: { name: 'ssd', free: 10 * 2 ** 30 } });
    expect(seen({}, tight)).toMatchObject({ names: ['overcommitted'], refused: [] });
    expect(seen({}, without(exampleTarget(), 'storage'))).toMatchObject({
      names: ['no-storage'],
      refused: all,
    });
    const little = exampleTarget({ memory: { total: 2 ** 30, used: 0 } });
    expect(seen({}, little)).toMatchObject({ names: ['target-memory'], refused: all });
  });
});
