import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compilerCommand } from './compile.ts';
import {
  compiledProgram,
  end,
  freeTcpPort,
  freeUdpPort,
  startService,
  whyNotCompile,
  type RunningService,
} from './guest-service.example.ts';

const run = promisify(execFile);
const whyNot = whyNotCompile();
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

describe.skipIf(whyNot !== undefined)(`vg-host${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let program: string;
  let service: RunningService;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-host-'));
    program = await compiledProgram('vg-host');
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    service = await startService();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    await end(service.child);
  });

  /** Starts it; `lines` grows as it writes, the ended promise gives all of them. */
  function start(...args: string[]) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    let text = '';
    const changed = new Set<() => void>();
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (const wake of changed) wake();
    });
    const closed = once(child, 'close');
    return {
      child,
      /** Resolves when that many records of a kind are there. */
      until: (kind: string, count: number) =>
        new Promise<void>((resolve) => {
          const look = () => {
            if (recordsOf(text, kind).length >= count) resolve();
          };
          changed.add(look);
          look();
        }),
      head: () => text.split('\n', 1)[0] ?? '',
      ended: async () => {
        await closed;
        return text;
      },
      /** Ends it as a controller that goes away does; gives what it wrote. */
      async finish() {
        child.stdin.end();
        await closed;
        expect(child.exitCode).toBe(0);
        return text;
      },
    };
  }

  const udpTarget = (host = '127.0.0.1') => `${host}:${service.udpPort}`;
  const httpTarget = (host = '127.0.0.1') => `${host}:${service.httpPort}`;

  it('compiles without a warning, also with the checks that Ubuntu turns on', async () => {
    const [gcc, ...args] = await compilerCommand(
      'vg-host',
      join(folder, 'strict'),
      ...['-Werror', '-Wshadow', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2'],
    );
    await expect(run(gcc, args)).resolves.toMatchObject({ stderr: '' });
  }, 120_000);

  it.each([
    { args: [] },
    { args: ['watch'] },
    { args: ['probe'] },
    { args: ['probe', '--target', 'localhost:7'] },
    { args: ['probe', '--target', '127.0.0.1'] },
    { args: ['probe', '--target', '127.0.0.1:0'] },
    { args: ['probe', '--target', '::1:7'] },
    { args: ['probe', '--target', '[fe80::1%none0]:7'] },
    { args: ['probe', '--target', '127.0.0.1:7', '--rate', '0'] },
    { args: ['probe', '--target', '127.0.0.1:7', '--rate', '100001'] },
    { args: ['probe', ...Array.from({ length: 9 }, () => ['--target', '127.0.0.1:7']).flat()] },
    { args: ['http', '--target', '127.0.0.1:80', '--timeout', '0'] },
    { args: ['http', '--rate', '1'] },
    { args: ['guard', '--'] },
  ])('refuses $args with code 2 and one line', async ({ args }) => {
    const failed = run(program, args);
    failed.child.stdin?.end();
    const error = await failed.then(
      () => undefined,
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
    expect(error).toMatchObject({ code: 2, stdout: '' });
    expect(error?.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  describe('probe', () => {
    it('asks every number of every target once, and records each answer with its times', async () => {
      const silent = await freeUdpPort();
      const probe = start('probe', '--target', udpTarget(), '--target', `127.0.0.1:${silent}`);
      await probe.until('a', 300);
      const text = await probe.finish();
      const [, requests = '', answers = '', dropped] = recordsOf(text, 'end')[0] ?? [];
      expect(Number(requests)).toBeGreaterThanOrEqual(300);
      expect(dropped).toBe('0');
      const numbers = Array.from({ length: Number(requests) }, (_, i) => String(i));
      for (const target of ['0', '1']) {
        const sent = recordsOf(text, 's').filter((record) => record[2] === target);
        expect(sent.map(([, sequence]) => sequence)).toEqual(numbers);
      }
      const answered = recordsOf(text, 'a');
      expect(answered.map(([, sequence]) => sequence)).toEqual(numbers);
      expect(new Set(answered.map((record) => record[2]))).toEqual(new Set(['0']));
      expect(new Set(answered.map((record) => record[4])).size).toBe(1);
      expect(answers).toBe(requests);
    });

    it('tells when each request was due, was sent, left and was answered, in that order', async () => {
      const probe = start('probe', '--target', udpTarget());
      await probe.until('a', 100);
      const text = await probe.finish();
      const origin = Number(/origin=(\d+)/.exec(text)?.[1]) / 1e6;
      expect(Math.abs(origin - Date.now())).toBeLessThan(60_000);
      const left = new Map(recordsOf(text, 'd').map((record) => [record[1], Number(record[3])]));
      const answered = new Map(
        recordsOf(text, 'a').map((record) => [record[1], Number(record[3])]),
      );
      expect(left.size).toBe(answered.size);
      for (const [, sequence = '', , late] of recordsOf(text, 's')) {
        const due = Number(sequence) * 1e6;
        expect(Number(late)).toBeGreaterThanOrEqual(0);
        expect(left.get(sequence)).toBeGreaterThan(Number(late) - 5000);
        expect(answered.get(sequence)).toBeGreaterThan(due + (left.get(sequence) ?? 0) - 5000);
      }
    });

    it('sends what was due while it could not run', async () => {
      const probe = start('probe', '--target', udpTarget());
      await probe.until('s', 50);
      probe.child.kill('SIGSTOP');
      await delay(200);
      probe.child.kill('SIGCONT');
      await probe.until('s', 400);
      const sent = recordsOf(await probe.finish(), 's');
      expect(sent.map(([, sequence]) => Number(sequence))).toEqual(sent.map((_, i) => i));
      // Some number that was due soon after the stop had to wait for nearly all of it.
      expect(Math.max(...sent.map((record) => Number(record[3])))).toBeGreaterThan(0.15e9);
    });

    it('sees no answer while the service is stopped', async () => {
      const probe = start('probe', '--target', udpTarget());
      await probe.until('a', 100);
      service.child.kill('SIGSTOP');
      await delay(20);
      const from = process.hrtime.bigint();
      await delay(150);
      const to = process.hrtime.bigint();
      service.child.kill('SIGCONT');
      const before = recordsOf(await probe.until('a', 400).then(() => probe.finish()), 'a');
      const arrivals = before.map((record) => Number(record[3])).sort((a, b) => a - b);
      const gaps = arrivals.slice(1).map((at, i) => at - (arrivals[i] ?? 0));
      expect(Math.max(...gaps)).toBeGreaterThanOrEqual(Number(to - from));
    });

    it.skipIf(!hasIpv6)('asks over IPv6', async () => {
      const probe = start('probe', '--target', udpTarget('[::1]'), '--rate', '200');
      await probe.until('a', 10);
      expect(recordsOf(await probe.finish(), 'a').length).toBeGreaterThanOrEqual(10);
    });

    it('takes only answers, and only from whom it asked', async () => {
      const fake = createSocket('udp4').bind(0, '127.0.0.1');
      await once(fake, 'listening');
      const stranger = createSocket('udp4');
      fake.on('message', (message, { port }) => {
        const text = message.toString();
        const whole = `${text} 0123456789abcdef 1 2`;
        stranger.send(whole, port, '127.0.0.1');
        const malformed = ['', 'VG1', text, `${whole} 3`, `${text} 0123456789ABCDEF 1 2`];
        for (const answer of malformed) fake.send(answer, port, '127.0.0.1');
        if (text.endsWith('0')) fake.send(whole, port, '127.0.0.1');
      });
      const { port } = fake.address();
      const probe = start('probe', '--target', `127.0.0.1:${port}`, '--rate', '200');
      await probe.until('a', 5);
      const text = await probe.finish();
      fake.close();
      stranger.close();
      const answered = recordsOf(text, 'a');
      expect(answered.map(([, sequence]) => sequence)).toEqual(
        answered.map((_, i) => String(i * 10)),
      );
      expect(answered[0]?.slice(4)).toEqual(['0123456789abcdef', '1', '2']);
    });

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
      'ends by %s with its last line',
      async (name) => {
        const probe = start('probe', '--target', udpTarget());
        await probe.until('a', 1);
        probe.child.kill(name);
        expect(await probe.ended()).toMatch(/\nend \d+ \d+ 0\n$/);
        expect(probe.child.exitCode).toBe(0);
      },
    );
  });

  describe('http', () => {
    it('asks every number on a connection of its own', async () => {
      const load = start('http', '--target', httpTarget());
      await load.until('r', 50);
      const text = await load.finish();
      const answers = recordsOf(text, 'r').map((record) => record.map(Number));
      const [, requests = ''] = recordsOf(text, 'end')[0] ?? [];
      expect(answers.map(([, sequence]) => sequence)).toEqual(
        Array.from({ length: Number(requests) }, (_, i) => i),
      );
      for (const [, sequence = 0, , sent = 0, connected = 0, first = 0, complete = 0] of answers) {
        const times = [sequence * 1e7, sent, connected, first, complete];
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
      expect(new Set(answers.map((answer) => answer[7]))).toEqual(new Set([200]));
      expect(recordsOf(text, 'r')[0]?.[8]).toMatch(/^[0-9a-f]{16}$/);
    });

    it('says who did not answer, and why', async () => {
      const closed = await freeTcpPort();
      service.child.kill('SIGSTOP');
      const load = start(
        ...['http', '--target', httpTarget(), '--target', `127.0.0.1:${closed}`],
        ...['--rate', '50', '--timeout', '100'],
      );
      await load.until('f', 20);
      const failures = recordsOf(await load.finish(), 'f');
      const reasons = (target: string) =>
        new Set(failures.filter((record) => record[2] === target).map((record) => record[5]));
      expect(reasons('0')).toEqual(new Set(['timeout']));
      expect(reasons('1')).toEqual(new Set(['ECONNREFUSED']));
      for (const [, sequence, target, , at] of failures) {
        if (target === '0') expect(Number(at)).toBeGreaterThanOrEqual(Number(sequence) * 2e7 + 1e8);
      }
    });

    it.each([
      { what: 'nothing', response: '', reason: 'closed' },
      { what: 'no HTTP', response: 'x'.repeat(3000), reason: 'not-http' },
      {
        what: 'another number',
        response: 'HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\nVG1 999999 0123456789abcdef 1 2\n',
        reason: 'wrong-answer',
      },
      {
        what: 'a part',
        response: 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nVG1 0',
        reason: 'closed',
      },
    ])('takes $what for no answer', async ({ response, reason }) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(response));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const load = start('http', '--target', `127.0.0.1:${port}`, '--rate', '100');
      await load.until('f', 3);
      const text = await load.finish();
      server.close();
      expect(new Set(recordsOf(text, 'f').map((record) => record[5]))).toEqual(new Set([reason]));
      expect(recordsOf(text, 'r')).toEqual([]);
    });

    it('takes any answer of a page of another service, long ones too', async () => {
      const asked: string[] = [];
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', (request) => {
          asked.push(request.toString('latin1').split('\r\n')[0] ?? '');
          socket.end(`HTTP/1.1 200 OK\r\nServer: other\r\n\r\n${'x'.repeat(100_000)}`);
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const load = start('http', '--target', `127.0.0.1:${port}`, '--page', '/health?a=b');
      await load.until('r', 3);
      const text = await load.finish();
      server.close();
      expect(recordsOf(text, 'f')).toEqual([]);
      expect(new Set(recordsOf(text, 'r').map((record) => record[7]))).toEqual(new Set(['200']));
      expect(new Set(asked)).toEqual(new Set(['GET /health?a=b HTTP/1.1']));
    });

    it('records another status as it is', async () => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () =>
          socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length:0\r\n\r\n'),
        );
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const load = start('http', '--target', `127.0.0.1:${port}`);
      await load.until('r', 3);
      const answers = recordsOf(await load.finish(), 'r');
      server.close();
      expect(new Set(answers.map((record) => record[7]))).toEqual(new Set(['503']));
    });
  });

  describe('guard', () => {
    it('passes on what a command prints and how it ends', async () => {
      const guard = start('guard', '--', 'sh', '-c', 'echo out; exit 7');
      expect(await guard.ended()).toBe('out\n');
      expect(guard.child.exitCode).toBe(7);
    });

    it('passes on all of it, however much at once', async () => {
      const guard = start(
        'guard',
        '--',
        'sh',
        '-c',
        'yes 0123456 | head -c 3000000; echo; echo end',
      );
      const text = await guard.ended();
      expect(text).toBe(`${'0123456\n'.repeat(375_000)}\nend\n`);
    });

    it('ends the command when its own input ends', async () => {
      const script = 'trap "echo told; exit 3" TERM; echo ready; while :; do sleep 0.05; done';
      const guard = start('guard', '--', 'sh', '-c', script);
      await guard.until('ready', 1);
      guard.child.stdin.end();
      expect(await guard.ended()).toBe('ready\ntold\n');
      expect(guard.child.exitCode).toBe(3);
    });

    it('takes the command along when it is killed', async () => {
      const guard = start('guard', '--', 'sh', '-c', 'echo ready; exec sleep 60');
      await guard.until('ready', 1);
      guard.child.kill('SIGKILL');
      // Its output ends only when the command, which holds it too, is gone.
      expect(await guard.ended()).toBe('ready\n');
    });

    it('says what it cannot run', async () => {
      await expect(run(program, ['guard', 'no-such-program'])).rejects.toMatchObject({
        code: 127,
        stderr: 'vg-host guard: no-such-program: No such file or directory\n',
      });
    });
  });

  it('measures the rate of the time stamp counter, the same each time', async () => {
    if (process.arch !== 'x64') return;
    const measure = async () => Number((await run(program, ['tsc-rate'])).stdout);
    const first = await measure();
    const second = await measure();
    expect(first).toBeGreaterThan(500_000);
    expect(Math.abs(first - second) / first).toBeLessThan(0.01);
  });
});

/** The words of the lines that begin with this one. */
function recordsOf(text: string, kind: string): string[][] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([first]) => first === kind);
}
