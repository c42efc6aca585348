import type { HostFacts, Run } from '../results/schema.ts';
import { type ArmAccelerator, acceleratorText, usedAccelerators } from './accelerators.ts';
import { levelText } from './arms.ts';
import { bytesText } from './quantity.ts';

/** What stands beside a comparison of hypervisors or accelerators: what else was not the same. */
export interface Setups {
  /** What ran guests: `QEMU, KVM inside TCG`. */
  names: string[];
  /** What differs, with one value for each of them; `–`: not known or none. */
  rows: { what: string; values: string[] }[];
  /** What was the same for all, in words. */
  same: string[];
}

type Machine = Pick<HostFacts, 'cpu' | 'cpus' | 'memory' | 'kernel'>;
type Fact = [what: string, value: string];

const hypervisorNames: Readonly<Record<string, string>> = {
  qemu: 'QEMU',
  libvirt: 'libvirt',
  xen: 'Xen',
};
const absent = '–';

/** Undefined where all guests ran in one way. */
export function setupsOf(run: Run): Setups | undefined {
  const used = usedAccelerators(run);
  if (used.length < 2) return undefined;
  const each = used.map((one) => new Map(factsOf(run, one)));
  const all = [...new Set(each.flatMap((facts) => [...facts.keys()]))].map((what) => ({
    what,
    values: each.map((facts) => facts.get(what) ?? absent),
  }));
  const isSame = ({ values }: { values: string[] }) => new Set(values).size === 1;
  return {
    names: used.map(setupName),
    rows: all.filter((row) => !isSame(row)),
    same: [
      ...all
        .filter(isSame)
        .flatMap(({ what, values: [value = absent] }) =>
          value === absent ? [] : [`${what}: ${value}`],
        ),
      ...commonLevels(run),
    ],
  };
}

/** `QEMU, KVM`; of Xen the accelerator alone says it. */
function setupName(one: ArmAccelerator): string {
  const own = acceleratorText(one);
  return one.hypervisor === 'xen'
    ? own
    : `${hypervisorNames[one.hypervisor] ?? one.hypervisor}, ${own}`;
}

function factsOf({ environment }: Run, one: ArmAccelerator): Fact[] {
  const all = environment.hosts ?? {};
  const names = (one.hosts ?? Object.keys(all)).filter((name) => Object.hasOwn(all, name));
  const hosts = names.map((name) => all[name] as HostFacts);
  // Absent only where all was imported, of which this is not asked.
  const machine = environment.machine === undefined ? [] : [environment.machine];
  const machines: Machine[] = hosts.length > 0 ? hosts : machine;
  const told = (of: (machine: Machine) => string) =>
    [...new Set(machines.map(of))].join(' / ') || absent;
  return [
    [
      'emulated',
      one.inside === undefined ? (one.emulated ? 'yes' : 'no') : 'yes, as the host itself is',
    ],
    ['hosts', names.length === 0 ? 'this machine' : names.join(', ')],
    ['host CPUs', told(({ cpu, cpus }) => `${cpus} × ${cpu}`)],
    ['host memory', told(({ memory }) => bytesText(memory))],
    ['host kernel', told(({ kernel }) => kernel)],
    ['disk', one.disk ?? absent],
    ['network', one.network ?? absent],
    ...Object.entries(one.versions ?? versionsOn(hosts)),
  ];
}

/** Where the record does not tell a hypervisor's own programs: those of its hosts. */
function versionsOn(hosts: readonly HostFacts[]): Record<string, string> {
  const programs = [...new Set(hosts.flatMap(({ versions }) => Object.keys(versions)))];
  return Object.fromEntries(
    programs.map((program) => {
      const versions = hosts.flatMap(({ versions }) => versions[program] ?? []);
      return [program, [...new Set(versions)].join(' / ')];
    }),
  );
}

/** Of the guests, as asked of every hypervisor; what is a factor stands in the arms. */
function commonLevels({ environment, scenario, factors }: Run): string[] {
  const kernel = environment.versions['guest kernel'];
  const { fixed } = scenario;
  const held = typeof fixed === 'object' && fixed !== null ? Object.entries(fixed) : [];
  return [
    ...(kernel === undefined ? [] : [`guest kernel: ${kernel}`]),
    ...held.flatMap(([name, level]: [string, unknown]) => {
      if (!['vcpus', 'memory', 'pin'].includes(name) || name in factors) return [];
      if (typeof level !== 'string' && typeof level !== 'number') return [];
      return [name === 'pin' ? `vCPUs pinned: ${level}` : levelText(name, level)];
    }),
  ];
}
