import type { Guest } from '../../hypervisor/hypervisor.ts';
import type { Host } from '../../remote/host.ts';
import type { ConversionMethod, ConversionResult, OnConversionEvent } from './conversion.ts';
import type { MoveSettings } from './native-switch/move.ts';
import { nativeSwitch } from './native-switch/native-switch.ts';
import { convertOffline } from './offline/offline.ts';
import type { ConversionRequest } from './request.ts';

/** With the guest on the target, and what the source runs now, whose shell must be closed. */
export type ConvertedMachine = ConversionResult & { guest?: Guest; vmm?: Host };

type Convert = (
  request: ConversionRequest,
  settings: MoveSettings,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
) => Promise<ConvertedMachine>;

const methods = {
  offline: (request, _settings, signal, onEvent) => convertOffline(request, signal, onEvent),
  'native-switch': async (request, settings, signal, onEvent) => {
    const { machine, ...result } = await nativeSwitch(request, settings, signal, onEvent);
    return { ...result, ...(machine && { vmm: machine.vmm }) };
  },
} as const satisfies Partial<Record<ConversionMethod, Convert>>;

/** The methods that can be carried out; a new one is a folder and a line above. */
export type RunnableMethod = keyof typeof methods;
export const runnableMethods = Object.keys(methods) as RunnableMethod[];

/**
 * Converts a machine. What fails before the cut-over leaves it as it was; what fails later leaves it as
 * `survivor` says.
 * @throws UserError if the machine or the target cannot do it; nothing is changed then
 */
export function convertMachine(
  method: RunnableMethod,
  ...rest: Parameters<Convert>
): Promise<ConvertedMachine> {
  return methods[method](...rest);
}
