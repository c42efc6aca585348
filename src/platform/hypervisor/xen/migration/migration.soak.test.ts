import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { inventoryPath, labDown, labNames, machinesUp } from '../../../lab/index.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { connectHosts } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import { addressesOf, loadInventory } from '../../../remote/inventory/index.ts';
import { endOn } from './ends.ts';
import { XenPair } from './pair.example.ts';

const missing = missingForMachines();
const folder = mkdtempSync(join(tmpdir(), 'vg-xen-soak-'));
const state = join(folder, 'state');
let hosts: Host[] = [];

afterAll(async () => {
  await Promise.all(hosts.map(({ shell }) => shell.close()));
  for (const name of labNames(state)) await labDown({ stateDirectory: state, name });
  rmSync(folder, { recursive: true });
});

async function pairUp(scripts: 'host' | 'light'): Promise<XenPair> {
  if (hosts.length === 0) {
    await machinesUp({
      ...{ stateDirectory: state, cache: cacheDirectory(process.env), name: 'xen-soak' },
      ...{ machines: ['xen', 'xen'], shared: 'nfs' },
    });
  }
  const inventory = loadInventory(inventoryPath('lab', state));
  if (hosts.length === 0) hosts = await connectHosts(inventory);
  const { guestAddresses: addresses } = inventory;
  if (addresses === undefined) throw new Error('a lab without addresses for guests');
  const [first] = addressesOf(addresses);
  const ledger = openLedger({ stateDirectory: state, label: `xen-soak-${scripts}` });
  return XenPair.on(hosts, ledger, `${first}/${addresses.prefix}`, scripts);
}

const running = async (pair: XenPair) => {
  const domain = `mover-${pair.mark.slice(0, 8)}`;
  const ends = await Promise.all(hosts.map(({ shell }) => endOn(shell, domain, 60)));
  return ends.map((end) => (end.known ? end.domains.map(({ state }) => state).join() : end.why));
};

describe.skipIf(missing.length > 0)(
  `migration on Xen, at length (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('moves a guest there and back ten times, without a failure and without a trace', async () => {
      const pair = await pairUp('light');
      try {
        let created = await pair.guest();
        for (let move = 1; move <= 20; move++) {
          const { result } = await pair.move(created);
          if (result.state !== 'completed') throw new Error(`${move}: ${JSON.stringify(result)}`);
          created = result.guest;
          expect(await running(pair)).toEqual(move % 2 === 1 ? ['', 'running'] : ['running', '']);
        }
        await created.guest.destroy();
        const loops = await Promise.all(
          hosts.map(({ shell }) => shell.run(['losetup', '--list', '--noheadings'])),
        );
        expect(loops.map(({ stdout }) => stdout)).toEqual(['', '']);
      } finally {
        await pair.close();
      }
    });

    it.each([
      [
        'the way to the target is cut when all memory is there',
        'restored',
        'ssh .*migrate-receive',
      ],
      ['xl is killed when the guest has suspended itself', 'suspended', 'xl .*-vvv migrate -s'],
    ] as const)('lets the guest go on where it is if %s', async (_, when, pattern) => {
      const pair = await pairUp('host');
      try {
        const created = await pair.guest();
        const { result } = await pair.move(created, {}, ({ event }) => {
          if (event !== when) return;
          const { shell } = created.guest.host;
          void shell.run(['pkill', '-KILL', '-f', pattern]).catch(() => undefined);
        });
        expect(result).toMatchObject({ state: 'failed', survivor: 'source' });
        expect(await running(pair)).toEqual(['running', '']);
        expect(await created.guest.control.ready()).toBeGreaterThan(0);
      } finally {
        await pair.close();
      }
    });

    it('cancels what takes too long; the guest goes on where it is', async () => {
      const pair = await pairUp('host');
      try {
        const created = await pair.guest();
        const { result } = await pair.move(created, { timeout: 8 });
        expect(result).toMatchObject({ state: 'not-converged' });
        expect(await running(pair)).toEqual(['running', '']);
      } finally {
        await pair.close();
      }
    });
  },
);
