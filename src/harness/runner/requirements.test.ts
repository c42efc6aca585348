import { describe, expect, it } from 'vitest';
import { UserError } from '../../base/errors.ts';
import { localShell } from '../../platform/remote/local.ts';
import { CommandError, type Shell } from '../../platform/remote/shell.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';
import { levelsSchema, type Levels } from '../scenario/levels.ts';
import { missingCpus, missingMemory, requireHosts } from './requirements.ts';

const MiB = 2 ** 20;
const arm = (changes: Partial<Levels> = {}): Levels => ({
  ...levelsSchema.parse({ memory: '16MiB' }),
  storage: 'local',
  ...changes,
});

/** This machine with a QEMU, or without. */
const shell = (found: boolean): Shell => ({
  ...localShell,
  run: (argv, options) => {
    if (!argv[0].startsWith('qemu')) return localShell.run(argv, options);
    return found
      ? Promise.resolve({ stdout: 'QEMU emulator version 7.2.1', stderr: '' })
      : Promise.reject(new CommandError('localhost', argv, 'did not run'));
  },
});

async function problemsOf(levels: Levels, found = true, hosts = [thisMachine('/nonexistent')]) {
  const error: unknown = await requireHosts(
    hosts.map((host) => ({ ...host, shell: shell(found) })),
    { arms: [levels] },
  ).catch((reason: unknown) => reason);
  return error instanceof UserError
    ? error.problems.map(({ where = '', message }) =>
        where === '' ? message : `${where}: ${message}`,
      )
    : [];
}

describe('a host', () => {
  it('may bear what is asked for', async () => {
    expect(await problemsOf(arm())).toEqual([]);
  });

  it('lacks everything at once that is missing', async () => {
    const problems = await problemsOf(
      arm({ memory: 2 ** 50, network: 'bridge:vgnone0', pin: '9999' }),
      false,
    );
    const topics = ['qemu-system-x86_64', 'memory for all guests', 'bridge called vgnone0', 'pin:'];
    for (const topic of topics) {
      expect(problems.filter((problem) => problem.includes(topic))).toHaveLength(1);
    }
  });
});

describe('a host elsewhere', () => {
  const remote = (changes = {}) => ({
    ...thisMachine('/nonexistent', 'h1'),
    entry: {
      ...{ name: 'h1', address: '10.0.0.1', runtime: '/tmp', storages: {} },
      ssh: { address: '10.0.0.1', port: 22, user: 'root', knownHosts: ['/nonexistent'] },
    },
    ...changes,
  });

  it('is named with what it lacks', async () => {
    const problems = await problemsOf(arm({ memory: 2 ** 50 }), true, [remote({ bridge: 'lo' })]);
    expect(problems.find((problem) => problem.includes('memory'))).toMatch(/^h1: /);
  });

  it('needs a bridge and addresses for its guests', async () => {
    expect(await problemsOf(arm(), true, [remote()])).toEqual([
      expect.stringMatching(/^h1: network: expected a bridge for guests/),
    ]);
    expect(await problemsOf(arm(), true, [remote({ bridge: 'vgnone0' })])).toContainEqual(
      expect.stringMatching(/^h1: network: expected addresses for guests/),
    );
    expect(await problemsOf(arm({ network: 'user' }), true, [remote({ bridge: 'lo' })])).toEqual([
      expect.stringMatching(/^h1: network: expected a bridge for guests/),
    ]);
  });

  it('that is this machine under two names lacks things once', async () => {
    const names = ['a', 'b'].map((name) => thisMachine('/nonexistent', name));
    expect(await problemsOf(arm({ pin: '9999' }), true, names)).toHaveLength(1);
  });
});

describe('memory', () => {
  const meminfo = 'MemTotal: 1048576 kB\nHugePages_Free: 100\nHugepagesize: 2048 kB\n';

  it.each([
    [[arm({ guests: 4, memory: 256 * MiB })], []],
    [[arm({ guests: 4, memory: 257 * MiB })], [/1.0 GiB; the machine has 1.0 GiB/]],
    [[arm({ hugepages: true, memory: 200 * MiB })], []],
    [[arm({ hugepages: true, memory: 202 * MiB })], [/expected 202 MiB .* found 200 MiB/]],
    [
      [arm({ guests: 2, memory: 900 * MiB }), arm({ hugepages: true, memory: 1024 * MiB })],
      [/1.8 GiB/, /huge/],
    ],
  ])('is counted for the largest trial, huge pages apart', (arms, expected) => {
    const problems = missingMemory(arms, meminfo);
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) {
      expect(problems[index]?.message).toMatch(pattern);
    }
  });

  it('is counted for the guests of one machine where they are spread over several', () => {
    const spread = arm({ guests: 3, hosts: 2, memory: 500 * MiB });
    expect(missingMemory([spread], meminfo)).toEqual([]);
    expect(missingMemory([spread], meminfo, 2)).toHaveLength(1);
  });

  it('says how many huge pages would do', () => {
    const [problem] = missingMemory([arm({ hugepages: true, memory: 301 * MiB })], meminfo);
    expect(problem?.remedy).toContain('vm.nr_hugepages=151');
  });
});

describe('CPUs', () => {
  const cpuinfo = 'processor\t: 0\n\nprocessor\t: 1\n';
  const complaints = (...pins: string[]) =>
    missingCpus(
      pins.map((pin) => ({ pin })),
      cpuinfo,
    ).map(({ message }) => message);

  it('must be there', () => {
    expect(complaints('none', '0-1', '1')).toEqual([]);
    expect(complaints('0-2', '2,7')).toEqual(['pin: expected CPUs below 2, got 2, 7']);
  });

  it('are not pinned by a range that is none', () => {
    expect(complaints('1-0')).toEqual([
      'pin: expected ranges from a lower to a higher CPU, got 1-0',
    ]);
  });
});
