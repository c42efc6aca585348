import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cluster } from '../../cluster/model/index.ts';
import { emptyMaster, reduceMaster, type MasterEntry, type MasterState } from '../state.ts';
import { KeptCluster } from './kept-cluster.ts';
import { chooseHost, clusterOf } from './placing.ts';

const hosts = ['a', 'b', 'c'];
const spec = { vcpus: 1, memory: 2 ** 28, disk: 2 ** 30, image: 'micro', storage: 's' };

const host = fc.constantFrom(...hosts);
const guest = fc.constantFrom('g', 'h', 'i', 'j');
const registered = (name: string, cpu: number): MasterEntry => ({
  kind: 'registered',
  host: name,
  as: {
    ...{ address: `${name}:1`, cpu, memory: 2 ** 34, disk: 2 ** 40, boot: 'first' },
    ...{ hypervisor: 'qemu', storages: [{ name: 's', id: `${name}-s` }] },
  },
});
const accepted = fc.record({
  action: fc.constantFrom('create', 'migrate', 'stop', 'remove', 'start'),
  guest,
  host,
  target: fc.option(host, { nil: undefined }),
  vcpus: fc.integer({ min: 1, max: 3 }),
});
const entry = fc.oneof(
  fc.tuple(host, fc.integer({ min: 8, max: 9 })).map(([name, cpu]) => registered(name, cpu)),
  accepted.map(({ vcpus, target, ...as }) => ({ ...as, ...(target && { target }), vcpus })),
  fc.constantFrom('done' as const, 'undone' as const),
  host.map((name): MasterEntry => ({
    ...{ kind: 'fenced', host: name },
    proof: { by: 'test', at: 0, boot: 'first' },
  })),
);
type Step = typeof entry extends fc.Arbitrary<infer T> ? T : never;

/** One operation at a time begins and ends. */
function after(state: MasterState, step: Step, number: number): MasterState {
  if (typeof step === 'string') {
    const pending = Object.values(state.operations).find((each) => each.state === 'doing');
    if (pending === undefined) return state;
    return reduceMaster(state, { kind: 'advanced', id: pending.id, to: { state: step, at: 0 } });
  }
  if ('kind' in step) return reduceMaster(state, step);
  const { vcpus, ...as } = step;
  const operation = {
    ...as,
    ...({ id: `o${number}`, digest: '', state: 'doing', at: 0 } as const),
    spec: { ...spec, vcpus },
  };
  return reduceMaster(state, { kind: 'accepted', operation });
}

/** What a decision can see of it, whatever the numbers of guests. */
function seen(cluster: Cluster) {
  const { used, load, limit, health } = cluster;
  const on = cluster.hosts.map(({ name }, at) => ({
    name,
    guests: cluster
      .guestsOn(at)
      .map((each) => cluster.guests.describe(each))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
  }));
  return { on, used, load, limit, health, guests: cluster.guests.size };
}

it('is what would be made anew, whatever has happened, and whatever was asked', () => {
  const step = fc.tuple(entry, fc.subarray(hosts));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const kept = new KeptCluster();
      let state = emptyMaster();
      for (const name of hosts) state = reduceMaster(state, registered(name, 8));
      for (const [number, [what, up]] of steps.entries()) {
        state = after(state, what, number);
        const isUp = (name: string) => up.includes(name);
        expect(seen(kept.of(state, isUp))).toEqual(seen(clusterOf(state, isUp)));
        const question = { guest: 'new', spec, policy: 'smps-reconstructed' };
        const asked = (clusterFor: typeof clusterOf) => {
          try {
            return chooseHost(state, isUp, question, clusterFor);
          } catch (error) {
            return (error as Error).message;
          }
        };
        expect(asked(kept.of)).toEqual(asked(clusterOf));
      }
    }),
    { numRuns: 60 },
  );
});

it('is the same one while no machine comes or goes', () => {
  const kept = new KeptCluster();
  let state = reduceMaster(emptyMaster(), registered('a', 8));
  const first = kept.of(state, () => true);
  const operation = { id: '1', action: 'create', guest: 'g', host: 'a', spec, digest: '' } as const;
  state = reduceMaster(state, {
    kind: 'accepted',
    operation: { ...operation, state: 'doing', at: 0 },
  });
  expect(kept.of(state, () => false)).toBe(first);
  expect(first.guests.size).toBe(1);
  state = reduceMaster(state, registered('b', 8));
  expect(kept.of(state, () => true)).not.toBe(first);
});
