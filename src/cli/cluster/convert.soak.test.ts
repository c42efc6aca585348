import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { freePort } from '../../base/free-port.ts';
import type { BodyOf } from '../../manager/wire/messages/kinds.ts';
import { firstAnswer } from '../../platform/guest/service.ts';
import { labDown, labExists } from '../../platform/lab/index.ts';
import { missingForMachines } from '../../platform/lab/machines/machines.example.ts';
import {
  Acknowledged,
  hostsOf,
  installService,
} from '../../platform/operations/convert/native-switch/switch-lab.example.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Shell } from '../../platform/remote/shell.ts';
import { Workplace, type Started } from '../virtgauge.example.ts';
import { untilAnswers } from './until-answers.example.ts';

const missing = missingForMachines();
const lab = `convert-${process.pid}`;
const patience = { timeout: 1_200_000, interval: 200 };
/** What hosts give to guests: one has room for one machine of a lab, the other for none. */
const memory = { h2: '1536MiB', small: '512MiB' };
vi.setConfig({ testTimeout: 7_200_000, hookTimeout: 600_000 });

/** Bytes of memory and of the disk of a machine, by its own account. */
async function amountsOf(shell: Shell) {
  const script =
    "sed -n 's/^MemTotal: *\\([0-9]*\\) .*/\\1/p' /proc/meminfo; cat /sys/class/block/vda/size";
  const { stdout } = await shell.run(['sh', '-c', script]);
  const [kilobytes, sectors] = stdout.trim().split('\n').map(Number);
  return { memory: (kilobytes ?? 0) * 1024, disk: (sectors ?? 0) * 512 };
}

