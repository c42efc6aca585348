import type {
  OnConversionEvent,
  SourceFacts,
} from '../../../platform/operations/convert/conversion.ts';
import {
  convertMachine,
  type ConvertedMachine,
} from '../../../platform/operations/convert/convert-machine.ts';
import { ovmf } from '../../../platform/operations/convert/firmware/ovmf.ts';
import { vmmImage } from '../../../platform/operations/convert/vmm-image/vmm-image.ts';
import { hypervisorNamed } from '../../../platform/hypervisor/index.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { TrialScope } from '../measurement.ts';
import type { P2vOptions } from './options.ts';

/** Converts a machine by the method of the arm; what goes on is told in events. */
export async function convert(
  scope: TrialScope,
  { source, target, facts }: { source: Host; target: Host; facts: SourceFacts },
  onEvent: OnConversionEvent,
): Promise<ConvertedMachine> {
  const { levels, ledger, controller, accelerator } = scope;
  const { timeout, budget, verify } = scope.scenario.measure.p2v as P2vOptions;
  const { conversion, downtimeLimit, bandwidth } = levels;
  return convertMachine(
    conversion,
    {
      ...{ source, facts, ledger, verify, work: `${await scope.folder(controller)}/conversion` },
      target: {
        ...{ host: target, hypervisor: hypervisorNamed(levels.hypervisor), accelerator },
        ...{ directory: convertedDirectory(scope, target), cpu: levels.cpu },
      },
      image: await vmmImage(localShell, controller.cache),
      ...(facts.firmware === 'uefi' && { ovmf: await ovmf(localShell, controller.cache) }),
      vmmAddress: scope.address(),
    },
    {
      downtimeLimit,
      timeout,
      budget,
      bandwidth: bandwidth === 'unlimited' ? undefined : bandwidth,
    },
    AbortSignal.any([scope.signal, AbortSignal.timeout(timeout * 1000)]),
    onEvent,
  );
}

/** Folder of the target with the converted machine. */
export function convertedDirectory(scope: Pick<TrialScope, 'storageFile'>, target: Host): string {
  return scope.storageFile(target, 'converted');
}

/** Ends the guest, and lets go of what the source runs. */
export async function endConverted({ guest, vmm }: ConvertedMachine): Promise<void> {
  await guest?.destroy();
  await vmm?.shell.close();
}
