import type { PredictionInput } from './predict/index.ts';
import type { Disk } from './inspect/disks.ts';
import type { Inspection, TargetInspection } from './inspect/index.ts';
import { memoryAsGuest } from './obstacles/index.ts';

/** What a user says instead of what would be measured; bytes a second, seconds. */
export interface Assumptions {
  linkRate?: number | undefined;
  /** Memory that is changed a second. */
  dirtyRate?: number | undefined;
  /** That copying the rest may take at a warm cut-over. */
  budget?: number | undefined;
}

/** Where a number of a prediction comes from. */
export type Basis = 'measured' | 'given' | 'assumed';

/** A number on which a prediction rests. */
export interface Premise {
  name: keyof PredictionInput;
  value: number;
  basis: Basis;
  /** How it was come by, where that is not plain. */
  how?: string;
}

/** What may be thought of a Gigabit network, where nothing else is known. */
const usualLink = 1e9 / 8;
const usualDisk = 200e6;
const usualWrite = 200e6;
/** Bytes of memory that a server changes a second beside what it writes. */
const usualDirtyRate = 4e6;
/** A VMM image with its kernel. */
const vmmImageBytes = 64 * 2 ** 20;

/**
 * All that a prediction needs, each number with where it comes from.
 * @throws Error if no disk has `/`
 */
export function premisesOf(
  source: Inspection,
  target: TargetInspection | undefined,
  given: Assumptions = {},
): Premise[] {
  const { disks } = source;
  if (source.root === undefined) throw new Error('no disk of the machine has /');
  const [size, used, unmapped] = [
    sumOf(disks, (disk) => disk.size),
    sumOf(disks, (disk) => disk.used),
    sumOf(disks, unmappedIn),
  ];
  const { memory, bootTimes, writeRate, carrier } = source;
  const link = linkOf(given.linkRate, target?.linkRate, carrier?.speed);
  const kernel = bootTimes.kernel ?? 5;
  const ownKernel: Premise = {
    name: 'kexec',
    value: kernel,
    ...(bootTimes.kernel === undefined
      ? { basis: 'assumed' }
      : { basis: 'measured', how: "as long as the machine's own kernel took" }),
  };
  const boot: Premise =
    bootTimes.kernel !== undefined && bootTimes.services !== undefined
      ? {
          ...{ name: 'boot', value: kernel + bootTimes.services, basis: 'measured' },
          how: 'as long as its last start took, without firmware',
        }
      : { name: 'boot', value: 30, basis: 'assumed' };
  return [
    { name: 'disk', value: size, basis: 'measured' },
    { name: 'used', value: used, basis: 'measured' },
    { name: 'unmapped', value: unmapped, basis: 'measured' },
    { name: 'link', ...link },
    measuredOr('read', source.readRate, usualDisk),
    measuredOr('write', target?.storage?.rate, usualWrite),
    {
      ...{ name: 'writeRate', value: writeRate.rate, basis: 'measured' },
      how: `over ${writeRate.watched.toFixed(0)} s`,
    },
    { name: 'workingSet', value: used, basis: 'assumed', how: 'all that is used' },
    {
      name: 'memory',
      value: Math.min(memory.used, memoryAsGuest(memory.total, source.host)),
      basis: 'measured',
    },
    given.dirtyRate === undefined
      ? {
          ...{ name: 'dirtyRate', value: writeRate.rate + usualDirtyRate, basis: 'assumed' },
          how: 'what it writes, and 4 MB/s',
        }
      : { name: 'dirtyRate', value: given.dirtyRate, basis: 'given' },
    { name: 'stage', value: 5 + vmmImageBytes / link.value, basis: 'assumed' },
    { name: 'stop', value: 1, basis: 'assumed' },
    ownKernel,
    boot,
    { name: 'switchover', value: 0.2, basis: 'assumed' },
    given.budget === undefined
      ? { name: 'diskBudget', value: 1, basis: 'assumed' }
      : { name: 'diskBudget', value: given.budget, basis: 'given' },
    { name: 'memoryBudget', value: 0.3, basis: 'assumed' },
  ];
}

function sumOf(disks: readonly Disk[], bytesOf: (disk: Disk) => number): number {
  return disks.reduce((sum, disk) => sum + bytesOf(disk), 0);
}

/** What a copy reads of file systems whose maps it does not understand, beside what they hold. */
function unmappedIn({ volumes }: Disk): number {
  return volumes
    .filter(
      ({ content = '', through }) =>
        !isMapped(content) || through.some((each) => each !== 'part' && each !== 'lvm'),
    )
    .reduce((sum, { size, used }) => sum + size - used, 0);
}

/** What `copy/used/` understands. */
function isMapped(content: string): boolean {
  return /^(ext[234]|xfs|swap)$/.test(content);
}

function linkOf(
  given: number | undefined,
  measured: number | undefined,
  card: number | undefined,
): Omit<Premise, 'name'> {
  if (given !== undefined) return { value: given, basis: 'given' };
  if (measured !== undefined) return { value: measured, basis: 'measured', how: 'one stream' };
  if (card === undefined) return { value: usualLink, basis: 'assumed' };
  return { value: card, basis: 'assumed', how: "the card's own rate" };
}

function measuredOr(name: 'read' | 'write', measured: number | undefined, usual: number): Premise {
  return measured === undefined
    ? { name, value: usual, basis: 'assumed' }
    : { name, value: measured, basis: 'measured' };
}

/** The premises as `predict` takes them. */
export function inputOf(premises: readonly Premise[], { tracker }: Inspection): PredictionInput {
  const numbers = Object.fromEntries(premises.map(({ name, value }) => [name, value])) as Record<
    Exclude<keyof PredictionInput, 'tracked'>,
    number
  >;
  return { ...numbers, tracked: tracker.kernel };
}
