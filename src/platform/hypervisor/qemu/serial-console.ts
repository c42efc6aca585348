/**
 * The kernel's command line with the words that let it speak on the first serial port of a PC, from
 * its first line on.
 */
export function withSerialConsole(commandLine: string): string {
  return `console=ttyS0 earlycon=uart8250,io,0x3f8 ${commandLine}`;
}
