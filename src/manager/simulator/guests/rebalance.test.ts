import { describe, expect, it } from 'vitest';
import { amounts, Cluster } from '../../cluster/model/index.ts';
import { imbalance } from '../../cluster/rebalancing/index.ts';
import { rebalancings } from './rebalance.ts';

const options = { migrate: { setup: 1, rate: 100 }, moves: 3 };

/** Four hosts; the first runs six busy guests, the others one each. */
function skewed() {
  const guest = (name: string, host: string) => ({
    ...{ name, demand: amounts({ cpu: 1, memory: 10 }), place: { host } },
  });
  const hosts = ['a', 'b', 'c', 'd'].map((name) => ({
    ...{ name, capacity: amounts({ cpu: 8, memory: 100 }) },
  }));
  const guests = [1, 2, 3, 4, 5, 6].map((number) => guest(`g${number}`, 'a'));
  return new Cluster({ hosts, guests: [...guests, guest('b1', 'b'), guest('c1', 'c')] });
}

const places = (cluster: Cluster) => [...cluster.guests.all()].map((one) => cluster.placeOf(one));

describe('rebalancings', () => {
  it.each(['none', 'balance', 'consolidate'] as const)('%s leaves the cluster as it is', (name) => {
    const cluster = skewed();
    const before = places(cluster);
    rebalancings[name](options)(cluster);
    expect(places(cluster)).toEqual(before);
  });

  it('evens loads out by balance, with no more moves than allowed', () => {
    const cluster = skewed();
    const before = imbalance(cluster);
    const moves = rebalancings.balance(options)(cluster);
    expect(moves).toHaveLength(3);
    for (const { guest, place } of moves) cluster.move(guest, place);
    expect(imbalance(cluster)).toBeLessThan(before / 2);
  });

  it('frees hosts by consolidate', () => {
    const cluster = skewed();
    for (const { guest, place } of rebalancings.consolidate(options)(cluster)) {
      cluster.move(guest, place);
    }
    expect(cluster.hosts.filter((_, host) => cluster.guestsOn(host).length > 0)).toHaveLength(1);
  });

  it('moves nobody by none', () => {
    expect(rebalancings.none(options)(skewed())).toEqual([]);
  });
});
