import type { HtoolsInstance } from '../formats/htools.ts';
import { allocate, failModes, type FailMode } from './allocate.ts';
import { ganetiInstance, type GanetiState } from './state.ts';
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

/** The largest smaller size, by hspace's ways to shrink, of which one fits. */
function nextSize(state: GanetiState, sums: Sums, size: Spec): Spec | undefined {
  const attempt = (spec: Spec) => allocate(state, asInstance(spec, 'attempt'), sums);
  let last = size;
  for (let next: Spec | undefined = size; next !== undefined;) {
    last = next;
    const { nodes, failures } = attempt(next);
    if (nodes !== undefined) return next;
    next = shrunk(next, mostCommon(failures));
  }
  for (const mode of [...failModes].reverse()) {
    for (let next = shrunk(last, mode); next !== undefined; next = shrunk(next, mode)) {
      const { nodes, failures } = attempt(next);
      if (nodes !== undefined) return next;
      if (failures[mode] === 0) break;
    }
  }
  return undefined;
}

/** One unit less of what was lacking; undefined where that cannot be. Units as in ganeti. */
function shrunk(spec: Spec, mode: FailMode): Spec | undefined {
  const less = (key: 'memory' | 'disk' | 'vcpus', unit: number) => {
    const value = spec[key] - unit;
    return value < unit ? undefined : { ...spec, [key]: value };
  };
  if (mode === 'memory') return less('memory', 64);
  if (mode === 'disk') return less('disk', 256);
  return mode === 'cpu' ? less('vcpus', 1) : undefined;
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
