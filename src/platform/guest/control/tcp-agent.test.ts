import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { TcpAgent } from './tcp-agent.ts';

const token = '0123456789abcdef';
const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanUp.splice(0)) act();
});

interface Guest {
  port: number;
  server: Server;
  /** Connections that showed the token, in order. */
  callers: Socket[];
  /** First lines of those that did not. */
  refused: string[];
}

/** A guest whose agent answers on a port, and whose files are what was asked for. */
async function guest(port = 0, answers: Record<string, unknown> = {}): Promise<Guest> {
  const callers: Socket[] = [];
  const refused: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    cleanUp.push(() => socket.destroy());
    let known = false;
    createInterface({ input: socket }).on('line', (line) => {
      if (!known) {
        known = line === token;
        if (known) callers.push(socket);
        else {
          refused.push(line);
          socket.destroy();
        }
        return;
      }
      const { execute } = JSON.parse(line) as { execute: string };
      if (execute === 'guest-sync-delimited') socket.write(Buffer.of(0xff));
      const usual = execute === 'guest-get-time' ? 5e9 : 1;
      const answer = execute in answers ? answers[execute] : usual;
      if (answer !== undefined) socket.write(`${JSON.stringify({ return: answer })}\n`);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, server, callers, refused };
}

function agentOf({ port }: { port: number }, shown = token): TcpAgent {
  const agent = new TcpAgent({ host: '127.0.0.1', port, token: shown });
  cleanUp.push(() => agent.close());
  return agent;
}

const time = { 'guest-exec': { pid: 7 }, 'guest-exec-status': { exited: true, exitcode: 3 } };

it('shows the token first, then asks', async () => {
  const there = await guest(0, time);
  const agent = agentOf(there);
  expect(await agent.ready()).toBe(5);
  expect(await agent.run(['true'])).toEqual({ code: 3, stdout: '', stderr: '' });
  expect(there.callers).toHaveLength(1);
});

it('connects when the guest listens, however late that is', async () => {
  const first = await guest();
  first.server.close();
  await once(first.server, 'close');
  const ready = agentOf(first).ready();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await guest(first.port);
  expect(await ready).toBe(5);
});

it('connects again where the connection was lost', async () => {
  const there = await guest(0, time);
  const agent = agentOf(there);
  await agent.ready();
  there.callers[0]?.destroy();
  await expect.poll(() => agent.exists('/x').catch(() => false), { timeout: 30_000 }).toBe(true);
  expect(there.callers.length).toBeGreaterThan(1);
});

it('fails what was under way when the connection is lost', async () => {
  const there = await guest(0, { 'guest-exec': undefined });
  const agent = agentOf(there);
  await agent.ready();
  const running = agent.run(['sleep', '9']);
  await expect.poll(() => there.callers.length).toBe(1);
  setTimeout(() => there.callers[0]?.destroy(), 50);
  await expect(running).rejects.toThrow("the guest agent's channel is gone");
});

it('tries again where the guest hangs up without an answer', async () => {
  const there = await guest();
  const agent = agentOf(there, 'another');
  const ready = agent.ready();
  await expect.poll(() => there.refused.length, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(there.refused[0]).toBe('another');
  agent.close();
  await expect(ready).rejects.toThrow('not asked any more');
});

it('hangs up, and calls again when it is needed', async () => {
  const there = await guest();
  const agent = agentOf(there);
  await agent.ready();
  const ended = once(there.callers[0] as Socket, 'close');
  await agent.hangUp();
  await ended;
  expect(await agent.ready()).toBe(5);
  expect(there.callers).toHaveLength(2);
});

it('waits no more once it is closed', async () => {
  const agent = agentOf({ port: 1 });
  const ready = agent.ready();
  agent.close();
  await expect(ready).rejects.toThrow('not asked any more');
});
