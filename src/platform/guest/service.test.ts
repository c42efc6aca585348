import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { monotonicClock as clock } from '../../base/clock.ts';
import { firstAnswer, fitClockOffset, ServiceProbe, type ServiceAnswer } from './service.ts';

const instance = '00112233445566ff';

let server: Socket;
let address: { host: string; port: number };
let answer: (sequence: number, reply: (text: string) => void) => void;
beforeEach(async () => {
  server = createSocket('udp4');
  server.on('message', (message: Buffer, { port, address: host }: RemoteInfo) => {
    const sequence = Number(/^VG1 (\d+)$/.exec(message.toString())?.[1]);
    answer(sequence, (text) => server.send(text, port, host));
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  address = { host: '127.0.0.1', port: server.address().port };
});
afterEach(() => server.close());

const good = (sequence: number) => `VG1 ${sequence} ${instance} 2500000000 1795000000500000000`;

/** Asks until so many answers have come. */
async function answers(count: number): Promise<ServiceAnswer[]> {
  const got: ServiceAnswer[] = [];
  const probe = new ServiceProbe(address, clock, (each) => got.push(each));
  while (got.length < count) {
    probe.ask();
    await sleep(1);
  }
  // For what may still come.
  await sleep(10);
  probe.close();
  return got;
}

it('gives each answer once, with its own request’s stamp and the guest’s clocks', async () => {
  answer = (sequence, reply) => {
    reply(good(sequence));
    reply(good(sequence));
  };
  const got = await answers(5);
  const sequences = got.map(({ sequence }) => sequence);
  expect(new Set(sequences).size).toBe(sequences.length);
  for (const each of got) {
    expect(each).toMatchObject({ instance, guestTime: 2.5, guestWallTime: 1_795_000_000.5 });
    expect(each.at).toBeGreaterThanOrEqual(each.sentAt);
  }
});

it('passes over what is no answer to its own requests', async () => {
  answer = (sequence, reply) => {
    for (const text of [
      '',
      'VG1',
      `VG2 ${sequence} ${instance} 1 1`,
      `VG1 ${sequence}`,
      `VG1 ${sequence} ${instance} 1`,
      `VG1 ${sequence} ${instance.toUpperCase()} 1 1`,
      `VG1 ${sequence} ${instance} -1 1`,
      `VG1 ${sequence} ${instance} 1 1 more`,
      `VG1 18446744073709551615 ${instance} 1 1`,
      `VG1 ${sequence + 100_000} ${instance} 1 1`,
      'x'.repeat(1400),
    ]) {
      reply(text);
    }
    reply(`${good(sequence)}\n`);
  };
  for (const each of await answers(3)) expect(each.guestTime).toBe(2.5);
});

it('takes the first answer, after requests that are lost', async () => {
  answer = (sequence, reply) => {
    if (sequence >= 4) reply(good(sequence));
  };
  const { sequence } = await firstAnswer(address, clock, new AbortController().signal);
  expect(sequence).toBeGreaterThanOrEqual(4);
});

it('waits where nobody listens yet, until told to stop', async () => {
  const unused = createSocket('udp4').bind(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address();
  unused.close();
  const stop = new AbortController();
  const waiting = firstAnswer({ host: '127.0.0.1', port }, clock, stop.signal);
  setTimeout(() => stop.abort(new Error('interrupted')), 30);
  await expect(waiting).rejects.toThrow('interrupted');
  await expect(firstAnswer(address, clock, stop.signal)).rejects.toThrow('interrupted');
});

it('fits an offset that is within its own uncertainty of the true one, for any delays', async () => {
  const delay = fc.integer({ min: 0, max: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(delay, delay, fc.boolean()), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: 1.7e9, max: 1.9e9, noNaN: true }),
      async (delays, booted, wallOrigin) => {
        // The guest's clocks: ours plus what is unknown to the fit.
        const nanoseconds = (offset: number) =>
          BigInt(Math.round((clock.now() + offset) * 1e6)) * 1000n;
        answer = (sequence, reply) => {
          const [there, back, lost] = delays[sequence % delays.length] ?? [0, 0, false];
          if (lost && sequence < 2) return;
          setTimeout(() => {
            const text = `VG1 ${sequence} ${instance} ${nanoseconds(booted)} ${nanoseconds(wallOrigin)}`;
            setTimeout(() => reply(text), back);
          }, there);
        };
        const { sinceBoot, wall, uncertainty } = await fitClockOffset(address, clock, 4);
        // Microseconds are what the fake clocks and a double for the wall clock resolve.
        expect(Math.abs(sinceBoot + booted)).toBeLessThanOrEqual(uncertainty + 2e-6);
        expect(Math.abs(wall + wallOrigin)).toBeLessThanOrEqual(uncertainty + 2e-6);
      },
    ),
    { numRuns: 12 },
  );
}, 20_000);

it('says that a guest did not answer', async () => {
  answer = () => undefined;
  // Each look at this clock takes half a second.
  let now = 0;
  const fast = { now: () => (now += 0.5), fromWall: (seconds: number) => seconds };
  await expect(fitClockOffset(address, fast)).rejects.toThrow('did not answer');
});
