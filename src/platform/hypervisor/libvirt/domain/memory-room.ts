import type { GuestSpec } from '../../hypervisor.ts';
import { element, type Element } from './xml.ts';

/** Modules of memory that a guest can get. */
const slots = 16;
const mebibyte = 2 ** 20;

/** Mebibytes that a guest may get beside what it starts with; whole huge pages. */
function more({ memory, maximum }: GuestSpec): number {
  if (maximum === undefined) return 0;
  return Math.ceil(Math.max(0, maximum.memory - memory) / mebibyte / 2) * 2;
}

/** Both ways by which memory comes may bring all that is allowed: one of them is used. */
export function maxMemory(spec: GuestSpec): Element | undefined {
  if (more(spec) === 0) return undefined;
  const size = Math.ceil(spec.memory / mebibyte) + 2 * more(spec);
  return element('maxMemory', { slots, unit: 'MiB' }, String(size));
}

/** Memory that comes must belong to a node. */
export function numaNode(spec: GuestSpec): Element | undefined {
  const { vcpus, memory, maximum } = spec;
  if (maximum === undefined || more(spec) === 0) return undefined;
  const cpus = `0-${Math.max(vcpus, maximum.vcpus) - 1}`;
  const size = Math.ceil(memory / mebibyte);
  return element('numa', {}, [element('cell', { id: 0, cpus, memory: size, unit: 'MiB' })]);
}

/** The device whose size is asked for. */
export function memoryRoom(spec: GuestSpec): Element | undefined {
  if (more(spec) === 0) return undefined;
  return element('memory', { model: 'virtio-mem' }, [
    element('target', {}, [
      element('size', { unit: 'MiB' }, String(more(spec))),
      element('node', {}, '0'),
      element('block', { unit: 'MiB' }, '2'),
      element('requested', { unit: 'MiB' }, '0'),
    ]),
  ]);
}

/** @param bytes of the module */
export function memoryModule(bytes: number): Element {
  return element('memory', { model: 'dimm' }, [
    element('target', {}, [
      element('size', { unit: 'KiB' }, String(Math.ceil(bytes / 1024))),
      element('node', {}, '0'),
    ]),
  ]);
}
