import { expect, it } from 'vitest';
import { expandArms } from './matrix.ts';
import { loadScenario } from './load.ts';
import { interleaving, parseVersions, type Versions } from './versions.ts';

const text = `
name: two
storages: { local: {} }
factors: { guests: [1, 2], aio: [threads, io_uring] }
exclude: [{ guests: 2, aio: io_uring }]
measure: { creation: {} }
`;
const arms = (asked: readonly string[]) => {
  const read = () => Buffer.from(text);
  const { scenario } = loadScenario('two.yaml', { read });
  const set = interleaving(parseVersions(asked) as Versions, scenario.exclude);
  return expandArms(loadScenario('two.yaml', { read, set }).scenario).arms.map(({ arm }) => arm);
};

it('crosses both levels of one factor', () => {
  expect(arms(['vcpus=1,2'])).toEqual([
    { guests: 1, aio: 'threads', vcpus: 1 },
    { guests: 1, aio: 'threads', vcpus: 2 },
    { guests: 1, aio: 'io_uring', vcpus: 1 },
    { guests: 1, aio: 'io_uring', vcpus: 2 },
    { guests: 2, aio: 'threads', vcpus: 1 },
    { guests: 2, aio: 'threads', vcpus: 2 },
  ]);
  expect(arms(['emulator=/a/qemu', 'emulator=/b/qemu'])).toHaveLength(6);
});

it('leaves mixtures out where several factors change together, and what was left out before', () => {
  const both = arms(['machine=pc,cpu=max', 'machine=q35,cpu=qemu64']);
  expect(both).toHaveLength(6);
  expect(new Set(both.map(({ machine, cpu }) => `${machine} ${cpu}`))).toEqual(
    new Set(['pc max', 'q35 qemu64']),
  );
});

it('takes a factor alone for its first two levels', () => {
  expect(parseVersions(['cpu'])).toEqual({ factor: 'cpu' });
});

it.each([
  [['cpu=a']],
  [['cpu=a,a']],
  [['cpu=a,b,c']],
  [['cpu=a', 'machine=b']],
  [['cpu=a', 'cpu=a']],
  [['cpu=a', 'cpu']],
  [['cpu=a', 'cpu=b', 'cpu=c']],
])('refuses %j', (asked) => {
  expect(() => parseVersions(asked)).toThrow(`--ab ${asked.join(' ')}: expected`);
});
