import { agentWord } from '../../../guest/control/agent-address.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import { withSerialConsole } from '../../qemu/serial-console.ts';

/**
 * A kernel's command line for a guest of Xen, with the words that let it speak on its console, from
 * its first line on, and let its agent listen on the network.
 */
export function xenCommandLine(
  commandLine: string,
  { accelerator, environment }: Pick<GuestSpec, 'accelerator' | 'environment'>,
): string {
  const agent = agentWord(environment);
  // A fully virtualized guest has a serial port.
  if (accelerator === 'xen-hvm') return `${withSerialConsole({ commandLine })} ${agent}`;
  return `console=hvc0 earlyprintk=xen ${commandLine} ${agent}`;
}
