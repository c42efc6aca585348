import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { expectAnswer, traceLines } from './watch-service.ts';

it('is asked for by a page that answers, before anything else is done', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/' ? 200 : 404).end('here');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(expectAnswer(`${url}/`)).resolves.toBeUndefined();
  await expect(expectAnswer(`${url}/absent`)).rejects.toThrow(
    /before the conversion, got status 404/,
  );
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await expect(expectAnswer(`${url}/`)).rejects.toThrow(/got connect ECONNREFUSED/);
});

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
