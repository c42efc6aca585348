import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { clusterMark, clusterVariable } from '../../manager/agent/guests/ground.ts';
import { fenceBy } from '../../manager/master/failover/fence.ts';
import { firstAnswer } from '../../platform/guest/service.ts';
import { loadInventory } from '../../platform/remote/inventory/index.ts';
import { missingForLab } from '../missing-for-lab.example.ts';
import { qemusWith } from '../virtgauge.example.ts';
import { LabCluster } from './lab-cluster.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'];
const missing = missingForLab([...programs, 'nsenter', '/usr/sbin/libvirtd', 'virsh']);
const patience = { timeout: 240_000, interval: 100 };
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** A watchdog that resets nothing: the system lists it, and its device swallows what is written. */
const watchdog =
  'mountpoint -q /sys/class/watchdog || mount -t tmpfs tmpfs /sys/class/watchdog; ' +
  'mkdir -p /sys/class/watchdog/watchdog0; echo 2 > /sys/class/watchdog/watchdog0/timeout; ' +
  '[ -e /run/watchdog0 ] || mknod /run/watchdog0 c 1 3';

describe.skipIf(missing.length > 0)(
  `a cluster of hosts with libvirt (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const cluster = new LabCluster(`lv-cluster-${process.pid}`, {
      ...{ hosts: 2, libvirt: true, prepare: watchdog, agent: ['--hypervisor', 'libvirt'] },
    });

    let id = '';
    beforeAll(async () => {
      await cluster.up();
      id = (await cluster.ask({ kind: 'query', what: 'status' }, 'status')).cluster;
    });
    afterAll(() => cluster.down());

    async function guest(name: string) {
      const { guests } = await cluster.ask({ kind: 'query', what: 'guests' }, 'guests');
      return guests.find((each) => each.name === name);
    }

    /** Processes of a host's guests, as this machine sees them. */
    function guestsOf(host: string): number[] {
      const setting = `${clusterVariable}=${clusterMark(id, host)}`;
      return qemusWith((environment) => environment.includes(setting));
    }

    /** Which boot of the guest answers. */
    async function instance(): Promise<string> {
      const address = cluster.address.replace(/\.\d+$/, '.64');
      const within = AbortSignal.timeout(patience.timeout);
      return (await firstAnswer({ host: address, port: 7 }, monotonicClock, within)).instance;
    }

    it('creates a guest of libvirt, which another agent takes over, changes, moves, stops and starts', async () => {
      const grows = ['--max-vcpus', '2', '--memory', '192MiB', '--disk', '256MiB'];
      const address = ['--address', `${cluster.address.replace(/\.\d+$/, '.64')}/24`];
      await cluster.json('create', 'web', '--on', 'h1', ...grows, ...address);
      expect(await cluster.inside('h1', 'virsh', 'list', '--name')).toMatch(/^web-/);
      const before = guestsOf('h1');
      expect(before).toHaveLength(1);
      await cluster.killAgent('h1');
      await cluster.startAgent('h1');
      expect(guestsOf('h1')).toEqual(before);
      await vi.waitFor(async () => {
        expect((await guest('web'))?.cpuUsed).toBeGreaterThan(0);
      }, patience);
      const plugged = [
        await cluster.json('plug', 'web', '--vcpus', '1'),
        await cluster.json('plug', 'web', '--disk', '64MiB'),
      ];
      expect(plugged).toMatchObject([{ result: '2 vCPUs' }, { result: 'vdb' }]);

      const boot = await instance();
      expect(await cluster.json('migrate', 'web')).toMatchObject({ state: 'done' });
      expect(guestsOf('h1')).toEqual([]);
      expect(await cluster.inside('h1', 'virsh', 'list', '--all', '--name')).toBe('\n');
      expect(guestsOf('h2')).toHaveLength(1);
      expect(await guest('web')).toMatchObject({ host: 'h2' });
      expect(await instance()).toBe(boot);
      // What was plugged in has come along: the guest gives it away, and has no room for more.
      const refused = await cluster.start([], 'plug', 'web', '--vcpus', '1').outcome;
      expect(refused.stdout).toContain('3 > 2');
      const unplugged = await cluster.json('unplug', 'web', '--disk', 'vdb');
      expect(unplugged).toMatchObject({ result: 'vdb is gone, with what was on it' });

      await cluster.json('stop', 'web');
      expect(guestsOf('h2')).toEqual([]);
      await cluster.json('start', 'web');
      expect(await guest('web')).toMatchObject({ state: 'running', host: 'h2' });
    });

    it('ends the guests of a host that is cut off, before the master starts them elsewhere', async () => {
      expect(guestsOf('h2')).toHaveLength(1);
      await cluster.killAgent('h2');
      await cluster.startAgent('h2', '--watchdog', '/run/watchdog0', '--lease', '20');
      await cluster.killMaster();
      await cluster.startMaster({ fencing: true, inventory: false });
      await cluster.inside('h2', 'ip', 'link', 'set', 'eth0', 'down');
      let [endedAt, startedAt] = [0, 0];
      await vi.waitFor(() => {
        const [here, there] = [guestsOf('h2').length, guestsOf('h1').length];
        if (here === 0) endedAt ||= performance.now();
        if (there > 0) startedAt ||= performance.now();
        expect(here * there, 'it runs on both').toBe(0);
        expect(startedAt).toBeGreaterThan(0);
      }, patience);
      expect(endedAt).toBeGreaterThan(0);
      expect(endedAt).toBeLessThan(startedAt);
      await vi.waitFor(async () => {
        expect(await guest('web')).toMatchObject({ state: 'running', host: 'h1' });
      }, patience);
      const { hosts } = await cluster.ask({ kind: 'query', what: 'hosts' }, 'hosts');
      expect(hosts[1]).toMatchObject({ health: 'down' });
      expect(hosts[1]?.note).toMatch(/^fenced: its lease has ended/);
    });

    it('proves over ssh that nothing of a host runs any more', async () => {
      expect(guestsOf('h1')).toHaveLength(1);
      // As hosts that are no lab's: these are looked at.
      const entries = loadInventory(cluster.inventory).hosts.map((entry) => {
        return { ...entry, lab: undefined, power: undefined };
      });
      const fence = fenceBy(entries, id);
      const { signal } = new AbortController();
      expect(await fence('h1', signal)).toBe('none of its guests is left, as seen over ssh');
      expect(guestsOf('h1')).toEqual([]);
      await expect(fence('h2', signal)).rejects.toThrow();
    });
  },
);
