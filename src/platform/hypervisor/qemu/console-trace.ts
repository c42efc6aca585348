/** QEMU's trace event for a register write of the serial port; its time stamps are QEMU's own. */
export const consoleTraceEvent = 'serial_write';

const dataRegister = 0;
const lineControlRegister = 3;
const divisorLatch = 0x80;

/**
 * When the guest wrote its first byte to the serial port, in seconds since 1970, from QEMU's trace
 * log; undefined if it has written none. While the divisor latch is open, the data register holds
 * the baud rate (16550 data sheet).
 */
export function firstSerialByte(trace: string): number | undefined {
  let latched = false;
  for (const [, time, register, value] of trace.matchAll(
    /@(\d+\.\d+):serial_write write addr 0x([0-9a-f]+) val 0x([0-9a-f]+)/g,
  )) {
    const address = parseInt(register ?? '', 16);
    if (address === lineControlRegister) latched = (parseInt(value ?? '', 16) & divisorLatch) !== 0;
    if (address === dataRegister && !latched) return Number(time);
  }
  return undefined;
}
