import { get } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../guest/image/cache.ts';
import { guestImage, type GuestImage } from '../guest/image/index.ts';
import { microSpec } from '../hypervisor/micro-spec.example.ts';
import { qemu } from '../hypervisor/qemu/qemu.ts';
import { labDown, labNames, labUp } from '../lab/index.ts';
import { createGuest, type CreatedGuest } from '../operations/create.ts';
import { connectHosts } from '../remote/connect-host.ts';
import type { Host } from '../remote/host.ts';
import { loadInventory } from '../remote/inventory/index.ts';
import { localShell } from '../remote/local.ts';
import type { Place } from './front.ts';
import { ipvsFront } from './ipvs.ts';
import { makeDirector, makeRealServer } from './prepare.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env.CI === 'true') throw new Error('a lab of namespaces needs root');

const cache = cacheDirectory(process.env);

describe.skipIf(!isRoot)(`IPVS in a guest${isRoot ? '' : ', skipped: needs root'}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vg-front-'));
  const state = join(folder, 'state');
  let host: Host | undefined;
  let director: CreatedGuest | undefined;
  let server: CreatedGuest | undefined;
  let subnet = '';

  beforeAll(async () => {
    const image = await guestImage(localShell, cache, { image: 'micro' });
    const name = `front-${process.pid}`;
    const { inventoryPath } = await labUp({
      ...{ stateDirectory: state, cache, name, namespaces: 1, shared: 'directory' },
    });
    const [one] = await connectHosts(loadInventory(inventoryPath));
    if (one === undefined) throw new Error('expected a host');
    host = one;
    subnet = one.address.split('.').slice(0, 3).join('.');
    await one.shell.run([
      ...(['cp', '--sparse=always', image.disk.path, '/mnt/shared/template.img'] as const),
    ]);
    [director, server] = await Promise.all([boot(one, image, 70), boot(one, image, 71)]);
  }, 240_000);
  afterAll(async () => {
    await director?.guest.destroy();
    await server?.guest.destroy();
    await host?.shell.close();
    for (const each of labNames(state)) await labDown({ stateDirectory: state, name: each });
    rmSync(folder, { recursive: true });
  }, 60_000);

  function boot(on: Host, image: GuestImage, number: number): Promise<CreatedGuest> {
    const address = `${subnet}.${number}/24`;
    return createGuest(
      { host: on, hypervisor: qemu },
      {
        spec: microSpec(image, {
          ...{ name: `vg-front-${number}`, mac: `52:54:00:76:73:${number}` },
          ...{ directory: `/tmp/g${number}`, disk: { cache: 'writeback' } },
          network: { kind: 'bridge', bridge: on.bridge ?? '', address },
          consoleLog: join(folder, `${number}.log`),
        }),
        template: { path: '/mnt/shared/template.img', format: 'raw' },
        diskPath: `/mnt/shared/disk-${number}.qcow2`,
        provisioning: { method: 'clone', durability: 'buffered' },
        bootTimeout: 120,
      },
      AbortSignal.timeout(200_000),
    );
  }

  /** What the service says; a client of each time. */
  const ask = ({ address, port }: Place) =>
    new Promise<string>((resolve, reject) => {
      const path = '/?seq=7';
      get({ host: address, port, path, agent: false, timeout: 2000 }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve(body));
      })
        .on('timeout', (): void => reject(new Error('no answer')))
        .on('error', reject);
    });

  it.each([
    ['dr', 80],
    ['nat', 81],
  ] as const)(
    'hands connections on by %s, and none to a server that is drained or gone',
    async (forwarding, number) => {
      if (director === undefined || server === undefined) throw new Error('expected guests');
      const service = { address: `${subnet}.${number}`, port: 80 };
      const real = { address: `${subnet}.71`, port: 80 };
      const client = await localShell.run(['ip', '-json', 'route', 'get', real.address]);
      const [{ prefsrc }] = JSON.parse(client.stdout) as [{ prefsrc: string }];
      await makeDirector(director.guest.control, { addresses: [service.address], forwarding });
      await makeRealServer(server.guest.control, {
        ...{ address: service.address, director: `${subnet}.70`, clients: [prefsrc], forwarding },
      });
      const front = ipvsFront(director.guest.control, { forwarding });
      await front.addService(service);
      await front.addServer(service, real, 5);
      await expect
        .poll(() => ask(service).catch(String), { timeout: 30_000 })
        .toContain(`VG1 7 ${server.instance}`);
      expect(await front.services()).toContainEqual({
        ...service,
        rate: expect.any(Number) as number,
        servers: [expect.objectContaining({ ...real, weight: 5 }) as object],
      });
      await front.setWeight(service, real, 0);
      await expect(ask(service)).rejects.toThrow();
      await front.removeServer(service, real);
      await front.removeService(service);
      expect(await front.services()).toEqual([]);
      await expect(front.removeService(service)).rejects.toThrow('ipvsadm --delete-service');
    },
    90_000,
  );
});
