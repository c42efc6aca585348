import { describe, expect, it } from 'vitest';
import { describeMachine, localMachine } from './environment.ts';
import { machineSchema } from './schema.ts';

const xeon = `processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model name\t: Intel(R) Xeon(R) Processor  @ 2.60GHz

processor\t: 1
model name\t: Intel(R) Xeon(R) Processor  @ 2.60GHz
`;
const arm = `processor\t: 0
BogoMIPS\t: 50.00
CPU implementer\t: 0x41
CPU part\t: 0xd0c
`;
const meminfo = 'MemTotal:       24684096 kB\nMemFree:         1000000 kB\n';
const debian = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n`;

const described = (texts: Partial<Parameters<typeof describeMachine>[0]>) =>
  describeMachine({ cpuinfo: '', meminfo: '', osRelease: '', kernel: '', ...texts });

describe('describeMachine', () => {
  it('reads the texts of a machine', () => {
    const texts = { cpuinfo: xeon, meminfo, osRelease: debian, kernel: '6.1.0-56-amd64\n' };
    expect(describeMachine(texts)).toEqual({
      cpu: 'Intel(R) Xeon(R) Processor @ 2.60GHz',
      cpus: 2,
      memory: 24684096 * 1024,
      distribution: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-56-amd64',
    });
  });

  it('names an ARM core by its numbers', () => {
    expect(described({ cpuinfo: arm })).toMatchObject({
      cpu: 'implementer 0x41, part 0xd0c',
      cpus: 1,
    });
  });

  it.each([
    ["PRETTY_NAME='Alpine Linux v3.20'", 'Alpine Linux v3.20'],
    ['NAME=Gentoo\nVERSION_ID=2.15', 'Gentoo 2.15'],
    ['NAME="Arch Linux"', 'Arch Linux'],
    ['', 'unknown'],
  ])('reads a distribution from %j', (osRelease, distribution) => {
    expect(described({ osRelease })).toMatchObject({ distribution });
  });

  it('fits the schema even where nothing is known', () => {
    expect(machineSchema.parse(described({}))).toMatchObject({ cpu: 'unknown' });
  });
});

describe('localMachine', () => {
  it('finds this machine', () => {
    const machine = machineSchema.parse(localMachine());
    expect(machine.cpus).toBeGreaterThan(0);
    expect(machine.memory).toBeGreaterThan(2 ** 20);
    expect(machine.kernel).not.toBe('');
  });
});
