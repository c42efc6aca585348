import { execFile, execFileSync, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compilerCommand } from './compile.ts';
import {
  compiledProgram,
  end,
  freeUdpPort,
  startService,
  startedService,
  whyNotCompile,
} from './guest-service.example.ts';

const run = promisify(execFile);

const whyNot = whyNotCompile();
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

describe.skipIf(whyNot !== undefined)(`vg-guest${whyNot ? `, skipped: ${whyNot}` : ''}`, () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vg-guest-'));
    program = await compiledProgram('vg-guest');
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Code and output of a run that ends by itself. */
  async function ended(...args: string[]) {
    try {
      return { code: 0, ...(await run(program, args)) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }

  it('compiles without a warning, also with the checks that Ubuntu turns on', async () => {
    const [gcc, ...args] = await compilerCommand(
      'vg-guest',
      join(folder, 'strict'),
      '-Werror',
      '-Wshadow',
      '-U_FORTIFY_SOURCE',
      '-D_FORTIFY_SOURCE=2',
    );
    await expect(run(gcc, args)).resolves.toMatchObject({ stderr: '' });
  }, 120_000);

  it.each([
    { args: [] },
    { args: ['sleep'] },
    { args: ['serve'] },
    { args: ['serve', '--udp'] },
    { args: ['serve', '--udp', '-1'] },
    { args: ['serve', '--udp', '65536'] },
    { args: ['serve', '--tcp', '80'] },
    { args: ['dirty', '--size', '4095', '--rate', '1'] },
    { args: ['dirty', '--size', '1MiB', '--rate', '1'] },
    { args: ['dirty', '--size', '18446744073709551616', '--rate', '1'] },
    { args: ['dirty', '--size', '1048576', '--rate', '0'] },
    { args: ['witness', '--bytes', '4096'] },
    { args: ['witness', '--file', 'x', '--bytes', '4097'] },
    { args: ['witness', '--file', '/dev/null', '--bytes', '4096', '--report', 'localhost:1'] },
    { args: ['witness', '--file', 'x', '--bytes', '4096', '--log', 'y', '--log-entries', '0'] },
    { args: ['witness-check', '--file', 'x', '--bytes', '4096'] },
    { args: ['init-mark'] },
    { args: ['init-mark', 'a', 'b'] },
  ])('refuses $args with code 2 and one line', async ({ args }) => {
    const { code, stdout, stderr } = await ended(...args);
    expect({ code, stdout, lines: stderr.split('\n').length - 1 }).toEqual({
      code: 2,
      stdout: '',
      lines: 1,
    });
  });

  it('prints a mark with the time since boot', async () => {
    const { stdout } = await ended('init-mark', 'userspace');
    expect(stdout).toMatch(/^vg-mark userspace \d+\.\d{6}\n$/);
  });

  describe('serve', () => {
    let server: ChildProcess;
    let readyLine: string;
    let udpPort: number;
    let httpPort: number;

    beforeEach(async () => {
      ({ child: server, readyLine, udpPort, httpPort } = await startService());
    });

    afterEach(() => end(server));

    /** The answers to these datagrams, the last of which is a good request. */
    async function answersTo(datagrams: string[], host = '127.0.0.1') {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.connect(udpPort, host);
      await once(socket, 'connect');
      const answers: string[] = [];
      const last = `${datagrams.at(-1)?.trimEnd() ?? ''} `;
      const answered = new Promise<void>((resolve) => {
        socket.on('message', (message) => {
          answers.push(message.toString());
          if (message.toString().startsWith(last)) resolve();
        });
      });
      for (const datagram of datagrams) socket.send(datagram);
      await answered;
      socket.close();
      return answers;
    }

    /** Everything that comes back until the server closes. */
    async function conversation(text: string, host = '127.0.0.1'): Promise<string> {
      const socket = connect(httpPort, host);
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.write(text);
      await once(socket, 'end');
      return received;
    }

    const closing = 'HTTP/1.1\r\nHost: guest\r\nConnection: close\r\n\r\n';

    it('says when it is ready', () => {
      expect(readyLine).toMatch(/^vg-service ready \d+\.\d{6}\n$/);
    });

    it('answers UDP and HTTP with the number asked and one instance', async () => {
      const [udp = ''] = await answersTo(['VG1 41']);
      const http = await conversation(`GET /?seq=18446744073709551615 ${closing}`);
      const [, instance] = /^VG1 41 ([0-9a-f]{16}) \d+ \d+$/.exec(udp) ?? [];
      expect(instance).toBeDefined();
      expect(http).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\n/);
      expect(http.split('\r\n\r\n')[1]).toMatch(
        new RegExp(`^VG1 18446744073709551615 ${instance} \\d+ \\d+\n$`),
      );
    });

    it('tells both of its clocks', async () => {
      const before = [process.hrtime.bigint(), BigInt(Date.now())] as const;
      const [answer = ''] = await answersTo(['VG1 1']);
      const after = [process.hrtime.bigint(), BigInt(Date.now()) + 1n] as const;
      const [monotonic = 0n, realtime = 0n] = answer.split(' ').slice(3).map(BigInt);
      expect(monotonic > before[0] && monotonic < after[0]).toBe(true);
      expect(realtime / 1_000_000n >= before[1] && realtime / 1_000_000n <= after[1]).toBe(true);
    });

    it('has another instance after a restart', async () => {
      const instanceNow = async () => (await answersTo(['VG1 1']))[0]?.split(' ')[2];
      const first = await instanceNow();
      expect(await instanceNow()).toBe(first);
      await end(server);
      [server] = await startedService(['--udp', String(udpPort)]);
      const second = await instanceNow();
      expect(second).toMatch(/^[0-9a-f]{16}$/);
      expect(second).not.toBe(first);
    });

    it('drops datagrams that are no request', async () => {
      const malformed = [
        '',
        'VG1',
        'VG1 ',
        'VG1 -1',
        'VG1 1 ',
        'VG1  1',
        'VG1 18446744073709551616',
        'VG2 1',
        `VG1 ${'0'.repeat(2000)}1`,
        'VG1 1\0',
      ];
      const answers = await answersTo([...malformed, 'VG1 7\n']);
      expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['7']);
    });

    it.skipIf(!hasIpv6)('answers over IPv6 from the same ports', async () => {
      const [answer] = await answersTo(['VG1 6'], '::1');
      expect(answer).toMatch(/^VG1 6 /);
      expect(await conversation(`GET /?seq=6 ${closing}`, '::1')).toContain('\r\n\r\nVG1 6 ');
    });

    it('answers 10,000 requests in a row, each with its number', async () => {
      const socket = createSocket('udp4');
      socket.connect(udpPort, '127.0.0.1');
      await once(socket, 'connect');
      const wrong = await askInARow(socket, 10_000);
      socket.close();
      expect(wrong).toEqual([]);
    }, 30_000);

    it('keeps an HTTP connection and answers what came at once in order', async () => {
      const requests = Array.from({ length: 500 }, (_, i) => `GET /?seq=${i} `);
      const text = requests.join('HTTP/1.1\r\nHost: guest\r\n\r\n') + closing;
      const received = await conversation(text);
      const numbers = [...received.matchAll(/\nVG1 (\d+) /g)].map((match) => Number(match[1]));
      expect(numbers).toEqual(requests.map((_, i) => i));
    });

    it('answers a request that comes byte by byte', async () => {
      const socket = connect(httpPort, '127.0.0.1').setNoDelay();
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      const closed = once(socket, 'end');
      for (const byte of `GET / ${closing}`) {
        socket.write(byte);
        await delay(0);
      }
      await closed;
      expect(received).toContain('\r\n\r\nVG1 0 ');
    });

    it.each([
      { what: 'a number that is none', text: `GET /?seq=x ${closing}`, status: 400 },
      { what: 'no number', text: `GET /?seq= ${closing}`, status: 400 },
      { what: 'no version', text: 'GET /?seq=1\r\n\r\n', status: 400 },
      { what: 'another version', text: 'GET / HTTP/2.0\r\n\r\n', status: 400 },
      { what: 'no request line', text: '\r\n\r\n', status: 400 },
      { what: 'a header that is none', text: 'GET / HTTP/1.1\r\nno colon\r\n\r\n', status: 400 },
      { what: 'a body', text: 'GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /', status: 400 },
      { what: 'a hidden body', text: 'GET / HTTP/1.1\r\nContent-Length : 5\r\n\r\n', status: 400 },
      { what: 'chunks', text: 'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n', status: 400 },
      { what: 'a zero byte', text: 'GET /\0 HTTP/1.1\r\n\r\n', status: 400 },
      { what: 'another method', text: 'POST / HTTP/1.1\r\n\r\n', status: 405 },
      { what: 'another path', text: `GET /other ${closing}`, status: 404 },
      { what: 'an endless head', text: `GET / HTTP/1.1\r\nX: ${'x'.repeat(5000)}`, status: 431 },
    ])('answers a request with $what by $status and closes', async ({ text, status }) => {
      const received = await conversation(text);
      expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
      expect(await answersTo(['VG1 1'])).toHaveLength(1);
    });

    it('still answers when more peers stay connected than it has room for', async () => {
      const silent = Array.from({ length: 300 }, () => connect(httpPort, '127.0.0.1'));
      for (const socket of silent) socket.on('error', () => undefined);
      await Promise.all(silent.map((socket) => once(socket, 'connect')));
      expect(await conversation(`GET /?seq=1 ${closing}`)).toContain('VG1 1 ');
      for (const socket of silent) socket.destroy();
    });

    it('serves even if it cannot announce itself', async () => {
      await end(server);
      [server, readyLine] = await startedService(['--udp', String(udpPort), '--announce', 'none0']);
      expect(readyLine).toMatch(/^vg-service ready /);
      expect(await answersTo(['VG1 1'])).toHaveLength(1);
    });

    it('ends with code 1 if its port is taken', async () => {
      const { code, stderr } = await ended('serve', '--udp', String(udpPort));
      expect(code).toBe(1);
      expect(stderr).toContain(`UDP port ${udpPort}: Address already in use`);
    });
  });

  it.each([[[]], [['--incompressible']]])('dirties at the rate asked %j', async (options) => {
    const { code, stdout } = await ended(
      'dirty',
      ...['--size', String(2 ** 20), '--rate', String(2 ** 24), '--seconds', '2'],
      ...options,
    );
    const lines = [...stdout.matchAll(/^vg-dirty seconds=(\S+) rate=(\d+) total=(\d+)$/gm)];
    expect({ code, lines: lines.length }).toEqual({ code: 0, lines: 2 });
    for (const [, seconds, , total] of lines) {
      // It may fall behind on a busy machine, but never runs ahead by more than a batch.
      expect(Number(total)).toBeLessThanOrEqual(Number(seconds) * 2 ** 24 + 2 ** 18 + 2 ** 14);
      expect(Number(total)).toBeGreaterThan(0);
    }
  });

  describe('the write witness', () => {
    // Not the temporary folder: that may be a tmpfs, which older kernels cannot open with O_DIRECT.
    let disk: string;
    let file: string;
    const slots = 16;
    const range = ['--bytes', String(slots * 4096), '--offset', '8192'];

    beforeEach(async () => {
      disk = await mkdtemp('/var/tmp/vg-witness-');
      file = join(disk, 'witness');
    });

    afterEach(() => rm(disk, { recursive: true, force: true }));

    async function written(count: number, ...options: string[]) {
      const { stdout } = await run(program, [
        ...['witness', '--file', file, ...range, '--count', String(count)],
        ...options,
      ]);
      return stdout;
    }

    async function checked(acknowledged: number, ...options: string[]) {
      const { stdout } = await run(program, [
        ...['witness-check', '--file', file, ...range, '--acknowledged', String(acknowledged)],
        ...options,
      ]);
      expect(stdout.endsWith('}\n')).toBe(true);
      return JSON.parse(stdout) as Record<string, unknown>;
    }

    /** Changes bytes of the slot in which a number lives. */
    async function damage(sequence: number, change: (record: Buffer) => void) {
      const handle = await open(file, 'r+');
      const position = 8192 + (sequence % slots) * 4096;
      const record = Buffer.alloc(4096);
      await handle.read(record, 0, 4096, position);
      change(record);
      await handle.write(record, 0, 4096, position);
      await handle.close();
    }

    const flip = (byte: number) => (record: Buffer) => {
      record[byte] = (record[byte] ?? 0) ^ 1;
    };

    const whole = {
      slots,
      missing: [],
      missingCount: 0,
      missingAcknowledgedCount: 0,
      corrupt: [],
      corruptCount: 0,
      torn: false,
    };

    it('acknowledges each number, and the check finds them all', async () => {
      const stdout = await written(10);
      const [head, ...acks] = stdout.trimEnd().split('\n');
      expect(head).toMatch(/^vg-witness instance=[0-9a-f]{16} slots=16 start=1$/);
      expect(acks).toEqual(Array.from({ length: 10 }, (_, i) => `ack ${i + 1}`));
      expect((await stat(file)).size).toBe(8192 + slots * 4096);
      expect(await checked(10)).toEqual({
        acknowledged: 10,
        from: 1,
        highest: 10,
        contiguous: 10,
        ...whole,
      });
    });

    it('goes round its slots', async () => {
      await written(100);
      expect(await checked(100)).toEqual({
        acknowledged: 100,
        from: 85,
        highest: 100,
        contiguous: 100,
        ...whole,
      });
    });

    it('misses nothing if more was written than the acknowledgements that arrived', async () => {
      await written(100);
      expect(await checked(60)).toMatchObject({ ...whole, highest: 100, contiguous: 100 });
    });

    it.each([0, 8, 16, 24, 32, 40, 2000, 4095])(
      'finds a record with a flipped bit in byte %i',
      async (byte) => {
        await written(40);
        await damage(30, flip(byte));
        expect(await checked(40)).toMatchObject({
          contiguous: 29,
          missing: [30],
          missingAcknowledgedCount: 1,
          corrupt: [30],
          corruptCount: 1,
        });
      },
    );

    it('finds a record of which one sector is an older one', async () => {
      await written(40);
      const handle = await open(file, 'r');
      const other = Buffer.alloc(512);
      await handle.read(other, 0, 512, 8192 + (31 % slots) * 4096 + 1024);
      await handle.close();
      await damage(30, (record) => other.copy(record, 1024));
      expect(await checked(40)).toMatchObject({ missing: [30], corrupt: [30] });
    });

    it('finds an acknowledged tail that became zeros', async () => {
      await written(10);
      for (const sequence of [8, 9, 10]) await damage(sequence, (record) => record.fill(0));
      expect(await checked(10)).toMatchObject({
        highest: 7,
        contiguous: 7,
        missing: [8, 9, 10],
        missingAcknowledgedCount: 3,
        corruptCount: 0,
      });
    });

    it('finds an acknowledged tail that was cut off', async () => {
      await written(10);
      await truncate(file, 8192 + 9 * 4096);
      expect(await checked(10)).toMatchObject({ contiguous: 8, missing: [9, 10] });
    });

    it('finds records that went back to those of the round before', async () => {
      await written(20);
      const old = new Map<number, Buffer>();
      await damage(19, (record) => old.set(19, Buffer.from(record)));
      await damage(20, (record) => old.set(20, Buffer.from(record)));
      await written(20, '--start', '21');
      for (const [sequence, kept] of old) await damage(sequence, (record) => kept.copy(record));
      expect(await checked(40)).toMatchObject({
        highest: 40,
        missing: [35, 36],
        missingAcknowledgedCount: 2,
        corruptCount: 0,
      });
    });

    it('does not count the write that was under way as damage', async () => {
      await written(40);
      await damage(41, flip(100));
      expect(await checked(40)).toMatchObject({
        from: 26,
        contiguous: 40,
        missingCount: 0,
        corruptCount: 0,
        torn: true,
      });
    });

    it('counts the same damage once the number was acknowledged', async () => {
      await written(41);
      await damage(41, flip(100));
      expect(await checked(41)).toMatchObject({
        missing: [41],
        missingAcknowledgedCount: 1,
        corrupt: [41],
      });
    });

    it('takes no record of an earlier witness for its own', async () => {
      const earlier = /instance=(\w+)/.exec(await written(30))?.[1] ?? '';
      const own = /instance=(\w+)/.exec(await written(5))?.[1] ?? '';
      expect(await checked(5, '--instance', own)).toMatchObject({ ...whole, highest: 5 });
      expect(await checked(5, '--instance', earlier)).toMatchObject({ highest: 0, contiguous: 0 });
    });

    it('reports acknowledgements by UDP', async () => {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const received: string[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on('message', (message) => {
          if (received.push(message.toString()) === 5) resolve();
        });
      });
      const report = `127.0.0.1:${socket.address().port}`;
      const stdout = await written(5, '--quiet', '--report', report);
      await all;
      socket.close();
      const instance = /instance=(\w+)/.exec(stdout)?.[1] ?? '';
      expect(stdout).not.toContain('ack');
      const acks = received.map((text) => /^(VG1 ack \d+ \w+) \d+$/.exec(text)?.[1]);
      expect(acks).toEqual([1, 2, 3, 4, 5].map((n) => `VG1 ack ${n} ${instance}`));
    });

    it('keeps the times of the last writes, the same that it reports', async () => {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const reported = new Map<number, bigint>();
      const all = new Promise<void>((resolve) => {
        socket.on('message', (message) => {
          const [, , sequence, , completed = ''] = message.toString().split(' ');
          reported.set(Number(sequence), BigInt(completed));
          if (reported.size === 25) resolve();
        });
      });
      const log = join(disk, 'log');
      const before = process.hrtime.bigint();
      await written(
        25,
        ...['--log', log, '--log-entries', '10', '--rate', '1000'],
        ...['--report', `127.0.0.1:${socket.address().port}`],
      );
      await all;
      socket.close();
      const entries = entriesOf(await readFile(log));
      expect(entries.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 10 }, (_, i) => i + 16),
      );
      const times = entries.map(({ sequence }) => reported.get(sequence) ?? 0n);
      expect(entries.map(({ completed }) => completed)).toEqual(times);
      expect(times[0]).toBeGreaterThan(before);
    });

    it('keeps no time of a write that never was', async () => {
      const log = join(disk, 'log');
      await written(3, '--log', log, '--log-entries', '10');
      expect(entriesOf(await readFile(log)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    });

    it('goes on when nobody takes its reports', async () => {
      const port = await freeUdpPort();
      const stdout = await written(50, '--report', `127.0.0.1:${port}`);
      expect(stdout).toContain('ack 50\n');
    });

    it('fails with a message if there is nothing to check', async () => {
      const { code, stderr } = await ended(
        ...['witness-check', '--file', file, ...range, '--acknowledged', '1'],
      );
      expect(code).toBe(1);
      expect(stderr).toBe(`vg-guest witness-check: ${file}: No such file or directory\n`);
    });

    const small = canMountDirectTmpfs();
    it.skipIf(!small)(
      `ends with code 4 if there is no space left${small ? '' : ', skipped: no tmpfs of our own that takes O_DIRECT'}`,
      async () => {
        const script = `mount -t tmpfs -o size=256k none "$1" && exec "$2" witness --file "$1/w" --bytes 1048576`;
        const failed = run('unshare', ['-rm', 'sh', '-c', script, 'sh', disk, program]);
        await expect(failed).rejects.toMatchObject({
          code: 4,
          stdout: '',
          stderr: expect.stringContaining('No space left on device') as string,
        });
      },
    );
  });
});

/** Asks for the next number once the last is answered; gives what was answered wrongly. */
async function askInARow(socket: Socket, count: number): Promise<string[]> {
  const wrong: string[] = [];
  await new Promise<void>((resolve) => {
    let sequence = 0;
    const ask = () => socket.send(`VG1 ${sequence}`);
    socket.on('message', (message) => {
      const answer = message.toString();
      if (!answer.startsWith(`VG1 ${sequence} `)) wrong.push(answer);
      sequence++;
      if (sequence === count) resolve();
      else ask();
    });
    ask();
  });
  return wrong;
}

/** What the witness keeps, in the order of the numbers. */
function entriesOf(log: Buffer): { sequence: number; completed: bigint }[] {
  return Array.from({ length: log.length / 16 }, (_, i) => ({
    sequence: Number(log.readBigUInt64LE(i * 16)),
    completed: log.readBigUInt64LE(i * 16 + 8),
  }))
    .filter(({ sequence }) => sequence !== 0)
    .sort((a, b) => a.sequence - b.sequence);
}

function canMountDirectTmpfs(): boolean {
  const script =
    'mount -t tmpfs none /mnt && dd if=/dev/zero of=/mnt/x bs=4096 count=1 oflag=direct';
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', script], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
