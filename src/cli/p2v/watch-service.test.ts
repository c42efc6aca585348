import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { expectAnswer, traceLines } from './watch-service.ts';

it('is asked for by a page that answers, before anything else is done', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/' ? 200 : 404).end('here');
  });
  const address = await listening(server);
  await expect(expectAnswer(`${address}/`)).resolves.toBeUndefined();
  const absent = expectAnswer(`${address}/absent`);
  await expect(absent).rejects.toThrow(/before the conversion, got status 404/);
  server.close();
});

it('is not asked for where nothing listens', async () => {
  const server = createServer();
  const address = await listening(server);
  server.close();
  await once(server, 'close');
  await expect(expectAnswer(`${address}/`)).rejects.toThrow(/got connect ECONNREFUSED/);
});

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('draws when a service answered, and lists its outages', () => {
  // 20 a second for 72 s, but for 10 s.
  const answered = Float64Array.from({ length: 1440 }, (_, index) => index / 20).filter(
    (at) => at < 30 || at >= 40,
  );
  const lines = traceLines('web', answered, { from: 0, to: 72 }, [{ from: 30, to: 40 }]);
  expect(lines).toEqual([
    'web, asked 20 times a second; a column is 1.0 s',
    `${'█'.repeat(30)}${'·'.repeat(10)}${'█'.repeat(32)}`,
    '  out of service for 10.00 s, from 30.0 s on',
    '  1 outage, 10.00 s in all',
  ]);
});

it('says that there was none', () => {
  const answered = Float64Array.from({ length: 1440 }, (_, index) => index / 20);
  const lines = traceLines('web', answered, { from: 0, to: 72 }, []);
  expect(lines.at(-1)).toBe('  never out of service');
});
