import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localShell } from '../../remote/local.ts';
import { QemuGuestAgent } from './qemu-guest-agent.ts';

type Arguments = Record<string, unknown>;
/** What the agent answers; undefined: nothing, for now. */
type Behaviour = (command: string, args: Arguments, socket: Socket) => object | undefined;

let folder: string;
let server: Server;
let agent: QemuGuestAgent;
let asked: string[];
let behaviour: Behaviour;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-agent-'));
  asked = [];
  server = createServer((socket) => {
    let rest = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { execute, arguments: args } = JSON.parse(line) as {
          execute: string;
          arguments: Arguments;
        };
        asked.push(execute);
        const answer = behaviour(execute, args, socket);
        // An answer to this one request is marked at its beginning.
        if (execute === 'guest-sync-delimited') socket.write(Buffer.of(0xff));
        if (answer) socket.write(`${JSON.stringify(answer)}\n`);
      }
    });
  }).listen(join(folder, 'agent'));
  await once(server, 'listening');
  agent = new QemuGuestAgent(await localShell.connect(join(folder, 'agent')));
});

afterEach(() => {
  agent.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const refusal = (desc: string) => ({ error: { class: 'GenericError', desc } });
const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64');

/** Files of the guest, served in pieces of at most `piece` bytes. */
function fileServer(files: Map<string, Buffer>, piece: number): Behaviour {
  const open = new Map<number, { path: string; position: number }>();
  return (command, args) => {
    if (command === 'guest-file-open') {
      const path = String(args.path);
      if (args.mode === 'w') files.set(path, Buffer.alloc(0));
      if (!files.has(path)) return refusal(`Failed to open file '${path}': No such file`);
      open.set(1000 + open.size, { path, position: 0 });
      return { return: 999 + open.size };
    }
    const file = open.get(args.handle as number);
    if (!file) return refusal('Invalid handle');
    const content = files.get(file.path) ?? Buffer.alloc(0);
    switch (command) {
      case 'guest-file-read': {
        const most = Math.min(args.count as number, piece);
        const part = content.subarray(file.position, file.position + most);
        file.position += part.length;
        const eof = part.length < most;
        return { return: { count: part.length, 'buf-b64': base64(part), eof } };
      }
      case 'guest-file-write': {
        const part = Buffer.from(String(args['buf-b64']), 'base64').subarray(0, piece);
        files.set(file.path, Buffer.concat([content, part]));
        return { return: { count: part.length, eof: false } };
      }
      default:
        open.delete(args.handle as number);
        return { return: {} };
    }
  };
}

it('is ready when the agent has answered, with the guest’s wall clock', async () => {
  let boot: () => void = () => undefined;
  behaviour = (command, args, socket) => {
    if (command === 'guest-get-time') {
      boot = () => socket.write('{"return":1}\n{"return":1795000000250000000}\n');
    } else expect(args).toEqual({ id: 1 });
    return undefined;
  };
  let ready = false;
  const time = agent.ready().then((seconds) => {
    ready = true;
    return seconds;
  });
  while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(ready).toBe(false);
  boot();
  expect(await time).toBeCloseTo(1_795_000_000.25, 6);
  expect(await agent.ready()).toBe(await time);
  expect(asked).toEqual(['guest-sync-delimited', 'guest-get-time']);
});

it('asks until a program has ended, and gives code and output', async () => {
  let polls = 0;
  behaviour = (command, args) => {
    if (command === 'guest-exec') {
      expect(args).toEqual({ path: 'fio', arg: ['--version'], 'capture-output': true });
      return { return: { pid: 77 } };
    }
    expect(args).toEqual({ pid: 77 });
    if (++polls < 4) return { return: { exited: false } };
    return {
      return: {
        exited: true,
        exitcode: 3,
        'out-data': base64('größer\n'),
        'err-data': base64('e'),
      },
    };
  };
  const output = await agent.run(['fio', '--version']);
  expect(output).toEqual({ code: 3, stdout: 'größer\n', stderr: 'e' });
  expect(polls).toBe(4);
});

it('gives a program that a signal has ended the code of a shell', async () => {
  behaviour = (command) =>
    command === 'guest-exec' ? { return: { pid: 1 } } : { return: { exited: true, signal: 9 } };
  expect(await agent.run(['sleep'])).toEqual({ code: 137, stdout: '', stderr: '' });
});

it('does not take cut-off output for the whole', async () => {
  behaviour = (command) =>
    command === 'guest-exec'
      ? { return: { pid: 1 } }
      : { return: { exited: true, exitcode: 0, 'out-data': '', 'out-truncated': true } };
  await expect(agent.run(['yes'])).rejects.toThrow('yes in the guest printed more');
});

it('says what the agent refused, and goes on', async () => {
  behaviour = (command) =>
    command === 'guest-exec' ? refusal('Failed to execute child process') : { return: 5e9 };
  await expect(agent.run(['nothing'])).rejects.toThrow(
    'the guest agent refused guest-exec: Failed to execute child process',
  );
  behaviour = () => ({ return: 5e9 });
  expect(await agent.ready()).toBe(5);
});

it.each([
  { what: 'runs for ever', status: { return: { exited: false } } },
  { what: 'whose agent has stopped answering', status: undefined },
])('gives up a program that $what', async ({ status }) => {
  behaviour = (command) => (command === 'guest-exec' ? { return: { pid: 1 } } : status);
  await expect(agent.run(['sleep', '9'], { timeout: 0.02 })).rejects.toThrow(
    'sleep in the guest did not end within 0.02 s',
  );
});

it('stops waiting for a program when told to', async () => {
  behaviour = (command) => (command === 'guest-exec' ? { return: { pid: 1 } } : undefined);
  const stop = new AbortController();
  const waiting = (await agent.start(['sleep', '9'])).wait({ signal: stop.signal });
  stop.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
});

it('gives an answer that comes late to the request that it belongs to', async () => {
  const held: (() => void)[] = [];
  behaviour = (command, _args, socket) => {
    if (command === 'guest-exec') return { return: { pid: 1 } };
    if (command === 'guest-exec-status') {
      held.push(() => socket.write('{"return":{"exited":true,"exitcode":0}}\n'));
    }
    return undefined;
  };
  await expect(agent.run(['sleep'], { timeout: 0.02 })).rejects.toThrow('did not end');
  const files = fileServer(new Map([['/etc/hostname', Buffer.from('guest\n')]]), 100);
  behaviour = (command, args, socket) => {
    held.shift()?.();
    return files(command, args, socket);
  };
  expect((await agent.readFile('/etc/hostname')).toString()).toBe('guest\n');
});

it('carries files of any content and length in both directions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 64 }),
      async (content, piece) => {
        const files = new Map<string, Buffer>();
        behaviour = fileServer(files, piece);
        await agent.writeFile('/run/x', content);
        expect(files.get('/run/x')?.equals(content)).toBe(true);
        expect((await agent.readFile('/run/x')).equals(content)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

it('carries a file that is larger than one request', async () => {
  const content = Buffer.alloc(200_000, 'virtgauge ');
  const files = new Map<string, Buffer>();
  behaviour = fileServer(files, 2 ** 20);
  await agent.writeFile('/run/x', content);
  expect((await agent.readFile('/run/x')).equals(content)).toBe(true);
  expect(asked.filter((command) => command === 'guest-file-write').length).toBeGreaterThan(1);
});

it('knows which files exist', async () => {
  behaviour = fileServer(new Map([['/run/there', Buffer.alloc(0)]]), 100);
  expect(await agent.exists('/run/there')).toBe(true);
  expect(await agent.exists('/run/absent')).toBe(false);
});

it('closes a file that cannot be read or written', async () => {
  behaviour = (command) => {
    if (command === 'guest-file-open') return { return: 1 };
    if (command === 'guest-file-close') return { return: {} };
    return refusal('Input/output error');
  };
  await expect(agent.readFile('/dev/bad')).rejects.toThrow('Input/output error');
  await expect(agent.writeFile('/dev/bad', 'x')).rejects.toThrow('Input/output error');
  expect(asked.filter((command) => command === 'guest-file-close')).toHaveLength(2);
});

it('rejects all that waits when the channel is lost, and all that comes after', async () => {
  behaviour = (_command, _args, socket) => {
    if (asked.length === 3) socket.destroy();
    return undefined;
  };
  const waiting = await Promise.allSettled([agent.ready(), agent.exists('/x')]);
  expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(agent.exists('/x')).rejects.toThrow("the guest agent's channel is gone");
});

it('says that the agent spoke no JSON', async () => {
  behaviour = (_command, _args, socket) => void socket.write('login: \n');
  await expect(agent.ready()).rejects.toThrow(
    `the guest agent's channel is gone: expected a JSON object, got "login: "`,
  );
});
