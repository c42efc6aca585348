import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterArbitrary, filled } from '../cluster.example.ts';
import { amounts, checkCluster, Cluster, resources, snapshot, width } from './index.ts';
import type { ClusterDescription, GuestDescription, HostDescription } from './index.ts';

/** All totals of a cluster, to be compared. */
const totals = (cluster: Cluster) => ({
  used: [...cluster.used],
  load: [...cluster.load],
  kept: [...cluster.reserves.kept],
});

describe('the totals', () => {
  it('are those of a cluster made anew from the same places, whatever happened before', () => {
    const steps = fc.array(fc.tuple(fc.nat(23), fc.nat(6), fc.nat(6), fc.nat(3)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(clusterArbitrary, steps, (description, steps) => {
        const cluster = new Cluster(description);
        for (const [guest, host, backup, step] of steps) {
          if (guest >= description.guests.length) continue;
          if (step === 0) cluster.unplace(guest);
          if (step === 1) cluster.setLoad(guest, { cpu: host / 8, disk: backup });
          if (step < 2 || host >= description.hosts.length || host === backup) continue;
          const needs = cluster.needsBackup(guest) && backup < description.hosts.length;
          if (cluster.needsBackup(guest) !== needs) continue;
          cluster.move(guest, { host, backup: needs ? backup : -1 });
        }
        expect(totals(cluster)).toEqual(totals(new Cluster(snapshot(cluster))));
      }),
    );
  });

  it('are undone to the last bit by taking away what was placed', () => {
    fc.assert(
      fc.property(clusterArbitrary, (description) => {
        const cluster = filled(description);
        for (const guest of [...cluster.guests.all()].reverse()) cluster.remove(guest);
        expect(totals(cluster)).toEqual(totals(new Cluster({ ...description, guests: [] })));
      }),
    );
  });

  it('list every guest on its host once', () => {
    fc.assert(
      fc.property(clusterArbitrary, fc.array(fc.nat(23)), (description, gone) => {
        const cluster = filled(description);
        for (const guest of gone) if (guest < description.guests.length) cluster.unplace(guest);
        const listed = description.hosts.flatMap((_, host) =>
          cluster.guestsOn(host).map((guest) => [guest, host]),
        );
        const placed = [...cluster.guests.all()].flatMap((guest) => {
          const place = cluster.placeOf(guest);
          return place === undefined ? [] : [[guest, place.host]];
        });
        expect(listed.sort()).toEqual(placed.sort());
      }),
    );
  });
});

it('keeps amounts so that thousandths add up exactly', () => {
  const cluster = new Cluster({
    hosts: [{ name: 'h', capacity: amounts({ cpu: 64 }) }],
    guests: [],
  });
  const guests = Array.from({ length: 10 }, (_, index) => {
    const demand = amounts({ cpu: 0.1 });
    return cluster.add({ name: `g${index}`, demand, place: { host: 'h' } });
  });
  for (const guest of guests) cluster.remove(guest);
  expect([...cluster.used]).toEqual(new Array<number>(width).fill(0));
});

describe('a description is refused, saying what and where', () => {
  const host = (changes: Partial<HostDescription> = {}): HostDescription => ({
    name: 'h1',
    capacity: amounts({ cpu: 4, memory: 8 }),
    ...changes,
  });
  const guest = (changes: Partial<GuestDescription> = {}): GuestDescription => ({
    name: 'g1',
    demand: amounts({ cpu: 1 }),
    ...changes,
  });
  const cases: [string, ClusterDescription, string][] = [
    [
      'a negative capacity',
      { hosts: [host({ capacity: amounts({ cpu: -1 }) })], guests: [] },
      'got -1',
    ],
    [
      'an absurd one',
      { hosts: [host({ capacity: amounts({ memory: 1e30 }) })], guests: [] },
      'got 1e+30',
    ],
    [
      'one that is no number',
      { hosts: [host({ capacity: amounts({ cpu: NaN }) })], guests: [] },
      'NaN',
    ],
    [
      'more reserved than there is',
      { hosts: [host({ reserved: { cpu: 5 } })], guests: [] },
      'got 5',
    ],
    [
      'a negative demand',
      { hosts: [host()], guests: [guest({ demand: amounts({ disk: -5 }) })] },
      'disk',
    ],
    ['two hosts of one name', { hosts: [host(), host()], guests: [] }, 'two hosts named "h1"'],
    ['two guests of one name', { hosts: [], guests: [guest(), guest()] }, 'two guests named "g1"'],
    [
      'a host that is not there',
      { hosts: [], guests: [guest({ place: { host: 'x' } })] },
      'no host "x"',
    ],
    [
      'one host twice',
      { hosts: [host()], guests: [guest({ place: { host: 'h1', backup: 'h1' } })] },
      'other than its host',
    ],
    ['a leader that is not there', { hosts: [], guests: [guest({ with: 'x' })] }, 'no guest "x"'],
    [
      'a circle of three',
      {
        hosts: [],
        guests: [
          guest({ with: 'g2' }),
          guest({ name: 'g2', with: 'g3' }),
          guest({ name: 'g3', with: 'g1' }),
        ],
      },
      'g1 → g2 → g3 → g1',
    ],
    [
      'together and apart',
      {
        hosts: [],
        guests: [
          guest({ with: 'g2', antiAffinity: ['x'] }),
          guest({ name: 'g2', antiAffinity: ['x'] }),
        ],
      },
      'apart from it',
    ],
    [
      'two that follow one, apart from each other',
      {
        hosts: [],
        guests: [
          guest(),
          guest({ name: 'g2', with: 'g1', antiAffinity: ['x'] }),
          guest({ name: 'g3', with: 'g1', antiAffinity: ['x'] }),
        ],
      },
      'both have to be with "g1"',
    ],
    ['a share above 1', { hosts: [], guests: [], rules: { freeDisk: 2 } }, 'from 0 to 1'],
    [
      'a service without its guest',
      { hosts: [], guests: [], services: [{ name: 's', guests: ['x'] }] },
      'no guest "x"',
    ],
  ];

  it.each(cases)('%s', (_, description, part) => {
    let message = '';
    try {
      checkCluster(description, (what, index) => `file:${what}:${index}`);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(part);
    expect(message).toMatch(/^file:(host|guest|service|rules):\d: /);
    expect(message.split('\n')).toHaveLength(1);
  });

  it('but a guest larger than any host is none of them', () => {
    const large = guest({
      demand: amounts(Object.fromEntries(resources.map((name) => [name, 1e9]))),
    });
    expect(() => checkCluster({ hosts: [host()], guests: [large] })).not.toThrow();
  });
});
