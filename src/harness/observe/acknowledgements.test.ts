import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { Acknowledgements } from './acknowledgements.ts';

it('knows the highest number of each witness, whatever the order, and nothing else that arrives', async () => {
  const heard = await Acknowledgements.listen();
  const sender = createSocket('udp4');
  const send = async (text: string) => {
    sender.send(text, heard.port, '127.0.0.1');
    await new Promise((resolve) => setImmediate(resolve));
  };
  try {
    expect(heard.highest('00ff00ff00ff00ff')).toBe(0);
    for (const text of [
      'VG1 ack 3 00ff00ff00ff00ff 12',
      'VG1 ack 9 1111111111111111 13',
      'VG1 ack 7 00ff00ff00ff00ff 14',
      'VG1 ack 5 00ff00ff00ff00ff 15',
      'VG1 ack 99 00ff00ff00ff00ff',
      'VG1 ack -4 00ff00ff00ff00ff 16',
      'something else',
      'VG1 ack 8 2222222222222222 17',
    ])
      await send(text);
    // Datagrams to this machine itself keep their order: when the last is there, all are.
    while (heard.highest('2222222222222222') === 0) await new Promise((r) => setTimeout(r, 5));
    expect(heard.highest('00ff00ff00ff00ff')).toBe(7);
    expect(heard.highest('1111111111111111')).toBe(9);
  } finally {
    heard.close();
    sender.close();
    await once(sender, 'close');
  }
});
