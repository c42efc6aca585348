import { expect, it } from 'vitest';
import { capturedProbe } from './captured.ts';

const [guest, other] = ['10.0.0.9', '10.0.0.8'];
const own = '10.0.0.1';

/** A raw IPv4 packet. */
function packet(at: number, from: [string, number], to: [string, number], text: string) {
  const bytes = (address: string) => address.split('.').map(Number);
  const payload = Buffer.from(text);
  const data = Buffer.alloc(28 + payload.length);
  data[0] = 0x45;
  data[9] = 17;
  data.set([...bytes(from[0]), ...bytes(to[0])], 12);
  data.writeUInt16BE(from[1], 20);
  data.writeUInt16BE(to[1], 22);
  data.writeUInt16BE(8 + payload.length, 24);
  payload.copy(data, 28);
  return { at, data };
}

const said = (sequence: number) => `VG1 ${sequence} 0123456789abcdef 11 22`;
const targets = [
  { host: guest, port: 7 },
  { host: other, port: 7 },
];

it('finds the requests and answers of one probe among others', () => {
  const packets = [
    packet(1, [own, 40_000], [guest, 7], 'VG1 5'),
    packet(1.1, [own, 40_001], [other, 7], 'VG1 5'),
    packet(2, [guest, 7], [own, 40_000], said(5)),
    // Seen again, as on a bridge and on its port.
    packet(2.1, [guest, 7], [own, 40_000], said(5)),
    // Somebody else asks the same service.
    packet(3, [own, 41_000], [guest, 7], 'VG1 6'),
    packet(4, [guest, 7], [own, 41_000], said(6)),
    // From the target, but to the port with which the other one is asked.
    packet(5, [guest, 7], [own, 40_001], said(7)),
    // No answers.
    packet(6, [guest, 7], [own, 40_000], 'VG1 8'),
    packet(7, [guest, 7], [own, 40_000], `${said(9)} 33`),
    { at: 8, data: Buffer.alloc(3) },
  ];
  const found = capturedProbe([{ linkType: 101, packets }], targets, [40_000, 40_001]);
  expect(found.requests).toEqual([new Map([[5, 1]]), new Map([[5, 1.1]])]);
  expect(found.answers).toEqual([
    {
      ...{ sequence: 5, target: 0, at: 2, instance: '0123456789abcdef' },
      ...{ guestMonotonic: 11, guestWall: 22 },
    },
  ]);
});

it('puts captures of several interfaces together', () => {
  const one = [packet(1, [guest, 7], [own, 40_000], said(1))];
  const two = [packet(2, [other, 7], [own, 40_001], said(1))];
  const captures = [one, two].map((packets) => ({ linkType: 101, packets }));
  const { answers } = capturedProbe(captures, targets, [40_000, 40_001]);
  expect(answers.map(({ target, at }) => [target, at])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
