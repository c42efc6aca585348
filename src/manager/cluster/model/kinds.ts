import type { GuestDescription, HostDescription } from './description.ts';
import type { Constraint } from './place.ts';

/** What makes hosts alike but for how full they are. */
export interface HostKind {
  readonly group: string;
  readonly storages: ReadonlySet<string>;
  readonly accelerators: ReadonlySet<string>;
  readonly cpuModels: ReadonlySet<string>;
  readonly hypervisor: string;
}

/** What a guest asks of a host but for room. */
export type Requirement = Pick<
  GuestDescription,
  'storages' | 'accelerator' | 'cpuModel' | 'hypervisor'
>;

/** Kinds of hosts and requirements of guests by number, so that whether they match is looked up once. */
export class Kinds {
  readonly kinds: HostKind[] = [];
  readonly requirements: Requirement[] = [];
  private readonly kindNumbers = new Map<string, number>();
  private readonly requirementNumbers = new Map<string, number>();
  /** requirement → kind → what does not match. */
  private readonly known: (Constraint | 'fits' | undefined)[][] = [];

  kindOf(host: HostDescription): number {
    const kind = {
      group: host.group ?? '',
      storages: sorted(host.storages),
      accelerators: sorted(host.accelerators ?? ['kvm']),
      cpuModels: sorted(host.cpuModels),
      hypervisor: host.hypervisor ?? '',
    };
    return numbered(this.kindNumbers, JSON.stringify(kind), () => {
      this.kinds.push({
        group: kind.group,
        storages: new Set(kind.storages),
        accelerators: new Set(kind.accelerators),
        cpuModels: new Set(kind.cpuModels),
        hypervisor: kind.hypervisor,
      });
    });
  }

  requirementOf({ storages, accelerator, cpuModel, hypervisor }: GuestDescription): number {
    const words = [accelerator ?? '', cpuModel ?? '', hypervisor ?? ''];
    const key = JSON.stringify([sorted(storages), ...words]);
    return numbered(this.requirementNumbers, key, () => {
      this.known.push([]);
      this.requirements.push({
        storages: sorted(storages),
        ...(accelerator === undefined ? {} : { accelerator }),
        ...(cpuModel === undefined ? {} : { cpuModel }),
        ...(hypervisor === undefined ? {} : { hypervisor }),
      });
    });
  }

  /** What keeps hosts of this kind from meeting the requirement; undefined: nothing. */
  mismatch(requirement: number, kind: number): Constraint | undefined {
    const row = this.known[requirement] ?? [];
    const found = (row[kind] ??= this.compare(requirement, kind) ?? 'fits');
    return found === 'fits' ? undefined : found;
  }

  private compare(requirement: number, kind: number): Constraint | undefined {
    const asked = this.requirements[requirement];
    const host = this.kinds[kind];
    if (asked === undefined || host === undefined) throw new RangeError('no such kind');
    if (asked.storages?.some((name) => !host.storages.has(name)) === true) return 'storage';
    if (asked.hypervisor !== undefined && asked.hypervisor !== host.hypervisor) {
      return 'hypervisor';
    }
    if (asked.accelerator !== undefined && !host.accelerators.has(asked.accelerator)) {
      return 'accelerator';
    }
    if (asked.cpuModel !== undefined && !host.cpuModels.has(asked.cpuModel)) return 'CPU model';
    return undefined;
  }
}

function sorted<T extends string>(names: readonly T[] | undefined): T[] {
  return [...new Set(names ?? [])].sort();
}

function numbered(numbers: Map<string, number>, key: string, add: () => void): number {
  const existing = numbers.get(key);
  if (existing !== undefined) return existing;
  const number = numbers.size;
  numbers.set(key, number);
  add();
  return number;
}
