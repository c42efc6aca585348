import { UserError } from '../../../base/errors.ts';
import { machineKinds, type MachineKind } from './image/kinds.ts';

/** More than one machine here could bear under emulation. */
export const mostMachines = 16;

/**
 * Reads what `--machines` asks for: `kvm:2`, `kvm:1,xen:1`.
 * @returns a kind for each host, in the order written
 * @throws UserError if it asks for nothing that there is
 */
export function parseMachines(text: string): MachineKind[] {
  const kinds = text.split(',').flatMap((part) => {
    const [, name = '', count = '1'] = /^\s*([a-z]+)(?::(\d{1,4}))?\s*$/.exec(part) ?? [];
    const kind = machineKinds.find((each) => each === name);
    if (kind === undefined || Number(count) === 0) {
      throw new UserError({
        message: `--machines: expected kinds with how many of each, such as xen:2 or kvm:1,xen:1, got ${JSON.stringify(text)}`,
        remedy: `Kinds are ${machineKinds.join(', ')}.`,
      });
    }
    return Array.from({ length: Number(count) }, () => kind);
  });
  if (kinds.length <= mostMachines) return kinds;
  throw new UserError({
    message: `--machines: expected at most ${mostMachines} machines, got ${kinds.length}`,
  });
}
