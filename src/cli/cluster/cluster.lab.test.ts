import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkImage } from '../../harness/measure/check-image.ts';
import { Acknowledgements } from '../../harness/observe/acknowledgements.ts';
import { WriteWitness, witnessSize } from '../../harness/observe/witness.ts';
import { QemuGuestAgent } from '../../platform/guest/control/qemu-guest-agent.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import { localShell } from '../../platform/remote/local.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import { missingForLab } from '../missing-for-lab.example.ts';
import { qemusWith } from '../virtgauge.example.ts';
import { LabCluster } from './lab-cluster.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'];
const missing = missingForLab([...programs, 'nsenter']);
const patience = { timeout: 240_000, interval: 200 };
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

/** First byte of the witness's part of the disk: behind the micro guest's system. */
const offset = 128 * 2 ** 20;

describe.skipIf(missing.length > 0)(
  `a cluster of three hosts (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const cluster = new LabCluster(`cluster-${process.pid}`);

    beforeAll(() => cluster.up());
    afterAll(() => cluster.down());

    async function guest(name: string) {
      const { guests } = await cluster.ask({ kind: 'query', what: 'guests' }, 'guests');
      const found = guests.find((each) => each.name === name);
      if (found?.host === undefined) throw new Error(`no guest ${name}`);
      return { ...found, host: found.host };
    }

    it('creates guests where the policy says, on the storage that its hosts share', async () => {
      const address = `${cluster.address.replace(/\.\d+$/, '.64')}/24`;
      const grows = ['--max-vcpus', '2', '--max-memory', '512MiB', '--address', address];
      const disk = ['--disk', '256MiB', '--memory', '192MiB'];
      const all = await Promise.all([
        cluster.json('create', 'web', ...grows, ...disk),
        cluster.json('create', 'g1', 'g2', ...disk),
      ]);
      expect(all).toMatchObject([{ state: 'done' }, [{ state: 'done' }, { state: 'done' }]]);
      const hosts = await Promise.all(
        ['web', 'g1', 'g2'].map(async (name) => (await guest(name)).host),
      );
      expect(hosts.sort()).toEqual(['h1', 'h2', 'h3']);
      expect(await guest('web')).toMatchObject({ state: 'running', storage: 'shared' });
      const again = await cluster.start([], 'create', 'g1', 'g3', '--dry-run').outcome;
      expect(again).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^create g3 on \w+; nothing was done/) as string,
        stderr: expect.stringMatching(/g1: the master does not do it/) as string,
      });
    });

    it('moves one by name, and gives it a vCPU, memory and a disk', async () => {
      const { host } = await guest('web');
      expect(await cluster.json('migrate', 'web', '--id', 'm1')).toMatchObject({ state: 'done' });
      expect(await cluster.json('migrate', 'web', '--id', 'm1')).toMatchObject({ state: 'done' });
      expect((await guest('web')).host).not.toBe(host);
      const plugged = [
        await cluster.json('plug', 'web', '--vcpus', '1'),
        await cluster.json('plug', 'web', '--memory', '128MiB'),
        await cluster.json('plug', 'web', '--disk', '64MiB'),
      ];
      expect(plugged).toMatchObject([{ result: '2 vCPUs' }, { state: 'done' }, { result: 'vdb' }]);
      const noRoom = await cluster.start([], 'plug', 'web', '--vcpus', '9').outcome;
      expect(noRoom.code).toBe(1);
      expect(noRoom.stderr).toMatch(/no place for web on h\d: .*cpu/);
      const refused = await cluster.start([], 'plug', 'web', '--vcpus', '5').outcome;
      expect(refused.code).toBe(2);
      expect(refused.stdout).toMatch(/was undone: qemu: expected 1 to 2 vCPUs/);
      expect(await guest('web')).toMatchObject({ vcpus: 2, memory: 320 * 2 ** 20 });
    });

    it('starts a guest again that has ended by itself, where it was', async () => {
      const { host } = await guest('g1');
      const [before = 0] = processesOf('g1');
      process.kill(before, 'SIGKILL');
      await vi.waitFor(async () => {
        const told = await cluster.cli('operations');
        expect(told).toMatch(RegExp(`start +g1 +done +${host} +it had ended by itself`));
      }, patience);
      expect(await guest('g1')).toMatchObject({ host, state: 'running' });
      expect(processesOf('g1')).toHaveLength(1);
      expect(processesOf('g1')).not.toContain(before);
    });

    it('loses no acknowledged write of a guest whose agent is killed, that is evacuated, and whose host dies', async () => {
      const acknowledgements = await Acknowledgements.listen();
      const size = witnessSize(50, 200);
      const before = await guest('web');
      await cluster.killAgent(before.host);
      const report = `${cluster.address}:${acknowledgements.port}`;
      const instance = await witness(before.host, { ...size, report });
      await cluster.startAgent(before.host);
      expect((await guest('web')).host).toBe(before.host);

      expect(await cluster.json('evacuate', before.host)).toMatchObject({ left: [] });
      const { host } = await guest('web');
      expect(host).not.toBe(before.host);
      const heard = acknowledgements.highest(instance);
      expect(heard).toBeGreaterThan(10);
      await vi.waitFor(() => {
        expect(acknowledgements.highest(instance)).toBeGreaterThan(heard + 20);
      }, patience);
      await cluster.cli('return', before.host);

      await cluster.killMaster();
      await cluster.startMaster({ fencing: true });
      await vi.waitFor(async () => {
        const { up } = await cluster.ask({ kind: 'query', what: 'status' }, 'status');
        expect(up).toBe(3);
      }, patience);
      cluster.killHost(host);
      await vi.waitFor(async () => {
        expect((await guest('web')).host).not.toBe(host);
        const { running, guests } = await cluster.ask({ kind: 'query', what: 'status' }, 'status');
        expect({ running, guests }).toEqual({ running: 3, guests: 3 });
      }, patience);
      const { hosts } = await cluster.ask({ kind: 'query', what: 'hosts' }, 'hosts');
      expect(hosts.find(({ name }) => name === host)).toMatchObject({ health: 'down' });

      expect(await cluster.json('stop', 'web')).toMatchObject({ state: 'done' });
      const folder = mkdtempSync(join(tmpdir(), 'virtgauge-witness-'));
      const image = {
        path: join(cluster.shared, 'vg-guests/web.raw'),
        format: 'raw',
        cache: 'none',
      };
      const acknowledged = acknowledgements.highest(instance);
      const check = await checkImage(
        thisMachine(cacheDirectory(process.env)),
        image as Parameters<typeof checkImage>[1],
        { offset, bytes: size.bytes },
        folder,
        { instance, acknowledged },
      );
      rmSync(folder, { recursive: true });
      acknowledgements.close();
      expect(acknowledged).toBeGreaterThan(heard + 20);
      expect(check).toMatchObject({ missing: 0 });
    });

    it('leaves nothing of a guest whose agent is killed while it starts it', async () => {
      const half = () => processesOf('half');
      const disk = ['--disk', '256MiB', '--memory', '192MiB'];
      const creating = cluster.start([], 'create', 'half', ...disk);
      const [pid] = await vi.waitUntil(
        () => {
          const found = half();
          return found.length > 0 && found;
        },
        { ...patience, interval: 20 },
      );
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      const host = /VIRTGAUGE_GUEST=[^/\0]*\/([^/\0]*)\/half\0/.exec(environment)?.[1] ?? '';
      await cluster.killAgent(host);
      expect(half()).toEqual([pid]);
      await cluster.startAgent(host);
      expect(half()).toEqual([]);
      const { code, stdout } = await creating.outcome;
      expect(stdout).toMatch(/create half on .* was undone: the agent ended while doing it/);
      expect(code).toBe(2);
      expect(readdirSync(join(cluster.shared, 'vg-guests'))).not.toContain('half.raw');
    });

    function processesOf(name: string): number[] {
      return qemusWith((environment) =>
        environment.some(
          (each) => each.startsWith('VIRTGAUGE_GUEST=') && each.endsWith(`/${name}`),
        ),
      );
    }

    /** Starts the write witness in `web` through its own guest agent, past that of its host. */
    async function witness(host: string, size: Parameters<typeof WriteWitness.start>[2]) {
      const root = `/proc/${cluster.pid(host)}/root/tmp`;
      const [folder = ''] = readdirSync(root).filter((name) => name.startsWith('vg-agent-'));
      const stream = await localShell.connect(join(root, folder, 'web/agent.sock'));
      const control = new QemuGuestAgent(stream);
      try {
        await control.ready();
        const hypervisor = hypervisorNamed('qemu');
        const started = await WriteWitness.start({ control, hypervisor }, offset, size);
        return await started.instance(control);
      } finally {
        control.close();
      }
    }
  },
);
