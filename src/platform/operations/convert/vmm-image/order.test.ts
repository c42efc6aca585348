import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderText, ownMac, vmmArguments, type VmmOrder } from './order.ts';

const order = (change: Partial<VmmOrder['identity']> = {}): VmmOrder => ({
  facts: {
    disks: [{ path: '/dev/vda', bytes: 4096 }],
    nic: { name: 'eth0', mac: '52:54:00:AA:00:01' },
    drivers: [],
  },
  identity: { address: '10.77.0.200/24', hostKey: '', authorizedKey: '', ...change },
  tombstone: 1_052_672,
});

/** What a shell makes of an order. */
function settings(text: string, ...names: string[]): string[] {
  const print = names.map((name) => `printf '%s\\n' "$${name}"`).join('; ');
  return execFileSync('sh', ['-c', `${text}\n${print}`], { encoding: 'utf8' })
    .split('\n')
    .slice(0, -1);
}

describe('the order of a VMM', () => {
  it('is read by a shell: modules in their order, the disk, where the tombstone stands', () => {
    const text = orderText(order(), ['virtio.ko', 'kvm.ko']);
    expect(settings(text, 'modules', 'disk', 'disk_bytes', 'tombstone', 'nic_mac')).toEqual([
      'virtio.ko kvm.ko',
      '/dev/vda',
      '4096',
      '1052672',
      '52:54:00:aa:00:01',
    ]);
  });

  it('finds a card by its own address, and has another than its guest', () => {
    const { facts, ...rest } = order();
    const nic = { ...facts.nic, permanentMac: '52:54:00:AA:00:0A' };
    const text = orderText({ ...rest, facts: { ...facts, nic } }, []);
    expect(settings(text, 'nic_mac', 'own_mac')).toEqual([
      '52:54:00:aa:00:0a',
      ownMac('52:54:00:aa:00:01'),
    ]);
  });

  it('names several disks, with what tells them apart', () => {
    const both = { ...order(), diskMarks: ['aa', 'bb'] };
    const disks = [
      { path: '/dev/sda', bytes: 4096 },
      { path: '/dev/sdb', bytes: 8192 },
    ] as const;
    const text = orderText({ ...both, facts: { ...both.facts, disks: [...disks] } }, []);
    expect(settings(text, 'disks')).toEqual(['/dev/sda:4096:aa /dev/sdb:8192:bb']);
    expect(settings(orderText(order(), []), 'disks')).toEqual(['']);
  });

  it('gives the shell nothing to do, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[\0\n]/.test(text)),
        (gateway) => {
          expect(settings(orderText(order({ gateway }), []), 'gateway')).toEqual([gateway]);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the hardware address of a VMM', () => {
  it('is one that nobody was given, for one interface, and not the machine’s', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
        const mac = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
        const own = ownMac(mac);
        expect(own).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
        expect(own).not.toBe(mac);
        expect(parseInt(own.slice(0, 2), 16) & 3).toBe(2);
      }),
    );
  });
});

it('carries over what the machine’s hardware needs, and nothing of its system', () => {
  const commandLine = 'root=UUID=1 ro console=ttyS0 tsc=reliable splash rodata=off init=/x';
  const kernel = { version: '', image: '', initramfs: '', commandLine };
  const own = 'console=ttyS0 tsc=reliable rodata=off';
  const always = 'quiet panic=1 oops=panic rdinit=/init vg.mode=rescue';
  expect(vmmArguments('rescue', { kernel })).toBe(`${own} ${always}`);
});
