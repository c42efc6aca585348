import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destroyDomains } from '../../ledger/kinds/xen-domains.ts';
import { createGuest, type CreateRequest } from '../../operations/create.ts';
import { makeRestorePoint } from '../../operations/save-state.ts';
import type { AcceleratorName, Guest } from '../hypervisor.ts';
import { missingForXen, XenLab } from './xen-lab.example.ts';
import { xen } from './xen.ts';

const signal = new AbortController().signal;

describe.skipIf(missingForXen.length > 0)('guests of Xen, of all kinds', () => {
  let lab: XenLab;
  beforeAll(async () => (lab = await XenLab.up()));
  afterAll(() => lab.down());

  const ask = async ({ control }: Guest, line: string) =>
    (await control.run(['sh', '-c', line])).stdout.trim();

  it.each<[AcceleratorName, 'raw' | 'qcow2']>([
    ['xen-pvh', 'qcow2'],
    ['xen-pv', 'raw'],
  ])('boots %s from %s', async (accelerator, format) => {
    const method = format === 'raw' ? 'sparse' : 'clone';
    // Debian's QEMU for Xen has no Linux AIO, and so no O_DIRECT.
    const cache = format === 'raw' ? 'none' : 'writeback';
    const request: CreateRequest = {
      ...lab.request(accelerator, {}, cache),
      provisioning: { method, durability: 'synced' },
    };
    const { guest } = await createGuest({ host: lab.host, hypervisor: xen }, request, signal);
    const write = 'dd if=/dev/urandom of=/root/file bs=1M count=4 && sync && sha256sum /root/file';
    expect(await ask(guest, `${write} > /root/sum; sha256sum -c /root/sum`)).toContain('OK');
    await guest.destroy();
  });

  it.each<AcceleratorName>(['xen-pvh', 'xen-pv'])(
    'restores several from one state of %s, each under its own name and address',
    async (accelerator) => {
      const where = { host: lab.host, hypervisor: xen };
      const point = await makeRestorePoint(
        where,
        lab.request(accelerator),
        lab.path(`${accelerator}.state`),
        signal,
      );
      expect(point.state.bytes).toBeGreaterThan(2 ** 20);
      const guests: Guest[] = [];
      for (let count = 0; count < 2; count++) {
        const request = { ...lab.request(accelerator), template: point.disk, state: point.state };
        guests.push((await createGuest(where, request, signal)).guest);
      }
      const seen = await Promise.all(
        guests.map((guest) => ask(guest, 'hostname; cat /sys/class/net/eth0/address')),
      );
      expect(seen).toEqual(guests.map(({ spec }) => `${spec.name}\n${spec.mac}`));
      await Promise.all(guests.map((guest) => guest.destroy()));
    },
  );

  it('gets a network interface, and gives it back', async () => {
    const { hotplug } = xen;
    if (hotplug === undefined) throw new Error('expected hotplug');
    const where = { host: lab.host, hypervisor: xen };
    const { guest } = await createGuest(where, lab.request('xen-pvh'), signal);
    const { network } = guest.spec;
    if (network.kind !== 'bridge') throw new Error('expected a bridge');
    const mac = '52:54:00:00:00:99';
    const seen = (wanted: string) =>
      expect
        .poll(() => ask(guest, 'cat /sys/class/net/eth1/address'), { timeout: 60_000 })
        .toBe(wanted);
    await hotplug.attachNic(guest, { mac, network });
    await seen(mac);
    expect((await hotplug.devices(guest)).nics).toEqual([guest.spec.mac, mac]);
    await hotplug.detachNic(guest, mac);
    await seen('');
    await expect(hotplug.detachNic(guest, mac)).rejects.toThrow('xl network-detach');
    await guest.destroy();
  });

  it('says that a bridge is not there', async () => {
    const network = { kind: 'bridge', bridge: 'nobr', address: '10.0.0.2/24' } as const;
    const request = lab.request('xen-pvh', { network });
    await expect(createGuest({ host: lab.host, hypervisor: xen }, request, signal)).rejects.toThrow(
      'expected a bridge called nobr',
    );
  });

  it('says why a guest has ended', async () => {
    const where = { host: lab.host, hypervisor: xen };
    const { guest } = await createGuest(where, lab.request('xen-pvh'), signal);
    void guest.control.run(['sh', '-c', 'echo c > /proc/sysrq-trigger']).catch(() => undefined);
    expect(await guest.gone).toMatch(/^the guest (crashed|rebooted)/);
    expect(await guest.exists()).toBe(false);
  });

  it('says what a guest lacks whose disk cannot be mounted', async () => {
    const empty = lab.path('empty.img');
    await lab.host.shell.run(['truncate', '-s', '8M', empty]);
    const request = {
      ...lab.request('xen-pvh'),
      template: { path: empty, format: 'raw' } as const,
    };
    await expect(
      createGuest({ host: lab.host, hypervisor: xen }, { ...request, bootTimeout: 90 }, signal),
    ).rejects.toThrow('no root file system');
  });

  it('says that there is not enough memory', async () => {
    const request = lab.request('xen-pvh', { memory: 64 * 2 ** 30 });
    await expect(createGuest({ host: lab.host, hypervisor: xen }, request, signal)).rejects.toThrow(
      /memory: expected 64 GiB/,
    );
  });

  it('leaves no domain once the ledger is cleaned, though nobody ended them', async () => {
    const where = { host: lab.host, hypervisor: xen };
    const { guest } = await createGuest(where, lab.request('xen-pvh'), signal);
    expect(await destroyDomains(lab.host.shell, lab.mark)).toEqual([
      { what: 'Xen domain', count: 1 },
    ]);
    expect(await guest.gone).toBe('its domain is gone');
  });
});
