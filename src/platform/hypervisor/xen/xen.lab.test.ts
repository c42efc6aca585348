import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuest, type CreatedGuest } from '../../operations/create.ts';
import { proveEnded } from '../../operations/prove-ended.ts';
import { missingForXen, XenLab } from './xen-lab.example.ts';
import { xen } from './xen.ts';

const signal = new AbortController().signal;

describe.skipIf(missingForXen.length > 0)(
  `a guest of Xen (missing: ${missingForXen.join(', ') || 'nothing'})`,
  () => {
    let lab: XenLab;
    let created: CreatedGuest;
    beforeAll(async () => {
      lab = await XenLab.up();
      const maximum = { vcpus: 2, memory: 192 * 2 ** 20 };
      const request = lab.request('xen-pvh', { maximum });
      created = await createGuest({ host: lab.host, hypervisor: xen }, request, signal);
    });
    afterAll(() => lab.down());

    const inGuest = async (line: string) => {
      const { stdout } = await created.guest.control.run(['sh', '-c', line]);
      return stdout.trim();
    };
    const onHost = async (line: string) => {
      const { stdout } = await lab.host.shell.run(['sh', '-c', line]);
      return stdout.trim();
    };

    it('has the devices it was asked for, past the cache of dom0', async () => {
      expect(await inGuest('cat /sys/hypervisor/type; nproc')).toBe('xen\n1');
      expect(await inGuest('cat /sys/class/net/eth0/address')).toBe(created.guest.spec.mac);
      const { path } = created.guest.spec.disk;
      const loop = await onHost(`losetup --noheadings --output NAME --associated ${path}`);
      expect(await onHost(`cat /sys/block/${loop.split('/').at(-1) ?? ''}/loop/dio`)).toBe('1');
      expect(
        await onHost(`ls /sys/class/net/${(await created.guest.hostInterface()) ?? ''}/master`),
      ).not.toBe('');
    });

    it('stops and goes on, and says when', async () => {
      const { guest } = created;
      const { clock } = guest.host;
      const told: [string, number][] = [];
      const stop = guest.onRunChange(({ state, at }) => told.push([state, at]));
      const before = clock.now();
      await guest.pause();
      expect(await guest.running()).toBe(false);
      await guest.resume();
      expect(await guest.running()).toBe(true);
      stop();
      expect(told.map(([state]) => state)).toEqual(['stopped', 'running']);
      for (const [, at] of told) {
        expect(at).toBeGreaterThan(before - clock.uncertainty);
        expect(at).toBeLessThan(clock.now() + clock.uncertainty);
      }
    });

    it('is changed while it runs, and sees it', async () => {
      const { guest } = created;
      const { hotplug } = xen;
      if (hotplug === undefined) throw new Error('expected hotplug');
      const seen = (line: string, wanted: string) =>
        expect.poll(() => inGuest(line), { timeout: 60_000, interval: 500 }).toBe(wanted);
      expect(await hotplug.devices(guest)).toEqual({
        ...{ vcpus: 1, memory: 128 * 2 ** 20, disks: ['xvda'], nics: [guest.spec.mac] },
      });

      await onHost(`truncate -s 8M ${lab.path('more.img')}`);
      const more = { path: lab.path('more.img'), format: 'raw', cache: 'none' } as const;
      const name = await hotplug.attachDisk(guest, more);
      await seen(`cat /sys/block/${name}/size`, String((8 * 2 ** 20) / 512));
      await hotplug.setVcpus(guest, 2);
      await seen('cat /sys/devices/system/cpu/present', '0-1');
      const total = "sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo";
      const before = Number(await inGuest(total));
      await hotplug.setMemory(guest, 96 * 2 ** 20);
      await expect
        .poll(async () => Number(await inGuest(total)), { timeout: 60_000, interval: 500 })
        .toBe(before - 32 * 1024);
      expect(await hotplug.devices(guest)).toMatchObject({ memory: 96 * 2 ** 20, vcpus: 2 });
      await hotplug.detachDisk(guest, name);
      await seen(`ls /sys/block | grep -c ${name} || true`, '0');
    });

    it('is gone when it has ended, with nothing left of it', async () => {
      const { guest } = created;
      expect(await proveEnded(guest)).toBeUndefined();
      expect(await guest.gone).toBe('it was destroyed');
      expect(await guest.running()).toBe(false);
      expect(await onHost(`losetup --noheadings --associated ${guest.spec.disk.path}`)).toBe('');
    });
  },
);
