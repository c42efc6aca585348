import type { Analysis } from '../analysis/analysis.ts';
import { acceleratorText, usedAccelerators } from '../analysis/accelerators.ts';
import { factorText } from '../analysis/factor-texts.ts';
import { importedFacts } from '../analysis/imported/texts.ts';
import { bytesText, quantity } from '../analysis/quantity.ts';
import { jobFacts } from './job-facts.ts';
import type { HostFacts, Run, StorageFacts } from '../results/schema.ts';

type Fact = [name: string, value: string];

/** Facts of the machine and the programs, in rows of name and value; what differs between hosts first. */
export function environmentFacts({ run }: Pick<Analysis, 'run'>): Fact[] {
  const { machine, versions, storages, node, virtgauge, hosts = {} } = run.environment;
  const { savedStates } = run.environment;
  return [
    ...importedFacts(run),
    ...differences(hosts),
    ...(machine === undefined
      ? []
      : ([
          ['machine', `${machine.cpus} × ${machine.cpu}, ${bytesText(machine.memory)}`],
          ['system', `${machine.distribution}, kernel ${machine.kernel}`],
        ] as Fact[])),
    ...acceleratorFacts(run),
    ...(savedStates === undefined ? [] : [['saved states', savedStates] as Fact]),
    ...Object.entries(storages).flatMap(([name, storage]) => storageFacts(name, storage)),
    ...Object.entries(hosts).map(([name, host]): Fact => [`host ${name}`, hostText(host)]),
    [
      'programs',
      Object.entries({ virtgauge, node, ...versions })
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['held', heldLevels(run.scenario)],
    ...jobFacts(run.scenario),
    ['seed', run.seed],
  ];
}

/** By hypervisor where there are several. */
function acceleratorFacts(run: Run): Fact[] {
  const used = usedAccelerators(run);
  const several = new Set(used.map(({ hypervisor }) => hypervisor)).size > 1;
  return used.map((one) => [
    several ? `accelerator of ${one.hypervisor}` : 'accelerator',
    `${acceleratorText(one)}${one.emulated ? ' (emulation)' : ''}: ${one.why}`,
  ]);
}

/** What was found of a storage: a row of its own for each fact beyond the common ones. */
function storageFacts(name: string, storage: StorageFacts): Fact[] {
  const { label, filesystem, device, free, directIo, directAlignment, reflink } = storage;
  const alignment =
    directAlignment === undefined ? '' : ` aligned to ${bytesText(directAlignment)}`;
  const common = [
    label,
    filesystem,
    `device ${device}`,
    `${bytesText(free)} free`,
    directIo ? `O_DIRECT${alignment}` : 'no O_DIRECT',
    reflink ? 'reflink' : 'no reflink',
    ...(storage.serverCache === undefined ? [] : [storage.serverCache]),
    ...(storage.standIn === undefined ? [] : [`stand-in: ${storage.standIn}`]),
  ].join(', ');
  return [
    [`storage ${name}`, common],
    ...Object.entries(storage.facts ?? {}).map(([fact, value]): Fact => [
      `${name}: ${fact}`,
      value,
    ]),
  ];
}

/** What hosts that were measured together do not have in common, host by host. */
function differences(hosts: Readonly<Record<string, HostFacts>>): Fact[] {
  const each = Object.entries(hosts).map(([name, host]) => ({ name, facts: comparable(host) }));
  const all = [...new Set(each.flatMap(({ facts }) => [...facts.keys()]))];
  return all.flatMap((fact): Fact[] => {
    const values = new Map<string, string[]>();
    for (const { name, facts } of each) {
      const value = facts.get(fact) ?? 'none';
      values.set(value, [...(values.get(value) ?? []), name]);
    }
    if (values.size < 2) return [];
    const told = [...values].map(([value, names]) => `${value} on ${names.join(', ')}`);
    return [[`differs: ${fact}`, told.join('; ')]];
  });
}

function comparable({ cpu, cpus, memory, kernel, versions, standIn }: HostFacts) {
  return new Map<string, string>([
    ['CPUs', `${cpus} × ${cpu}`],
    ['memory', bytesText(memory)],
    ['kernel', kernel],
    ...Object.entries(versions),
    ['stand-in', standIn ?? 'a machine of its own'],
  ]);
}

function hostText(host: HostFacts): string {
  const { cpu, cpus, memory, kernel, versions, clockUncertainty, standIn, emulated } = host;
  return [
    `${cpus} × ${cpu}`,
    bytesText(memory),
    `kernel ${kernel}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    `its clock known to ±${quantity(clockUncertainty, 's')}`,
    ...(emulated === true ? ['itself emulated'] : []),
    ...(standIn === undefined ? [] : [`stand-in: ${standIn}`]),
  ].join(', ');
}

function heldLevels({ fixed }: Record<string, unknown>): string {
  if (typeof fixed !== 'object' || fixed === null || Object.keys(fixed).length === 0)
    return 'the defaults';
  return Object.entries(fixed)
    .map(([name, level]) => {
      if (name === 'memory' && typeof level === 'number') return `${name} ${bytesText(level)}`;
      const own = typeof level === 'number' ? factorText(name) : undefined;
      if (own !== undefined) return own.text(level as number);
      return `${name} ${typeof level === 'string' ? level : JSON.stringify(level)}`;
    })
    .join(', ');
}
