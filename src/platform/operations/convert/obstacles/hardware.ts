import { UserError } from '../../../../base/errors.ts';
import { formatBytes } from '../../../../base/units.ts';
import { guestMemory } from '../native-switch/guest.ts';
import { allMethods, switchMethods, type Look, type Obstacle } from './obstacle.ts';

/** Clock, cards, processor and memory, of the source as its own host and of the target. */
export const lookAtHardware: Look = (source, target) => {
  const { host, processor, memory, hardwareClock, otherHardware } = source;
  const found: Obstacle[] = [];
  const refuse = (name: string, message: string, remedy: string, methods = switchMethods) =>
    found.push({ methods, kind: 'refused', name, message, remedy });
  if (hardwareClock === 'local') {
    found.push({
      ...{ methods: allMethods, kind: 'note', name: 'local-clock' },
      message:
        'its hardware clock counts local time, that of a guest UTC: its time is off until the network sets it',
      remedy: 'Let it count UTC: timedatectl set-local-rtc 0.',
    });
  }
  if (otherHardware.length > 0) {
    const names = otherHardware.map(({ name, driver }) => `${name} (${driver})`);
    found.push({
      ...{ methods: allMethods, kind: 'note', name: 'other-hardware' },
      message: `a guest has none of ${names.join(', ')}: what needs it fails there`,
      remedy:
        'Take away what needs it before the conversion, or give the guest the device afterwards.',
    });
  }
  if (processor.virtualization === undefined) {
    refuse(
      'no-virtualization',
      `the processor (${processor.model}) shows neither vmx nor svm: its guest would be emulated`,
      'Switch virtualization on in the firmware, or use warm.',
    );
  }
  const room = memoryAsGuest(memory.total, host);
  if (memory.used > room) {
    refuse(
      'memory-full',
      `${formatBytes(memory.used)} of memory are in use, as its own guest the machine has ${formatBytes(room)}`,
      'Stop what is not needed, or use warm.',
    );
  }
  if (target === undefined) return found;
  if (target.memory.total < memory.total) {
    found.push({
      methods: allMethods,
      kind: 'refused',
      name: 'target-memory',
      message: `the machine has ${formatBytes(memory.total)} of memory, ${target.host} ${formatBytes(target.memory.total)}`,
      remedy: 'Name a larger target.',
    });
  }
  if (target.processor.vendor !== processor.vendor) {
    refuse(
      'other-vendor',
      `the processors are of ${processor.vendor} and ${target.processor.vendor}: a running guest does not move between them`,
      'Name a target with a processor of the same vendor, or use warm or offline.',
    );
  } else if (target.processor.model !== processor.model) {
    refuse(
      'other-processor',
      `the processors are ${processor.model} and ${target.processor.model}: a guest with all that the one can do does not move to the other`,
      'Name a CPU model of QEMU that both have (--cpu), a target with the same processor, or use warm or offline.',
    );
  }
  // The other way round than it sounds: a guest that has no accelerator there cannot go on there.
  const emulated = !target.processor.kvm && target.processor.virtualization === undefined;
  if (emulated && processor.virtualization !== undefined) {
    refuse(
      'target-emulated',
      `${target.host} has no KVM: a guest that ran on the processor does not go on under emulation`,
      'Name a target with KVM, or use warm or offline.',
    );
  }
  return found;
};

/** Bytes that a VMM on the machine leaves it; 0 where that is too little. */
export function memoryAsGuest(memory: number, host: string): number {
  try {
    return guestMemory(memory, host);
  } catch (error) {
    if (error instanceof UserError) return 0;
    throw error;
  }
}
