import type { HtoolsInstance } from '../formats/htools.ts';
import { allocate } from './allocate.ts';
import { failModes, type FailMode } from './fail-mode.ts';
import { ganetiInstance, type GanetiInstance, type GanetiState } from './state.ts';
import { Sums } from './sums.ts';

/** What is asked for again and again. Sizes in MiB. */
export interface Spec {
  readonly memory: number;
  readonly disk: number;
  readonly vcpus: number;
  readonly spindles: number;
  readonly diskTemplate: HtoolsInstance['diskTemplate'];
}

export interface AllocatedInstance extends Spec {
  readonly name: string;
  readonly primary: number;
  readonly secondary: number;
}

export interface Allocated {
  readonly instances: readonly AllocatedInstance[];
  /** Why the last one that was tried found no place; undefined: the limit came first. */
  readonly stopped: FailMode | undefined;
}

/** Adds instances of one size until none fits or there are so many (`hspace`'s standard allocation). */
export function allocateMany(state: GanetiState, spec: Spec, limit = Infinity): Allocated {
  return fill(state, new Sums(state), spec, limit, []);
}

/**
 * Adds instances of one size until none fits, then goes on with a smaller size (`hspace`'s tiered
 * allocation): less of what was lacking most often, a unit at a time, and where that leads to nothing
 * less of one resource alone.
 */
export function allocateTiered(state: GanetiState, spec: Spec, limit = Infinity): Allocated {
  const sums = new Sums(state);
  const instances: AllocatedInstance[] = [];
  let size: Spec = spec;
  for (;;) {
    const { stopped } = fill(state, sums, size, limit - instances.length, instances);
    if (stopped === undefined) return { instances, stopped };
    const smaller = nextSize(state, sums, size);
    if (smaller === undefined) return { instances, stopped };
    size = smaller;
  }
}

function fill(
  state: GanetiState,
  sums: Sums,
  spec: Spec,
  limit: number,
  instances: AllocatedInstance[],
): Allocated {
  for (let count = 0; ; count++) {
    if (count >= limit) return { instances, stopped: undefined };
    const name = `new-${instances.length}`;
    const instance = asInstance(spec, name);
    const { nodes, failures } = allocate(state, instance, sums);
    if (nodes === undefined) return { instances, stopped: mostCommon(failures) };
    state.add(instance, nodes.primary, nodes.secondary);
    sums.update(nodes.primary);
    if (nodes.secondary >= 0) sums.update(nodes.secondary);
    instances.push({ ...spec, name, ...nodes });
  }
}

/**
 * The largest smaller size, by hspace's ways to shrink, of which one fits. There may be thousands of
 * sizes on the way: one instance is made and shrinks.
 */
function nextSize(state: GanetiState, sums: Sums, size: Spec): Spec | undefined {
  const first = probeOf(size);
  const mostDisk = state.freeDisk.reduce((most, free) => Math.max(most, free), 0);
  for (;;) {
    const { nodes, failures } = allocate(state, first, sums);
    if (nodes !== undefined) return { ...size, ...sizeOf(first) };
    if (!shrink(first, mostCommon(failures), mostDisk)) break;
  }
  for (const mode of [...failModes].reverse()) {
    const probe = probeOf({ ...size, ...sizeOf(first) });
    while (shrink(probe, mode, mostDisk)) {
      const { nodes, failures } = allocate(state, probe, sums);
      if (nodes !== undefined) return { ...size, ...sizeOf(probe) };
      if (failures[mode] === 0) break;
    }
  }
  return undefined;
}

/** An instance that shrinks. */
type Probe = { -readonly [key in keyof GanetiInstance]: GanetiInstance[key] };

function probeOf(size: Spec): Probe {
  return asInstance(size, 'probe');
}

function sizeOf({ memory, disk, vcpus }: Probe): Pick<Spec, 'memory' | 'disk' | 'vcpus'> {
  return { memory, disk, vcpus };
}

/**
 * Takes off one unit (as large as in ganeti) of what was lacking; false where that cannot be.
 * @param mostDisk free on any node
 */
function shrink(probe: Probe, mode: FailMode, mostDisk: number): boolean {
  if (mode === 'memory') {
    if (probe.memory < 128) return false;
    probe.memory -= 64;
    // What a secondary keeps for it is its memory.
    if (probe.mobility === 'two') probe.kept = probe.memory;
    return true;
  }
  if (mode === 'disk') {
    if (probe.disk < 512) return false;
    // As long as no node has so much disk, a smaller one is refused for the same reasons.
    const steps = Math.floor((probe.disk - Math.max(mostDisk, 511)) / 256);
    probe.disk -= 256 * Math.max(1, steps);
    return true;
  }
  if (mode !== 'cpu' || probe.vcpus < 2) return false;
  probe.vcpus--;
  return true;
}

function mostCommon(failures: Readonly<Record<FailMode, number>>): FailMode {
  return failModes.reduce((most, mode) => (failures[mode] >= failures[most] ? mode : most));
}

function asInstance({ memory, disk, vcpus, spindles, diskTemplate }: Spec, name: string) {
  return ganetiInstance(
    {
      ...{ name, memory, disk, vcpus, diskTemplate, spindleUse: spindles, spindles: undefined },
      ...{ status: 'running', autoBalance: true, tags: [], forthcoming: false },
    },
    [],
  );
}
