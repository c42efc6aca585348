import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { labDown, labNames, machinesUp } from '../../../lab/index.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { endProcessesOn } from '../../../ledger/kinds/remote-processes.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { connectHosts } from '../../../remote/connect-host.ts';
import type { Host } from '../../../remote/host.ts';
import { addressesOf, loadInventory } from '../../../remote/inventory/index.ts';
import { endOn } from './ends.ts';
import { XenPair } from './pair.example.ts';

const missing = missingForMachines();
const folder = mkdtempSync(join(tmpdir(), 'vg-xen-migration-'));
const state = join(folder, 'state');
let hosts: Host[] = [];
let pair: XenPair | undefined;

afterEach(async () => {
  await pair?.close();
  await Promise.all(hosts.splice(0).map(({ shell }) => shell.close()));
  for (const name of labNames(state)) await labDown({ stateDirectory: state, name });
  rmSync(folder, { recursive: true });
});

/** Where the guest is: `xa running`, on all hosts. */
async function whereabouts(domain: string): Promise<string[]> {
  const ends = await Promise.all(hosts.map(({ shell }) => endOn(shell, domain, 60)));
  return ends.flatMap((end, index) =>
    end.known
      ? end.domains.map(({ name, state }) => `${index} ${name} ${state}`)
      : [`${index} unknown: ${end.why}`],
  );
}

describe.skipIf(missing.length > 0)(
  `migration on Xen (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    // Software emulation on a busy machine: long, but not without end.
    const limit = { timeout: 900_000 };
    it(
      'moves a guest; one whose target fails in the middle goes on where it is',
      limit,
      async () => {
        const name = `xen-mig-${process.pid}`;
        const { inventoryPath } = await machinesUp({
          ...{ stateDirectory: state, cache: cacheDirectory(process.env), name },
          ...{ machines: ['xen', 'xen'], shared: 'nfs' },
        });
        const inventory = loadInventory(inventoryPath);
        hosts = await connectHosts(inventory);
        const ledger = openLedger({ stateDirectory: state, label: 'xen-migration' });
        const { guestAddresses: addresses } = inventory;
        if (addresses === undefined) throw new Error('a lab without addresses for guests');
        const [first] = addressesOf(addresses);
        pair = await XenPair.on(hosts, ledger, `${first}/${addresses.prefix}`, 'light');
        const created = await pair.guest();
        const domain = `mover-${pair.mark.slice(0, 8)}`;
        expect(await whereabouts(domain)).toEqual([`0 ${domain} running`]);

        const { result, events } = await pair.move(created);
        if (result.state !== 'completed') throw new Error(JSON.stringify(result));
        expect(await whereabouts(domain)).toEqual([`1 ${domain} running`]);
        const told = events.map(({ event }) => event).filter((each) => each !== 'answered');
        expect(told).toEqual([
          ...['start', 'connected', 'stop', 'suspended', 'restored', 'hotplug-disk', 'hotplug-nic'],
          ...['transferred', 'permitted', 'resume', 'completed'],
        ]);

        // The program that would receive it ends while memory is on its way.
        const [home] = hosts;
        const failed = await pair.move(result.guest, {}, ({ event }) => {
          if (event !== 'connected' || home === undefined) return;
          void endProcessesOn(home.shell, `VIRTGAUGE_MARK=${pair?.mark ?? ''}`);
        });
        expect(failed.result).toMatchObject({ state: 'failed', survivor: 'source' });
        expect(await whereabouts(domain)).toEqual([`1 ${domain} running`]);
        expect(await result.guest.guest.control.ready()).toBeGreaterThan(0);
      },
    );
  },
);
