import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compiledProgram, end, freeTcpPort, whyNotCompile } from './guest-service.example.ts';

const run = promisify(execFile);
const whyNot = whyNotCompile();
const token = '0123456789abcdef';

describe.skipIf(whyNot !== undefined)(`agent${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let program: string;
  let child: ChildProcess;
  let port: number;
  /** In place of the guest agent: answers each line with itself in capitals. */
  let agent: Server;
  /** Its connections, and how many of them are open. */
  let ends: Socket[] = [];
  let open = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-agent-'));
    program = await compiledProgram('vg-guest');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    ends = [];
    open = 0;
    agent = createServer((socket) => {
      open += 1;
      ends.push(socket);
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
      socket.on('error', () => undefined);
      socket.on('close', () => (open -= 1));
    });
    port = await freeTcpPort();
    const options = ['--port', String(port), '--token', token, '--socket', join(folder, 'ga')];
    child = spawn(program, ['agent', ...options], { stdio: 'inherit' });
  });
  afterEach(async () => {
    await end(child);
    agent.close();
  });

  const listens = () => once(agent.listen(join(folder, 'ga')), 'listening');

  async function call(): Promise<Socket> {
    for (;;) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      const connected = await Promise.race([
        once(socket, 'connect').then(
          () => true,
          () => false,
        ),
        once(socket, 'close').then(() => false),
      ]);
      if (connected) return socket;
      await delay(20);
    }
  }
  const heard = async (socket: Socket) => String((await once(socket, 'data'))[0]);
  const closed = (socket: Socket) =>
    new Promise<void>((resolve) => {
      if (socket.closed) resolve();
      else socket.once('close', () => resolve());
    });

  it('passes on to the agent what follows the token, in the same packet too', async () => {
    await listens();
    const socket = await call();
    socket.write(`${token}\nping`);
    expect(await heard(socket)).toBe('PING');
    socket.write('again');
    expect(await heard(socket)).toBe('AGAIN');
    socket.destroy();
  });

  it('waits for an agent that does not listen yet', async () => {
    const socket = await call();
    socket.write(`${token}\nping`);
    await delay(100);
    await listens();
    expect(await heard(socket)).toBe('PING');
    socket.destroy();
  });

  it.each([
    { what: 'another token', line: `${'f'.repeat(16)}\n` },
    { what: 'the beginning of the token', line: `${token.slice(0, 8)}\n` },
    { what: 'more than the token', line: `${token}0\n` },
    { what: 'no token', line: '\n' },
    { what: 'a request in its place', line: '{"execute":"guest-ping"}\n' },
    { what: 'a line without end', line: 'x'.repeat(500) },
  ])('hangs up on $what', async ({ line }) => {
    await listens();
    const socket = await call();
    socket.write(line);
    await closed(socket);
    expect(ends).toEqual([]);
  });

  it('serves the last that knows the token, and hangs up on the one before', async () => {
    await listens();
    const first = await call();
    first.write(`${token}\nfirst`);
    expect(await heard(first)).toBe('FIRST');
    // Who says nothing disturbs nobody.
    const silent = await call();
    first.write('more');
    expect(await heard(first)).toBe('MORE');
    const second = await call();
    second.write(`${token}\nsecond`);
    expect(await heard(second)).toBe('SECOND');
    await closed(first);
    expect(ends).toHaveLength(2);
    silent.destroy();
    second.destroy();
  });

  it('hangs up where either end has', async () => {
    await listens();
    const socket = await call();
    socket.write(`${token}\nping`);
    await heard(socket);
    socket.destroy();
    while (open > 0) await delay(20);
    const other = await call();
    other.write(`${token}\nping`);
    await heard(other);
    ends.at(-1)?.destroy();
    await closed(other);
  });

  it.each([
    { args: ['--port', '0', '--token', 'x', '--socket', '/x'], says: '--port' },
    { args: ['--port', '1', '--socket', '/x'], says: '--token' },
    { args: ['--port', '1', '--token', 'x'.repeat(200), '--socket', '/x'], says: '--token' },
    { args: ['--port', '1', '--token', 'x'], says: '--socket' },
    { args: ['--port', '1', '--token', 'x', '--socket', `/${'x'.repeat(200)}`], says: '--socket' },
  ])('refuses $args', async ({ args, says }) => {
    const done = run(program, ['agent', ...args]);
    const error = (await done.catch((caught: unknown) => caught)) as {
      code: number;
      stderr: string;
    };
    expect(error.code).toBe(2);
    expect(error.stderr).toContain(says);
  });
});
