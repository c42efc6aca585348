import { expect, it } from 'vitest';
import { firstSerialByte } from './console-trace.ts';

const write = (time: string, address: string, value: string) =>
  `4711@${time}:serial_write write addr 0x${address} val 0x${value}\n`;

it('finds the first byte, not the baud rate that is set through the same register', () => {
  const trace = [
    write('1795000000.000001', '01', '00'),
    write('1795000000.000002', '03', '83'),
    write('1795000000.000003', '00', '01'),
    write('1795000000.000004', '01', '00'),
    write('1795000000.000005', '03', '03'),
    write('1795000000.250000', '00', '5b'),
    write('1795000001.000000', '00', '20'),
  ].join('');
  expect(firstSerialByte(trace)).toBe(1_795_000_000.25);
});

it('finds a byte whose kernel never touched the baud rate', () => {
  expect(firstSerialByte(write('12.5', '0', '41'))).toBe(12.5);
});

it.each([
  ['before 5.2', '7@1795000000.25:serial_ioport_write write addr 0x00 val 0x41\n'],
  ['of 10.1', '2026-11-18T12:26:40.250000Z serial_write write addr 0x00 val 0x41\n'],
  ['with a name', '2026-11-18T12:26:40.250000Z vm1: serial_write write addr 0x00 val 0x41\n'],
])('reads lines of QEMU %s', (_, trace) => {
  expect(firstSerialByte(trace)).toBe(
    trace.startsWith('7') ? 1_795_000_000.25 : Date.parse('2026-11-18T12:26:40.250Z') / 1000,
  );
});

it.each([
  ['nothing', ''],
  ['other events', '4711@1.5:serial_read read addr 0x00 val 0x00\n'],
  ['a line that is cut off', '4711@1.5:serial_write write ad'],
  ['an open latch', write('1.0', '03', '80') + write('2.0', '00', '0c')],
])('finds none in %s', (_, trace) => {
  expect(firstSerialByte(trace)).toBeUndefined();
});
