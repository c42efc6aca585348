import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBandwidthLog } from './bandwidth-log.ts';

it('reads time, bandwidth and direction, of old and new versions of fio', () => {
  const text = '1795223005112, 2048, 0, 0\n1795223005162, 100, 1, 4096, 0, 0\r\n\n5,6,0\n';
  expect(parseBandwidthLog(text)).toEqual([
    { at: 1795223005.112, bandwidth: 2048 * 1024, direction: 'read' },
    { at: 1795223005.162, bandwidth: 100 * 1024, direction: 'write' },
    { at: 0.005, bandwidth: 6144, direction: 'read' },
  ]);
});

it('leaves trims out', () => {
  expect(parseBandwidthLog('50, 9, 2, 0, 0\n')).toEqual([]);
});

it('reads back whatever was logged', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(1))), (lines) => {
      const text = lines.map((line) => `${line.join(', ')}, 0, 0\n`).join('');
      expect(parseBandwidthLog(text)).toEqual(
        lines.map(([time, bandwidth, direction]) => ({
          at: time / 1000,
          bandwidth: bandwidth * 1024,
          direction: direction === 0 ? 'read' : 'write',
        })),
      );
    }),
  );
});

it.each([
  '50, 12',
  '50',
  '50, , 0, 0',
  ', 1, 0',
  '50, 12, 3, 0',
  '-1, 5, 0',
  'fio: no space',
  '1, x, 0',
])('says which line is no entry: %j', (line) => {
  expect(() => parseBandwidthLog(`50, 1, 0, 0\n${line}\n`)).toThrow(
    `line 2 of fio's bandwidth log is no entry: "${line}"`,
  );
});
