import { UserError } from '../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor/hypervisor.ts';
import { localShell } from '../../remote/local.ts';
import {
  clearBootPath,
  hookBootLoader,
  prepareBootPath,
  type BootPath,
} from './boot-path/boot-path.ts';
import { conversionToken } from './boot-path/ownership.ts';
import type { ConversionMethod } from './conversion.ts';
import type { ConversionRequest } from './request.ts';
import { keepRecord } from './standing/keep-record.ts';
import { readDiskMarks } from './vmm-image/disk-mark.ts';
import { makeVmmAccess, type VmmAccess } from './vmm-image/keys.ts';
import { vmmArguments, type VmmGuest } from './vmm-image/order.ts';
import type { VmmMode } from './vmm-image/vmm.ts';
import { loadVmm, stageVmm, unloadVmm, type StagedVmm } from './vmm/stage.ts';

/** A machine that serves, and has all that it takes to give way to a VMM. */
export interface StagedMachine {
  access: VmmAccess;
  path: BootPath;
  staged: StagedVmm;
}

/** What shall come after it. */
export interface Succession {
  method: ConversionMethod;
  mode: VmmMode;
  /** Whether the VMM has to be entered by kexec: else the boot loader starts it, which takes longer. */
  byKexec: boolean;
  /** What the VMM runs, in mode `switch`. */
  guest?: VmmGuest;
  /** The machine as a guest: on its own hardware, where the method has one there, and on the target. */
  specs: { source?: GuestSpec; target: GuestSpec };
}

/**
 * Brings a VMM to the source while it serves, hooks its boot path, keeps the record, and loads the VMM.
 * @throws UserError if the machine cannot do it; it is as before then
 */
export async function stageMachine(
  request: ConversionRequest,
  { method, mode, byKexec, guest, specs }: Succession,
): Promise<StagedMachine> {
  const { source, facts, image, vmmAddress, work } = request;
  const access = await makeVmmAccess(localShell, work, {
    ...{ name: source.name, address: vmmAddress, gateway: facts.gateway },
    emulated: source.emulated,
  });
  // Refused where another conversion has it, which is to find it as it was.
  const path = await prepareBootPath(source.shell, facts, conversionToken(work));
  try {
    const diskMarks = facts.disks.length > 1 ? await readDiskMarks(source.shell, facts) : [];
    const staged = await stageVmm(localShell, source.shell, {
      ...{ image, mode, facts, work, folder: path.folder },
      order: {
        ...{ identity: access.identity, tombstone: path.tombstoneAt, diskMarks },
        ...(guest && { guest }),
      },
    });
    await hookBootLoader(source.shell, path, vmmArguments(mode, facts));
    keepRecord(request, {
      ...{ method, vmm: access.entry, path, targetGuest: specs.target },
      ...(specs.source && { guest: specs.source }),
    });
    await loadVmm(source.shell, staged, facts).catch((error: unknown) => {
      if (byKexec || !(error instanceof UserError)) throw error;
    });
    return { access, path, staged };
  } catch (error) {
    await clearBootPath(source.shell, path).catch(() => undefined);
    throw error;
  }
}

/** Before the cut-over: the source is as it was before, whatever it serves goes on. */
export async function unstageMachine(
  { source }: Pick<ConversionRequest, 'source'>,
  { path, staged }: Pick<StagedMachine, 'path' | 'staged'>,
): Promise<void> {
  await unloadVmm(source.shell, staged);
  await clearBootPath(source.shell, path);
}
