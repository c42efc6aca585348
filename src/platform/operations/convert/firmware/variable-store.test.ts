import { expect, it } from 'vitest';
import { bootVariables } from './bring-firmware.ts';
import { withVariables } from './variable-store.ts';

/** The first bytes of Debian's OVMF_VARS_4M.fd (2022.11), and as much room as is asked for. */
function emptyStore(room: number): Buffer {
  const head = Buffer.from(
    '00000000000000000000000000000000' +
      '8d2bf1ff96768b4ca9852747075b4f50' +
      '00400800000000005f465648fffe0400' +
      '4800afb8000000028400000000100000' +
      '0000000000000000782cf3aa7b949a43' +
      'a1802e144ec37792b8ff03005afe0000' +
      '0000000000000000',
    'hex',
  ).subarray(0, 72 + 28);
  head.writeUInt32LE(28 + room, 72 + 16);
  return Buffer.concat([head, Buffer.alloc(room, 0xff), Buffer.alloc(64, 0x11)]);
}

it('puts variables behind each other, at multiples of four', () => {
  const empty = emptyStore(400);
  const filled = withVariables(empty, [
    { name: 'Boot0001', data: Buffer.from('abcdef', 'hex') },
    { name: 'BootOrder', data: Buffer.from('0100', 'hex') },
  ]);
  // Before and behind them all is as it was.
  expect(filled.subarray(0, 100)).toEqual(empty.subarray(0, 100));
  expect(filled.subarray(500)).toEqual(empty.subarray(500));
  const first = filled.subarray(100);
  expect(first.toString('hex', 0, 8)).toBe('aa553f0007000000');
  expect([first.readUInt32LE(36), first.readUInt32LE(40)]).toEqual([18, 3]);
  expect(first.toString('hex', 44, 60)).toBe('61dfe48bca93d211aa0d00e098032b8c');
  expect(first.toString('utf16le', 60, 76)).toBe('Boot0001');
  expect(first.toString('hex', 78, 81)).toBe('abcdef');
  const second = first.subarray(84);
  expect(second.toString('utf16le', 60, 78)).toBe('BootOrder');
  expect(second.toString('hex', 80, 82)).toBe('0100');
  expect(second.subarray(82, 316).every((byte) => byte === 0xff)).toBe(true);
});

it('takes none but an empty store of OVMF, and no more than it has room for', () => {
  const data = Buffer.alloc(100);
  const filled = withVariables(emptyStore(400), [{ name: 'A', data }]);
  expect(() => withVariables(filled, [])).toThrow('some that are set');
  expect(() => withVariables(Buffer.alloc(1000), [])).toThrow('another store');
  expect(() => withVariables(emptyStore(100), [{ name: 'A', data }])).toThrow('room');
});

it('names entries in their order, the lower byte first', () => {
  const entries = [
    { number: '001A', option: 'aa' },
    { number: '0003', option: 'bb' },
  ];
  expect(bootVariables(entries).map(({ name, data }) => [name, data.toString('hex')])).toEqual([
    ['Boot001A', 'aa'],
    ['Boot0003', 'bb'],
    ['BootOrder', '1a000300'],
  ]);
  expect(bootVariables([])).toEqual([]);
});
