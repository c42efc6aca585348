import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hotplugOf, plug, type Change } from '../../operations/plug.ts';
import type { CreatedGuest } from '../../operations/create.ts';
import type { MemoryDevice } from '../hotplug.ts';
import { LibvirtLab, whyNoLab } from './lab.example.ts';

const why = whyNoLab();
if (why !== undefined && process.env.CI === 'true') throw new Error(why);

const mebibyte = 2 ** 20;
const memory = 256 * mebibyte;
const mac = '52:54:00:76:72:fe';

describe.skipIf(why !== undefined)(`plugged by libvirt${why ? `, skipped: ${why}` : ''}`, () => {
  let lab: LibvirtLab | undefined;
  let created: CreatedGuest | undefined;

  beforeAll(async () => {
    lab = await LibvirtLab.up(`plug-${process.pid}`);
    created = await lab.boot(lab.hosts[0], { maximum: { vcpus: 2, memory: 2 * memory } });
    await lab.hosts[0].shell.run(['truncate', '--size', '8M', '/mnt/shared/more.raw']);
  }, 240_000);
  afterAll(async () => {
    await created?.guest.destroy();
    await lab?.down();
  }, 60_000);

  const theGuest = () => {
    if (created === undefined) throw new Error('expected a guest');
    return created.guest;
  };
  const sized = (by: MemoryDevice, mebibytes: number): Change => ({
    device: 'memory',
    by,
    bytes: memory + mebibytes * mebibyte,
  });
  const more = { path: '/mnt/shared/more.raw', format: 'raw', cache: 'none' } as const;
  const network = { kind: 'bridge', bridge: '' } as const;
  const changes: Record<string, () => Change[]> = {
    'memory by virtio-mem': () => [sized('virtio-mem', 128), sized('virtio-mem', 0)],
    'memory by a module': () => [sized('dimm', 128), sized('dimm', 0)],
    'memory by the balloon': () => [sized('balloon', -64), sized('balloon', 0)],
    'a disk': () => [
      { device: 'disk', attach: more },
      { device: 'disk', detach: 'vdb' },
    ],
    'an interface': () => [
      {
        device: 'nic',
        attach: { mac, network: { ...network, bridge: lab?.hosts[0].bridge ?? '' } },
      },
      { device: 'nic', detach: mac },
    ],
    // Emulation (QEMU 7.2) does not end the thread of a vCPU that the guest gives back.
    'a vCPU': () => [{ device: 'vcpu', vcpus: 2 }],
  };

  it.each(Object.keys(changes))(
    '%s, as the guest sees',
    async (name) => {
      for (const change of changes[name]?.() ?? []) {
        const plugged = await plug(theGuest(), change);
        expect(plugged).not.toHaveProperty('refused');
        expect(plugged.seen).toBeGreaterThan(plugged.requested - plugged.uncertainty);
      }
    },
    60_000,
  );

  it('tells what is there', async () => {
    const guest = theGuest();
    const devices = await hotplugOf(guest).devices(guest);
    expect(devices).toEqual({ vcpus: 2, memory, disks: ['vda'], nics: [guest.spec.mac] });
  }, 60_000);

  it("tells libvirt's words where it refuses", async () => {
    const refused = async (change: Change) =>
      (await plug(theGuest(), change, { timeout: 1 })).refused;
    expect(await refused({ device: 'vcpu', vcpus: 3 })).toMatch(/virsh setvcpus: .*3 > 2/);
    const none = { ...more, path: '/mnt/shared/none.raw' };
    expect(await refused({ device: 'disk', attach: none })).toMatch(/attach-disk: .*No such file/);
    expect(await refused({ device: 'nic', detach: mac })).toMatch(/has no interface/);
  }, 60_000);
});
