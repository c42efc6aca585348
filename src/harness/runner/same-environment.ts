import { UserError } from '../../base/errors.ts';
import type { Accelerator, Environment, HostFacts, StorageFacts } from '../results/schema.ts';

/**
 * Where a run may go on. `same`: on the hosts where it began. `alike`: also on others, if they do not
 * differ in what decides results. `any`: wherever asked.
 */
export type ResumeRule = 'same' | 'alike' | 'any';

/** Two machines of a kind report a little more or less memory: firmware keeps some. */
const memoryTolerance = 0.02;

interface Difference {
  what: string;
  was: unknown;
  is: unknown;
}

/**
 * Makes sure that a run goes on in the environment in which it began: what differs belongs in another
 * run.
 * @param folder of the run, for messages
 * @returns `now` with the hosts of `before`, and with what is different, in sentences
 * @throws UserError with every difference that the rule forbids
 */
export function sameEnvironment(
  before: Environment,
  now: Environment,
  rule: ResumeRule,
  folder: string,
): Environment {
  const names = { was: Object.keys(before.hosts ?? {}), is: Object.keys(now.hosts ?? {}) };
  // Once hosts have changed, those of all earlier sets are known.
  const moved =
    before.resumed === undefined
      ? names.is.join() !== names.was.join()
      : names.is.some((name) => !names.was.includes(name));
  const [was, is] = [names.was, names.is].map((all) => all.join(', ') || 'none');
  const gone = moved && (rule === 'same' || (names.was.length === 0) !== (names.is.length === 0));
  const differences = [
    ...(gone ? [{ what: 'hosts', was, is }] : []),
    ...ownDifferences(before, now, rule),
    ...storageDifferences(before, now),
    ...hostDifferences(before.hosts ?? {}, now.hosts ?? {}, rule),
  ];
  if (differences.length > 0 && rule !== 'any') {
    throw new UserError({
      where: folder,
      message: `expected to resume where the run began: ${texts(differences)}`,
      remedy:
        'Start a new run: results of two environments are not mixed, unless you ask for it (--other-hosts).',
    });
  }
  const [first, then] = [before.virtgauge, now.virtgauge];
  const resumed = [
    ...(before.resumed ?? []),
    ...(first === then ? [] : [`The run was resumed by virtgauge ${then}; before by ${first}.`]),
    ...(moved ? [`The run was resumed on other hosts: ${is}; before on ${was}.`] : []),
    ...(differences.length > 0
      ? [`The run was resumed where the environment differs: ${texts(differences)}.`]
      : []),
  ];
  const hosts = { ...before.hosts, ...now.hosts };
  return {
    ...now,
    ...(Object.keys(hosts).length > 0 && { hosts }),
    ...(resumed.length > 0 && { resumed: [...new Set(resumed)] }),
  };
}

/** What differs between the environments of two parts of a run, in words; empty where nothing does. */
export function environmentDifferences(one: Environment, other: Environment): string {
  return texts([
    ...ownDifferences(one, other, 'alike'),
    ...storageDifferences(one, other),
    ...hostDifferences(one.hosts ?? {}, other.hosts ?? {}, 'alike'),
  ]);
}

function ownDifferences(before: Environment, now: Environment, rule: ResumeRule): Difference[] {
  const facts = ({ machine, versions, accelerator, accelerators = {} }: Environment) => ({
    ...machine,
    ...versions,
    accelerator: accelerator && nameOf(accelerator),
    ...Object.fromEntries(
      Object.entries(accelerators).map(([levels, one]) => [
        `accelerator of ${levels}`,
        nameOf(one),
      ]),
    ),
  });
  return compare(facts(before), facts(now), rule);
}

/** `kvm inside tcg` is another one than `kvm`. */
function nameOf({ name, inside }: Accelerator): string {
  return inside === undefined ? name : `${name} inside ${inside}`;
}

/** Not by device: its number may be another one after each boot. */
function storageDifferences(before: Environment, now: Environment): Difference[] {
  const names = Object.keys(now.storages).filter((name) => name in before.storages);
  return names.flatMap((name) => {
    const [was, is] = [before, now].map(({ storages }) => storageFactsOf(storages[name]));
    return compare(was ?? {}, is ?? {}, 'same').map((difference) => ({
      ...difference,
      what: `${difference.what} of storage ${name}`,
    }));
  });
}

function storageFactsOf(facts: StorageFacts | undefined): Record<string, unknown> {
  if (facts === undefined) return {};
  const { kind, label, filesystem, reflink, directIo } = facts;
  return { kind, label, filesystem, reflink, 'direct I/O': directIo };
}

/** Each host with itself or, where it is new, with the one that had its place. */
function hostDifferences(
  before: Readonly<Record<string, HostFacts>>,
  now: Readonly<Record<string, HostFacts>>,
  rule: ResumeRule,
): Difference[] {
  const places = Object.values(before);
  return Object.entries(now).flatMap(([name, facts], place) => {
    const counterpart = before[name] ?? (rule === 'same' ? undefined : places[place]);
    if (counterpart === undefined) return [];
    return compare(factsOf(counterpart), factsOf(facts), rule).map((difference) => ({
      ...difference,
      what: `${difference.what} of ${name}`,
    }));
  });
}

function factsOf({ cpu, cpus, memory, kernel, versions }: HostFacts): Record<string, unknown> {
  return { cpu, cpus, memory, kernel, ...versions };
}

function compare(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  rule: ResumeRule,
): Difference[] {
  return Object.keys({ ...before, ...now }).flatMap((what) => {
    const [was, is] = [before[what], now[what]];
    const near = what === 'memory' && rule !== 'same' && isNear(Number(was), Number(is));
    return was === is || near ? [] : [{ what, was, is }];
  });
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= memoryTolerance * Math.max(a, b);
}

function texts(differences: readonly Difference[]): string {
  const name = (value: unknown) =>
    value === undefined ? 'unknown' : `${value as string | number | boolean}`;
  return differences
    .map(({ what, was, is }) => `${what} was ${name(was)}, is ${name(is)}`)
    .join('; ');
}
