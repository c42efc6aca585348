import { expect, it } from 'vitest';
import { availableMemory, checkBudget, diskRoom, overhead } from './budget.ts';

const GiB = 2 ** 30;
const xen = { memory: 2 * GiB, vcpus: 2 };
const demand = {
  accelerator: 'tcg' as const,
  machines: [xen, xen],
  states: 2 * GiB,
  folder: '/cache',
};
const enough = { memory: 2 * (2 * GiB + overhead.tcg), disk: 2 * GiB + 2 * diskRoom, cpus: 1 };

it('is kept by exactly what is needed', () => {
  expect(() => checkBudget(enough, demand)).not.toThrow();
});

it.each([
  [{ memory: enough.memory - 1 }, 'memory: expected 6.0 GiB for 2 machines, 6.0 GiB are available'],
  [{ disk: enough.disk - 1 }, '/cache: disk: expected 4.0 GiB for 2 machines and what is saved'],
])('is not by a byte less: %j', (less, said) => {
  expect(() => checkBudget({ ...enough, ...less }, demand)).toThrow(said);
});

it('has few virtual CPUs for each CPU', () => {
  const machines = [xen, xen, { ...xen, vcpus: 1 }];
  const much = { memory: 100 * GiB, disk: 100 * GiB, cpus: 1 };
  expect(() => checkBudget(much, { ...demand, machines })).toThrow('3 machines have 5');
  expect(() => checkBudget({ ...much, cpus: 2 }, { ...demand, machines })).not.toThrow();
});

it('says everything at once', () => {
  const none = { memory: 0, disk: 0, cpus: 0 };
  const said = /memory: .*\n.*--memory.*\nCPUs: .*\n.*\n\/cache: disk: /;
  expect(() => checkBudget(none, demand)).toThrow(said);
});

it('counts what the kernel says is available', () => {
  const text =
    'MemTotal:       24684120 kB\nMemFree:         1000 kB\nMemAvailable:   19201216 kB\n';
  expect(availableMemory(text)).toBe(19_201_216 * 1024);
  expect(() => availableMemory('MemTotal: 1 kB\n')).toThrow('does not tell');
});
