import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { monotonicClock as clock } from '../../../../base/clock.ts';
import { firstGreeting, untilAnswers, untilSilent } from './greeting.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function listen(greeting: string, port = 0): Promise<number> {
  server = createServer((socket) => socket.end(greeting));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const at = (port: number) => ({ address: '127.0.0.1', port });

it('is heard as soon as an sshd is there', async () => {
  const port = await listen('');
  server?.close();
  const greeted = firstGreeting(at(port), clock, 30);
  setTimeout(() => void listen('SSH-2.0-test\r\n', port), 150);
  expect(await greeted).toBeLessThanOrEqual(clock.now());
});

it('is not heard from another service, or from nobody', async () => {
  const port = await listen('220 mail\r\n');
  expect(await firstGreeting(at(port), clock, 0.3)).toBeUndefined();
  server?.close();
  expect(await firstGreeting(at(port), clock, 0.3)).toBeUndefined();
});

it('of before is waited out', async () => {
  const port = await listen('SSH-2.0-old\r\n');
  let silent = false;
  const waiting = untilSilent(at(port), clock, 30).then(() => (silent = true));
  setTimeout(() => server?.close(), 250);
  expect(silent).toBe(false);
  await waiting;
  expect(await firstGreeting(at(port), clock, 0.2)).toBeUndefined();
});

it('is not waited for any more once somebody gives up', async () => {
  const port = await listen('');
  server?.close();
  const stop = new AbortController();
  const waiting = untilAnswers(at(port), clock, 600, stop.signal);
  stop.abort(new Error('it was interrupted'));
  expect(await waiting).toBeUndefined();
  await expect(firstGreeting(at(port), clock, 600, stop.signal)).rejects.toThrow('interrupted');
});
