import type {
  ConversionResult,
  OnConversionEvent,
  SourceFacts,
} from '../../../platform/operations/convert/conversion.ts';
import { nativeSwitch } from '../../../platform/operations/convert/native-switch/native-switch.ts';
import { convertOffline } from '../../../platform/operations/convert/offline/offline.ts';
import { vmmImage } from '../../../platform/operations/convert/vmm-image/vmm-image.ts';
import type { Guest } from '../../../platform/hypervisor/hypervisor.ts';
import { hypervisorNamed } from '../../../platform/hypervisor/index.ts';
import { localShell } from '../../../platform/remote/local.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { TrialScope } from '../measurement.ts';
import type { P2vOptions } from './options.ts';

export interface Converted {
  result: ConversionResult;
  /** Ends the guest, and lets go of the VMM. */
  end(): Promise<void>;
}

/** Converts a machine by the method of the arm; what goes on is told in events. */
export async function convert(
  scope: TrialScope,
  { source, target, facts }: { source: Host; target: Host; facts: SourceFacts },
  onEvent: OnConversionEvent,
): Promise<Converted> {
  const { levels, ledger, controller, accelerator } = scope;
  const { timeout } = scope.scenario.measure.p2v as P2vOptions;
  const request = {
    ...{ source, facts, ledger, work: `${await scope.folder(controller)}/conversion` },
    target: {
      ...{ host: target, hypervisor: hypervisorNamed(levels.hypervisor), accelerator },
      ...{ directory: scope.storageFile(target, 'converted'), cpu: levels.cpu },
    },
    image: await vmmImage(localShell, controller.cache),
    vmmAddress: scope.address(),
  };
  const signal = AbortSignal.any([scope.signal, AbortSignal.timeout(timeout * 1000)]);
  switch (levels.conversion) {
    case 'offline': {
      const { vmm, ...result } = await convertOffline(request, signal, onEvent);
      return { result, end: () => end(result.guest, vmm) };
    }
    case 'native-switch': {
      const { downtimeLimit, bandwidth } = levels;
      const { machine, ...result } = await nativeSwitch(
        request,
        { downtimeLimit, timeout, bandwidth: bandwidth === 'unlimited' ? undefined : bandwidth },
        signal,
        onEvent,
      );
      return { result, end: () => end(result.guest, machine?.vmm) };
    }
    default:
      throw new Error(`conversion ${levels.conversion} cannot be measured yet`);
  }
}

async function end(guest: Guest | undefined, vmm: Host | undefined): Promise<void> {
  await guest?.destroy();
  await vmm?.shell.close();
}
