import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import { watchNetwork } from '../../src/harness/observe/network/index.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { XenPair } from '../../src/platform/hypervisor/xen/migration/pair.example.ts';
import { labDown, machinesUp } from '../../src/platform/lab/index.ts';
import type { CreatedGuest } from '../../src/platform/operations/create.ts';
import { connectHosts } from '../../src/platform/remote/connect-host.ts';
import { addressesOf, loadInventory } from '../../src/platform/remote/inventory/index.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark, BenchmarkContext } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';

const goal = 0.5;
const name = 'bench-xen';
/** Requests a second: more would be felt by an emulated host. */
const rate = 50;
/** Seconds before and after a migration. */
const settle = 1;

/** Two idle PVH guests that go there and back between two Xen hosts, one with each kind of scripts. */
export const xenHotplugScripts: Benchmark = {
  name: 'xen-hotplug-scripts',
  about: "network outage of an idle PVH guest's migration with light scripts; the other: Debian's",
  async run(context) {
    const { directory, signal, progress, pairs: count = 6 } = context;
    if (process.getuid?.() !== 0) throw new Error('a lab of machines needs root');
    const stateDirectory = join(directory, 'state');
    const cache = cacheDirectory(process.env);
    progress('starting two Xen hosts');
    const lab = { stateDirectory, cache, name, signal };
    const { inventoryPath } = await machinesUp({ ...lab, machines: ['xen', 'xen'], shared: 'nfs' });
    const inventory = loadInventory(inventoryPath);
    const hosts = await connectHosts(inventory);
    try {
      const { guestAddresses } = inventory;
      if (guestAddresses === undefined) throw new Error('a lab without addresses for guests');
      const [one, two] = addressesOf(guestAddresses);
      const address = (each: string | undefined) => `${each ?? ''}/${guestAddresses.prefix}`;
      const { ledger } = context;
      const light = new Mover(context, await XenPair.on(hosts, ledger, address(one), 'light'));
      const other = new Mover(context, await XenPair.on(hosts, ledger, address(two), 'host'));
      progress('creating a guest for each kind of scripts');
      await light.create();
      await other.create();
      const pairs = await interleavedPairs(
        count,
        { ours: () => light.outage(), other: () => other.outage() },
        ({ ours, other: theirs }, done) => {
          progress(`pair ${done} of ${count}: ${ours.toFixed(1)} and ${theirs.toFixed(1)} s`);
        },
      );
      const interval = ratioInterval(
        pairs.map(({ ours, other: theirs }) => [{ baseline: theirs, other: ours }]),
        { random: seededRandom('xen-hotplug-scripts') },
      );
      const ratio = intervalText(interval, '×', (value) => value.toFixed(2));
      return [
        {
          ...{ name: 'xen-hotplug-scripts', unit: 's', ...compared(pairs, 'ratio') },
          goal: `ratio ≤ ${goal}`,
          outcome: within(interval, { high: goal }),
          note: `ratio ${ratio}, between emulated Xen hosts`,
        },
      ];
    } finally {
      await context.ledger.removeAll();
      await Promise.all(hosts.map(({ shell }) => shell.close()));
      await labDown({ stateDirectory, name });
    }
  },
};

/** A guest that is moved again and again. */
class Mover {
  readonly #context: BenchmarkContext;
  readonly #pair: XenPair;
  #created: CreatedGuest | undefined;

  constructor(context: BenchmarkContext, pair: XenPair) {
    this.#context = context;
    this.#pair = pair;
  }

  async create(): Promise<void> {
    this.#created = await this.#pair.guest();
  }

  /** Seconds of its longest outage while it moves to the other host. */
  async outage(): Promise<number> {
    const { signal } = this.#context;
    const created = this.#created;
    if (created === undefined) throw new Error('no guest');
    signal.throwIfAborted();
    const { service, spec } = created.guest;
    const host = thisMachine(cacheDirectory(process.env));
    const watching = await watchNetwork({
      ...{ host, targets: [service.udp], rate, environment: spec.environment, capture: false },
    });
    try {
      await sleep(settle * 1000, undefined, { signal });
      const from = host.clock.now();
      const { result } = await this.#pair.move(created);
      if (result.state !== 'completed')
        throw new Error(`it did not move: ${JSON.stringify(result)}`);
      this.#created = result.guest;
      await sleep(settle * 1000, undefined, { signal });
      return (await watching.stop()).longest({ from, to: host.clock.now() });
    } catch (error) {
      await watching.stop().catch(() => undefined);
      throw error;
    }
  }
}
