import type { GuestSpec } from '../hypervisor.ts';

/**
 * The kernel's command line with the words that let it speak on the first serial port of a PC, from
 * its first line on; as it is where nothing is to be added.
 */
export function withSerialConsole({
  commandLine,
  complete,
}: Pick<NonNullable<GuestSpec['kernel']>, 'commandLine' | 'complete'>): string {
  return complete ? commandLine : `console=ttyS0 earlycon=uart8250,io,0x3f8 ${commandLine}`;
}
