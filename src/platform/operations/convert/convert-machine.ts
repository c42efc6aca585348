import type { Guest } from '../../hypervisor/hypervisor.ts';
import type { Host } from '../../remote/host.ts';
import type { FrozenDisks } from './check/frozen.ts';
import { bootFolder } from './boot-path/boot-path.ts';
import { conversionToken, expectOwn } from './boot-path/ownership.ts';
import type { ConversionMethod, ConversionResult, OnConversionEvent } from './conversion.ts';
import { applyMends } from './fix-up/apply-mends.ts';
import { undoMends } from './fix-up/kept.ts';
import type { MoveSettings } from './native-switch/move.ts';
import { nativeSwitch } from './native-switch/native-switch.ts';
import { convertOffline } from './offline/offline.ts';
import type { ConversionRequest } from './request.ts';
import { keepingCommit } from './standing/keep-record.ts';
import type { WarmSettings } from './warm/copying.ts';
import { warmSwitch } from './warm/warm-switch.ts';
import { convertWarm } from './warm/warm.ts';

/** With the guest on the target, and what the source runs now, whose shell must be closed. */
export type ConvertedMachine = ConversionResult & {
  guest?: Guest;
  vmm?: Host;
  /** Where a check was asked for, and the method can be checked. */
  frozen?: FrozenDisks;
};

/** What a user may set of the methods; each takes what it knows. */
export interface ConvertSettings extends MoveSettings, WarmSettings {}

type Convert = (
  request: ConversionRequest,
  settings: ConvertSettings,
  signal: AbortSignal,
  onEvent: OnConversionEvent,
) => Promise<ConvertedMachine>;

function converted({
  machine,
  ...result
}: Awaited<ReturnType<typeof nativeSwitch>>): ConvertedMachine {
  return { ...result, ...(machine && { vmm: machine.vmm }) };
}

const methods = {
  offline: (request, _settings, signal, onEvent) => convertOffline(request, signal, onEvent),
  warm: convertWarm,
  'native-switch': async (...rest) => converted(await nativeSwitch(...rest)),
  'warm-switch': async (...rest) => converted(await warmSwitch(...rest)),
} as const satisfies Partial<Record<ConversionMethod, Convert>>;

/** The methods that can be carried out; a new one is a folder and a line above. */
export type RunnableMethod = keyof typeof methods;
export const runnableMethods = Object.keys(methods) as RunnableMethod[];

/**
 * Converts a machine, once it has what a guest needs. What fails before the cut-over leaves it as it
 * was; what fails later leaves it as `survivor` says.
 * @throws UserError if the machine or the target cannot do it; nothing is changed then
 */
export async function convertMachine(
  method: RunnableMethod,
  ...[request, settings, signal, listen]: Parameters<Convert>
): Promise<ConvertedMachine> {
  const { source, work } = request;
  const { grubConfig: config } = request.facts;
  // Before anything is mended: what another conversion has mended is not ours to undo.
  if (config !== undefined) {
    await expectOwn(source.shell, { folder: bootFolder(config), token: conversionToken(work) });
  }
  const onEvent = keepingCommit(work, listen);
  if (request.facts.mends === undefined) {
    return methods[method](request, settings, signal, onEvent);
  }
  onEvent({ at: source.clock.now(), event: 'requested' });
  const facts = await applyMends(source.shell, request.facts);
  onEvent({ at: source.clock.now(), event: 'fixed-up' });
  const result = await methods[method]({ ...request, facts }, settings, signal, (event) => {
    if (event.event !== 'requested') onEvent(event);
  }).catch(async (error: unknown) => {
    // What made it fail is what its user has to hear; `rollback` and the next conversion undo it, too.
    await undoMends(source.shell).catch(() => undefined);
    throw error;
  });
  if (result.state !== 'failed' || result.survivor !== 'source') return result;
  try {
    await undoMends(source.shell);
    return result;
  } catch (error) {
    const left = `what was mended is still as mended: ${(error as Error).message}`;
    return { ...result, reason: `${result.reason}; ${left}` };
  }
}
