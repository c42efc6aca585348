import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../../base/clock.ts';
import { localShell } from '../../remote/local.ts';
import { Qmp, QmpError, type QmpEvent } from './qmp.ts';

interface Command {
  execute: string;
  arguments: Record<string, unknown>;
  id: number;
}

const clock: Clock = { now: () => 0, fromWall: (seconds) => seconds - 1000 };
const greeting = '{"QMP": {"version": {}, "capabilities": ["oob"]}}\r\n';

let folder: string;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-qmp-'));
  server = createServer().listen(join(folder, 'monitor'));
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** A monitor that greets, accepts the negotiation, and gives every further command to `answer`. */
function monitor(answer: (command: Command, socket: Socket) => void): void {
  server.once('connection', (socket) => {
    let rest = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const command = JSON.parse(line) as Command;
        if (command.execute !== 'qmp_capabilities') answer(command, socket);
        else socket.write(`{"return": {}, "id": ${command.id}}\r\n`);
      }
    });
    socket.write(greeting);
  });
}

const connect = async () => Qmp.connect(await localShell.connect(join(folder, 'monitor')), clock);

it('gives each command its own answer, in whatever order and pieces they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.boolean(), fc.nat()), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.nat({ max: 12 }), { maxLength: 4 }),
      async (commands, pieceLength, events) => {
        const waiting: Command[] = [];
        monitor((command, socket) => {
          waiting.push(command);
          if (waiting.length < commands.length) return;
          const answers = waiting
            .map((each, index) => ({ each, command: commands[index] }))
            .sort((a, b) => (a.command?.[2] ?? 0) - (b.command?.[2] ?? 0))
            .map(({ each, command: [, refused] = ['', false, 0] }) => {
              const text = each.arguments['command-line'];
              return refused
                ? { id: each.id, error: { class: 'GenericError', desc: text } }
                : { id: each.id, return: text };
            });
          const all: object[] = answers;
          for (const place of events) {
            all.splice(place, 0, { event: 'STOP', timestamp: { seconds: 1, microseconds: 2 } });
          }
          const bytes = Buffer.from(all.map((each) => `${JSON.stringify(each)}\r\n`).join(''));
          for (let start = 0; start < bytes.length; start += pieceLength) {
            socket.write(bytes.subarray(start, start + pieceLength));
          }
        });
        const qmp = await connect();
        const seen: QmpEvent[] = [];
        qmp.onEvent((event) => seen.push(event));
        const answers = await Promise.allSettled(
          commands.map(([text]) => qmp.execute('human-monitor-command', { 'command-line': text })),
        );
        expect(
          answers.map((answer) =>
            answer.status === 'fulfilled' ? answer.value : (answer.reason as Error).message,
          ),
        ).toEqual(
          commands.map(([text, refused]) =>
            refused ? `QEMU refused human-monitor-command: ${text}` : text,
          ),
        );
        qmp.close();
      },
    ),
    { numRuns: 40 },
  );
});

it('tells of events with QEMU’s own stamp on our clock, until told to stop', async () => {
  monitor(({ id }, socket) => {
    socket.write(
      '{"timestamp": {"seconds": 1005, "microseconds": 250000}, "event": "RESUME"}\r\n' +
        `{"return": {}, "id": ${id}}\r\n`,
    );
  });
  const qmp = await connect();
  const events: QmpEvent[] = [];
  const stop = qmp.onEvent((event) => events.push(event));
  await qmp.execute('cont', {});
  stop();
  await qmp.execute('cont', {});
  expect(events).toEqual([{ event: 'RESUME', data: {}, at: 5.25 }]);
  qmp.close();
});

it('says what QEMU refused, and why', async () => {
  monitor(({ id }, socket) => {
    socket.write(`{"id": ${id}, "error": {"class": "CommandNotFound", "desc": "no such thing"}}\n`);
  });
  const qmp = await connect();
  const refusal: unknown = await qmp.execute('stop', {}).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(QmpError);
  expect(refusal).toMatchObject({ command: 'stop', errorClass: 'CommandNotFound' });
  qmp.close();
});

it('rejects all that is pending when the connection is lost, and all that comes after', async () => {
  let commands = 0;
  monitor((_, socket) => {
    if (++commands === 3) socket.destroy();
  });
  const qmp = await connect();
  const pending = await Promise.allSettled([1, 2, 3].map(() => qmp.execute('query-status', {})));
  expect(pending.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(qmp.execute('cont', {})).rejects.toThrow("QEMU's monitor is gone");
});

it.each(['garbage', '{"return": ', 'null', '[1]'])(
  'fails with one clear error if QEMU says %j',
  async (line) => {
    monitor((_, socket) => socket.write(`${line}\n`));
    const qmp = await connect();
    await expect(qmp.execute('stop', {})).rejects.toThrow(
      `QEMU's monitor is gone: expected a JSON object, got ${JSON.stringify(line)}`,
    );
  },
);

it('does not wait for an answer longer than told, and passes over it when it comes', async () => {
  let late: () => void = () => undefined;
  monitor(({ execute, id }, socket) => {
    if (execute === 'stop') late = () => socket.write(`{"return": {}, "id": ${id}}\n`);
    else socket.write(`{"return": "", "id": ${id}}\n`);
  });
  const qmp = await connect();
  await expect(qmp.execute('stop', {}, { timeout: 0.02 })).rejects.toThrow(
    'QEMU did not answer stop within 0.02 s',
  );
  late();
  expect(await qmp.execute('human-monitor-command', { 'command-line': 'info' })).toBe('');
  qmp.close();
});

it('sends commands out of band where QEMU offers that', async () => {
  const sent: object[] = [];
  monitor((command, socket) => {
    sent.push(command);
    socket.write(`{"return": {}, "id": ${command.id}}\n`);
  });
  const qmp = await connect();
  await qmp.execute('yank', { instances: [{ type: 'migration' }] }, { outOfBand: true });
  expect(sent).toMatchObject([{ 'exec-oob': 'yank' }]);
  qmp.close();
});

it('passes over answers to what it has not asked', async () => {
  monitor(({ id }, socket) => {
    socket.write(`{"return": "foreign", "id": 77}\n{"return": 1}\n{"return": "", "id": ${id}}\n`);
  });
  const qmp = await connect();
  expect(await qmp.execute('human-monitor-command', { 'command-line': 'info' })).toBe('');
  qmp.close();
});

it.each([
  { what: 'closes without a greeting', sent: '', message: 'lost before its greeting' },
  { what: 'is something else', sent: 'SSH-2.0\r\n', message: 'got "SSH-2.0' },
  { what: 'closes after its greeting', sent: greeting, message: "QEMU's monitor is gone" },
])('does not connect to a monitor that $what', async ({ sent, message }) => {
  server.once('connection', (socket) => socket.end(sent));
  await expect(connect()).rejects.toThrow(message);
});

it('does not connect over a stream that is gone already', async () => {
  server.once('connection', (socket) => socket.on('error', () => undefined));
  const stream = await localShell.connect(join(folder, 'monitor'));
  stream.destroy();
  await once(stream, 'close');
  await expect(Qmp.connect(stream, clock)).rejects.toThrow('lost before its greeting');
});
