import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startHttpLoad, type HttpLoad } from '../../harness/observe/http/index.ts';
import { ipvsFront } from '../../platform/front/ipvs.ts';
import { makeDirector } from '../../platform/front/prepare.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { makeVmmAccess } from '../../platform/operations/convert/vmm-image/keys.ts';
import { connectShell } from '../../platform/remote/connect-host.ts';
import { localShell } from '../../platform/remote/local.ts';
import { outputOf } from '../../platform/remote/output-of.ts';
import type { Shell } from '../../platform/remote/shell.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import { missingForLab } from '../missing-for-lab.example.ts';
import { LabCluster } from './lab-cluster.example.ts';
import { makeServing } from './serving-image.example.ts';

const programs = ['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc', '/usr/sbin/sshd', 'ip'];
const missing = missingForLab([...programs, 'nsenter', 'mount', 'readelf']);
const patience = { timeout: 300_000, interval: 300 };
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_200_000 });

describe.skipIf(missing.length > 0)(
  `cluster share (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    const cluster = new LabCluster(`share-${process.pid}`, { hosts: 2 });
    const folder = mkdtempSync(join(tmpdir(), 'virtgauge-share-'));
    const files = { services: join(folder, 'services.yaml'), hosts: join(folder, 'hosts.yaml') };
    const ours = [files.services, '--hosts', files.hosts];
    const loads = new Set<HttpLoad>();
    let director: Shell | undefined;

    const at = (number: number) => cluster.address.replace(/\.\d+$/, `.${number}`);
    const run = (argv: readonly [string, ...string[]], { timeout = 60 } = {}) => {
      if (director === undefined) throw new Error('there is no director yet');
      return outputOf(director.run(argv, { timeout }));
    };
    /** Behind the director, as its own ipvsadm lists them. */
    const front = () => ipvsFront({ run }, { forwarding: 'dr' }).services();
    async function serversOf(number: number) {
      const found = (await front()).find(({ address }) => address === at(number));
      return found?.servers ?? [];
    }
    const weights = async (number: number) =>
      Object.fromEntries((await serversOf(number)).map(({ address, weight }) => [address, weight]));
    /** Each with its own server alone, by the load that it is meant for. */
    const unlent = async () => {
      expect([await weights(80), await weights(81)]).toEqual([{ [at(71)]: 8 }, { [at(72)]: 24 }]);
    };
    const helping = () => cluster.guest('web-by-mail');
    /** Address of the guest by which mail helps web, once it is behind the director. */
    const helper = () =>
      vi.waitFor(async () => {
        const [found] = (await serversOf(80)).filter(({ address }) => address !== at(71));
        if (found === undefined || found.weight === 0) throw new Error('nobody helps yet');
        return found.address;
      }, patience);
    async function overload(): Promise<HttpLoad> {
      const host = thisMachine(cacheDirectory(process.env));
      const load = await startHttpLoad({
        host,
        targets: [{ host: at(80), port: 80 }],
        rate: 16,
        timeout: 60,
        environment: {},
      });
      loads.add(load);
      return load;
    }
    async function relieve(load: HttpLoad) {
      loads.delete(load);
      return await load.stop();
    }

    beforeAll(async () => {
      await cluster.up();
      const { identity, entry } = await makeVmmAccess(localShell, folder, {
        ...{ name: 'lvs', address: `${at(70)}/24`, emulated: true },
      });
      const { address, user, key, knownHosts } = entry.ssh ?? {};
      const host = { address, user, key, knownHosts: knownHosts?.[0], emulated: true };
      writeFileSync(files.hosts, JSON.stringify({ hosts: { lvs: host } }));
      const services = {
        web: { address: `${at(80)}:80`, guest: 'web1', capacity: 10 },
        mail: { address: `${at(81)}:80`, guest: 'mail1', capacity: 30 },
      };
      const declaration = { director: 'lvs', drain: '120s', services };
      const addresses = `${at(100)}-${at(105)}/24`;
      writeFileSync(files.services, JSON.stringify({ ...declaration, addresses }));

      // The image is on the storage once somebody has used it.
      const small = ['--memory', '128MiB', '--disk', '128MiB'];
      await cluster.json('create', 'first', ...small);
      await cluster.json('stop', 'first');
      await cluster.json('remove', 'first');
      const images = join(cluster.shared, 'vg-images');
      const [image = ''] = readdirSync(images);
      await makeServing(join(images, image), [at(80), at(81)], identity);
      for (const [name, number, on] of [
        ['lvs', 70, 'h1'],
        ['web1', 71, 'h1'],
        ['mail1', 72, 'h2'],
      ] as const) {
        await cluster.json('create', name, ...small, '--address', `${at(number)}/24`, '--on', on);
      }
      director = await vi.waitFor(() => connectShell(entry), patience);
      await makeDirector({ run }, { addresses: [at(80), at(81)], forwarding: 'dr' });
    });
    afterAll(async () => {
      for (const load of loads) await load.stop();
      director?.lostPower?.();
      await director?.close();
      await cluster.down();
      rmSync(folder, { recursive: true });
    });

    it('says what would be decided, and puts nothing behind the director', async () => {
      expect(await cluster.cli('share', ...ours, '--dry-run')).toBe('nobody needs help now');
      expect(await front()).toEqual([]);
    });

    it('weighs by what is granted, drains before it removes, and outlives a cut connection', async () => {
      const sharing = cluster.start([], 'share', ...ours);
      await vi.waitFor(async () => {
        expect(sharing.child.exitCode, sharing.output()).toBeNull();
        await unlent();
      }, patience);

      // The director's sshd ends all connections, and answers again.
      const cut = 'sleep 1; killall sshd; sleep 3; /usr/sbin/sshd -f /etc/ssh/config';
      await run(['sh', '-c', `setsid sh -c '${cut}' > /dev/null 2>&1 &`]);
      await vi.waitFor(() => expect(sharing.stderr()).toContain('trouble: '), patience);
      await vi.waitFor(() => expect(sharing.stderr()).toContain('it goes on'), patience);
      director?.lostPower?.();

      const load = await overload();
      const address = await helper();
      expect(await helping()).toMatchObject({
        ...{ state: 'running', host: 'h2', address: `${address}/24` },
      });
      // The rate that the kernel estimates settles, and the weights with it.
      await vi.waitFor(async () => {
        const { directors } = await cluster.ask({ kind: 'query', what: 'services' }, 'services');
        const { grants = [] } = directors[0] ?? {};
        expect(grants).toMatchObject([{ from: 'mail', to: 'web' }]);
        const amount = grants[0]?.amount ?? 0;
        expect(amount).toBeGreaterThan(4);
        expect(await weights(80)).toEqual({ [at(71)]: 8, [address]: Math.round(amount) });
        expect(await weights(81)).toEqual({ [at(72)]: Math.round(24 - amount) });
        const rates = (await serversOf(80)).map(({ rate }) => rate);
        expect(Math.min(...rates)).toBeGreaterThan(2);
      }, patience);

      // Clients that stay keep their server.
      const clients = await Promise.all(Array.from({ length: 8 }, () => openTo(at(80))));
      const trace = await relieve(load);
      expect(trace.failures).toEqual(new Map());
      await vi.waitFor(async () => {
        const [draining] = (await serversOf(80)).filter((each) => each.address === address);
        expect(draining).toMatchObject({ weight: 0 });
      }, patience);
      await vi.waitFor(async () => {
        const [draining] = (await serversOf(80)).filter((each) => each.address === address);
        expect(draining?.active).toBeLessThanOrEqual(clients.length);
        expect(draining?.active).toBeGreaterThan(0);
      }, patience);
      expect(sharing.stdout()).not.toContain('was drained and stopped');
      expect(await helping()).toMatchObject({ state: 'running' });
      for (const client of clients) client.destroy();
      await vi.waitFor(async () => {
        expect(sharing.stdout()).toContain('was drained and stopped');
        expect(await helping()).toBeUndefined();
        await unlent();
      }, patience);

      sharing.child.kill('SIGINT');
      expect(await sharing.outcome).toMatchObject({ code: 0 });
      await unlent();
    });

    it('takes away what a killed one has left, and gives all back at its end', async () => {
      const killed = cluster.start([], 'share', ...ours);
      const load = await overload();
      const address = await helper();
      killed.child.kill('SIGKILL');
      await killed.outcome;
      await relieve(load);
      expect(await weights(80)).toHaveProperty([address]);

      // As long as the killed one may be alive, another is refused.
      const sharing = await vi.waitFor(async () => {
        const started = cluster.start([], 'share', ...ours);
        const gone = vi.waitFor(async () => expect(await helping()).toBeUndefined(), patience);
        const ended = await Promise.race([started.outcome, gone.then(() => undefined)]);
        if (ended !== undefined) throw new Error(ended.stderr);
        return started;
      }, patience);
      await vi.waitFor(unlent, patience);

      const again = await overload();
      await helper();
      sharing.child.kill('SIGINT');
      expect(await sharing.outcome).toMatchObject({ code: 0 });
      expect(await helping()).toBeUndefined();
      await unlent();
      await relieve(again);
    });
  },
);

/** A client that has connected, and asks nothing. */
function openTo(host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 80 });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}
