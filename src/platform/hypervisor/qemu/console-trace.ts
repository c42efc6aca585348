/** QEMU's trace event for a register write of the serial port (`serial_ioport_write` before 5.2). */
export const consoleTraceEvent = 'serial_*write';

/** Its time stamp, QEMU's own, comes with the process before 10.1, from then on as in its messages. */
const write =
  /^(?:\d+@(\d+\.\d+):|(\d{4}-\S+?)(\.\d+)Z (?:\S+: )?)serial_(?:ioport_)?write write addr 0x([0-9a-f]+) val 0x([0-9a-f]+)/gm;

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
  for (const [, time, date, fraction, register, value] of trace.matchAll(write)) {
    const address = parseInt(register ?? '', 16);
    if (address === lineControlRegister) latched = (parseInt(value ?? '', 16) & divisorLatch) !== 0;
    if (address !== dataRegister || latched) continue;
    return date === undefined ? Number(time) : Date.parse(`${date}Z`) / 1000 + Number(fraction);
  }
  return undefined;
}
