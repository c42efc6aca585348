import { expect, it } from 'vitest';
import { describeEnd, parseDomains } from './domains.ts';

const list = `Name                                        ID   Mem VCPUs	State	Time(s)
Domain-0                                     0  1024     1     r-----     122.5
vg-0-0-1234abcd                              1   128     1     -b----       0.7
vg-0-1-1234abcd                              4   128     2     --p---       0.0
vg-0-2-1234abcd--migratedaway                5   128     1     ---s--       3.4
vg-0-3-1234abcd--incoming                   61   128     1     ------       0.0
(null)                                       7     0     1     --ps-d       1.1
vg-0-4-1234abcd                             12   128     1     ---sc-       3.4
`;

it('reads the domains of xl list and what they do', () => {
  expect(parseDomains(list).map(({ name, id, state }) => `${id} ${name} ${state}`)).toEqual([
    '0 Domain-0 running',
    '1 vg-0-0-1234abcd running',
    '4 vg-0-1-1234abcd paused',
    '5 vg-0-2-1234abcd--migratedaway suspended',
    '61 vg-0-3-1234abcd--incoming running',
    '7 (null) dying',
    '12 vg-0-4-1234abcd crashed',
  ]);
});

it('says in words what a host has of a guest', () => {
  const [away] = parseDomains(list).filter(({ id }) => id === 5);
  expect(describeEnd({ state: 'known', domains: away ? [away] : [] }, 'vg-0-2-1234abcd')).toBe(
    'suspended as vg-0-2-1234abcd--migratedaway',
  );
  expect(describeEnd({ state: 'known', domains: [] }, 'x')).toBe('not there');
  expect(describeEnd({ state: 'unknown', why: 'no route' }, 'x')).toBe('not known (no route)');
});