describe.skipIf(missing.length > 0)(
  `cluster convert (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const place = new Workplace();
    const inventory = join(place.state, 'labs', lab, 'inventory.yaml');
    let acknowledged: Acknowledged;
    const running: Started[] = [];
    let hosts: Host[] = [];

    async function run(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await place.run('cluster', ...args);
      expect(code, `${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
      return stdout.trim();
    }
    const report = async <K extends 'hosts' | 'guests' | 'operations'>(what: K) =>
      JSON.parse(await run(what, '--json')) as BodyOf<K>;
    const start = (...args: string[]): Started => {
      const started = place.start('cluster', ...args);
      running.push(started);
      return started;
    };
    const convert = (...args: string[]) =>
      start('convert', 'h1', '--hosts', inventory, '--watch', '3s', ...args);
    const answerOf = ({ address }: Host) =>
      firstAnswer({ host: address, port: 7 }, monotonicClock, AbortSignal.timeout(600_000));

    beforeAll(async () => {
      acknowledged = new Acknowledged();
      const up = await place.run('lab', 'up', '--machines', 'plain:1,kvm:1', '--name', lab);
      expect(up, up.stderr).toMatchObject({ code: 0 });
      hosts = await hostsOf(inventory);
      const address = `127.0.0.1:${await freePort()}`;
      await run('init', '--address', address);
      await untilAnswers(start('master'));
      // Their agents stand on this machine: those of the lab have no Node.
      for (const [name, gives] of Object.entries(memory)) {
        const folder = ['--folder', join(place.folder, name)];
        const token = await run('invite', name);
        await run('join', '--name', name, '--master', address, '--token', token, ...folder);
        const room = ['--cpus', '2', '--memory', gives, '--disk', '20GiB'];
        const usual = ['--listen', '127.0.0.1:0', '--accelerator', 'tcg'];
        await untilAnswers(start('agent', ...folder, ...usual, ...room));
      }
    });
    afterAll(async () => {
      acknowledged.close();
      for (const { shell } of hosts) {
        shell.lostPower?.();
        await shell.close();
      }
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(({ outcome }) => outcome));
      if (labExists(place.state, lab)) await labDown({ stateDirectory: place.state, name: lab });
      place.remove();
    });

    it('moves a machine to the host that has room, and keeps that meanwhile, also interrupted', async () => {
      const [h1, h2] = hosts;
      if (h1 === undefined || h2 === undefined) throw new Error('expected two hosts');
      const net = h1.address.replace(/\.\d+$/, '');
      await installService(h1.shell, `${net}.254:${acknowledged.port}`);
      const amounts = await amountsOf(h1.shell);
      const instance = async () => (await answerOf(h1)).instance;
      const own = await instance();
      const keeps = async () =>
        (await report('hosts')).hosts.map(({ name, cpuUsed, memoryUsed, diskUsed }) => ({
          ...{ name, vcpus: cpuUsed, memory: memoryUsed, disk: diskUsed },
        }));
      const nothing = { vcpus: 0, memory: 0, disk: 0 };
      const kept = [
        { name: 'h2', vcpus: 1, ...amounts },
        { name: 'small', ...nothing },
      ];

      const first = convert('--id', 'c');
      await vi.waitFor(() => {
        expect(first.child.exitCode, first.output()).toBeNull();
        expect(first.stdout()).toContain('vmm-answered');
      }, patience);
      expect((await report('operations')).operations).toMatchObject([
        { id: 'c.1', guest: 'h1', host: 'h2', state: 'accepted' },
      ]);
      expect(await keeps()).toEqual(kept);
      const refused = await place.run('cluster', 'create', 'big', '--memory', '1GiB');
      expect(refused.stderr).toContain('no place for big');
      first.child.kill('SIGINT');
      const interrupted = await first.outcome;
      expect(interrupted, interrupted.stderr).toMatchObject({ code: 130 });
      const status = await place.run('p2v', 'status', 'h1', '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({ runs: 'source-guest' });
      const asGuest = await instance();
      expect(asGuest).not.toBe(own);
      expect(await keeps()).toEqual(kept);

      // A machine that is starved here may be given up: asked again it goes on.
      let second = await convert('--id', 'c').outcome;
      for (let tries = 5; tries > 0 && second.code === 2; tries--) {
        expect(await keeps()).toEqual(kept);
        second = await convert('--id', 'c').outcome;
      }
      expect(second, second.stderr).toMatchObject({ code: 0 });
      expect(second.stdout).not.toContain('looking at h1');
      expect((await report('guests')).guests).toMatchObject([
        { name: 'h1', state: 'unmanaged', host: 'h2', vcpus: 1, ...amounts },
      ]);
      expect(await keeps()).toEqual(kept);
      // It is there that it runs, and nowhere else.
      const lines = 'cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"';
      expect((await h2.shell.run(['sh', '-c', lines])).stdout).toContain('/h1-');
      const where = await place.run('p2v', 'status', 'h1', '--json');
      expect(JSON.parse(where.stdout)).toMatchObject({
        runs: 'target',
        sight: { vmm: { buried: true, guestRuns: false }, target: 'runs' },
      });
      // Moved live: it is the same start of its system.
      expect(await instance()).toBe(asGuest);

      h1.shell.lostPower?.();
      const known = acknowledged.highest;
      await vi.waitFor(() => expect(acknowledged.highest).toBeGreaterThan(known + 10), patience);
      await h1.shell.run(['busybox', 'killall', 'vg-guest']);
      const { stdout } = await h1.shell.run([
        ...(['/usr/sbin/vg-guest', 'witness-check', '--file', '/var/lib/vg/witness'] as const),
        ...['--bytes', '4194304', '--acknowledged', String(acknowledged.highest)],
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ missingAcknowledgedCount: 0, corrupt: [] });
    });

    it('asked again says what is done, and does nothing', async () => {
      const again = await convert('--id', 'c').outcome;
      expect(again, again.stderr).toMatchObject({ code: 0 });
      expect(again.stdout.trim()).toBe('convert h1 on h2: done');
      const anew = await convert('--json').outcome;
      expect(anew.code).toBe(2);
      const why = expect.stringMatching(/it was converted, and runs on h2$/) as string;
      expect(JSON.parse(anew.stdout)).toMatchObject({
        ...{ operations: [], left: [{ guest: 'h1', why }] },
      });
      expect((await report('operations')).operations).toHaveLength(1);
    });
  },
);
