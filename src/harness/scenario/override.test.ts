import { describe, expect, it } from 'vitest';
import { loadText, problemsOf } from './load-text.example.ts';

const text = `
name: a
storages:
  one: { kind: local }
factors:
  guests: [1, 3]
  format: [qcow2, raw]
fixed:
  provisioning: copy
exclude:
  - { guests: 3, format: raw }
measure:
  guest-io:
    jobs:
      - { name: first, rw: read }
`;

const load = (...set: string[]) => loadText(text, set).scenario;
const complaint = (...set: string[]) =>
  problemsOf(text, set).map(({ where, message, remedy }) => [where, message, remedy].join(' | '));

describe('--set', () => {
  it('sets values by path, in YAML', () => {
    const scenario = load(
      'repeat.trials=3',
      'storages.one.path=/mnt/x',
      'storages.two.kind=shared-directory',
      'factors.guests=[3, 1, 2]',
      'measure.guest-io.jobs.0.bs=8KiB',
      'description=a = b',
    );
    expect(scenario.repeat.trials).toBe(3);
    expect(scenario.storages).toEqual({
      one: { kind: 'local', path: '/mnt/x' },
      two: { kind: 'shared-directory' },
    });
    expect(scenario.factors.guests).toEqual([3, 1, 2]);
    expect(scenario.measure['guest-io']?.jobs[0]?.bs).toBe(8192);
    expect(scenario.description).toBe('a = b');
  });

  it('lets the later of two win', () => {
    expect(load('repeat.trials=3', 'repeat.trials=4').repeat.trials).toBe(4);
  });

  it('names the overrides in the result', () => {
    expect(loadText(text, ['seed=1']).overrides).toEqual(['seed=1']);
  });

  it('holds a factor that was crossed, and lets exclusions of its levels rest', () => {
    const { fixed, factors } = load('fixed.guests=2');
    expect(fixed.guests).toBe(2);
    expect(factors).toEqual({ format: ['qcow2', 'raw'] });
  });

  it('crosses a factor that was held', () => {
    const { fixed, factors } = load('factors.provisioning=[copy, reflink]');
    expect(fixed).toEqual({});
    expect(Object.keys(factors)).toEqual(['guests', 'format', 'provisioning']);
  });

  it('does the same for a whole mapping', () => {
    expect(load('fixed={guests: 2, provisioning: copy}').factors).toEqual({
      format: ['qcow2', 'raw'],
    });
  });

  it.each([
    [
      'repeat.trials=x',
      '--set repeat.trials=x | repeat.trials: expected a number or auto, got "x" | ',
    ],
    [
      'repeat.trails=3',
      '--set repeat.trails=3 | repeat.trails: unknown key | did you mean "trials"?',
    ],
    [
      'fixed.hypervisor=qmu',
      '--set fixed.hypervisor=qmu | fixed.hypervisor: expected one of qemu, libvirt, xen, got "qmu" | did you mean "qemu"?',
    ],
    [
      'storages.won.pth=/x',
      '--set storages.won.pth=/x | storages.won.pth: unknown key | did you mean "path"?',
    ],
    [
      'measure.guest-io.jobs.1.bs=512',
      '--set measure.guest-io.jobs.1.bs=512 | measure.guest-io.jobs: expected the number of an item, 0 to 0, got "1" | ',
    ],
    ['name.x=1', '--set name.x=1 | name.x: expected the path of a key, but name is "a" | '],
    ['repeat=[', '--set repeat=[ | flow sequence must end with a ] | '],
    ['trials', '--set trials | expected path=value such as repeat.trials=3, got "trials" | '],
    ['a..b=1', '--set a..b=1 | expected path=value such as repeat.trials=3, got "a..b=1" | '],
    [
      'storages.__proto__.kind=local',
      '--set storages.__proto__.kind=local | expected path=value such as repeat.trials=3, got "storages.__proto__.kind=local" | ',
    ],
  ])('refuses %s', (set, expected) => {
    expect(complaint(set)).toEqual([expected]);
  });

  it('tells the problems of all of them at once', () => {
    expect(complaint('x', 'y')).toHaveLength(2);
    expect(complaint('repeat.pilot=1', 'fixed.vcpus=0')).toHaveLength(2);
  });

  it('prints no control characters of its value', () => {
    expect(complaint('name=\u001b[31m').join('')).not.toContain('\u001b');
  });
});
