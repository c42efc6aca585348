import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { parseList } from './list.ts';

const guest = { name: 'g1-abcdefgh', id: 1, memory: 160 * 2 ** 20, vcpus: 1, state: 'running' };

it('reads both tables', () => {
  for (const name of ['list.txt', 'list-verbose.txt']) {
    expect(parseList(fixture(name))).toEqual([
      { name: 'Domain-0', id: 0, memory: 2 ** 30, vcpus: 1, state: 'running' },
      guest,
    ]);
  }
});

const uuid = 'aba8b300-8448-4e8b-a4b9-7b006ea1506e';

it.each([
  ['r-----', { state: 'running' }],
  ['--p---', { state: 'paused' }],
  ['---ss-', { state: 'shut down', reason: 'suspended' }],
  ['---sc-', { state: 'shut down', reason: 'crashed' }],
  ['---s--', { state: 'shut down', reason: 'powered off' }],
  ['---sr-', { state: 'shut down', reason: 'rebooted' }],
  ['---sw-', { state: 'shut down', reason: 'watchdog' }],
  ['---sS-', { state: 'shut down', reason: 'soft reset' }],
  ['--psrd', { state: 'dying' }],
])('reads the state %s, in both tables', (flags, expected) => {
  // Newer ones tell more at the end.
  for (const end of ['', ` ${uuid}        3                -`, ` ${uuid}  -  -  hardware`]) {
    const line = `g1-abcdefgh                                1   160     1     ${flags}      12.5${end}`;
    expect(parseList(line)).toEqual([{ ...guest, ...expected }]);
  }
});

it('passes over what is no domain', () => {
  expect(parseList(fixture('list-invalid.stderr.txt'))).toEqual([]);
  // A domain that goes has no name any more.
  expect(parseList('(null)                 7     0     1     --ps-d       3.1')[0]?.id).toBe(7);
});

it('reads whatever is printed as xl prints it', () => {
  const domain = fc.record({
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/),
    id: fc.nat(32_752),
    memory: fc.nat(10 ** 7),
    vcpus: fc.nat(512),
  });
  fc.assert(
    fc.property(domain, ({ name, id, memory, vcpus }) => {
      const pad = (value: number) => String(value).padStart(5);
      const line = `${name.padEnd(40)} ${pad(id)} ${pad(memory)} ${pad(vcpus)}     r-----  ${'1.5'.padStart(8)}`;
      expect(parseList(line)).toEqual([
        { name, id, memory: memory * 2 ** 20, vcpus, state: 'running' },
      ]);
    }),
  );
});
