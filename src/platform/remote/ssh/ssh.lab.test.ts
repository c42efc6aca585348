import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { monotonicClock } from '../../../base/clock.ts';
import { connectHost, connectHosts } from '../connect-host.ts';
import { fittedClock } from '../host-clock.ts';
import type { Endpoint, HostEntry } from '../inventory/schema.ts';
import { processesWith } from '../process-tree.ts';
import { CommandError, type Shell } from '../shell.ts';
import { describeShell } from '../shell.example.ts';
import { sshShell, type DialOptions, type NewKey } from './index.ts';
import { noSshd, TestSshd } from './sshd.example.ts';

if (noSshd !== undefined && process.env.CI === 'true') throw new Error(noSshd);

describe.skipIf(noSshd !== undefined)(`over SSH ${noSshd ?? ''}`, () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await TestSshd.start();
  });
  afterAll(() => sshd.stop());

  const open: Shell[] = [];
  const further: TestSshd[] = [];
  afterEach(async () => {
    for (const shell of open.splice(0)) await shell.close();
    for (const each of further.splice(0)) each.stop();
  });

  async function furtherSshd(settings?: string[]): Promise<TestSshd> {
    const started = await TestSshd.start(settings);
    further.push(started);
    return started;
  }

  async function connect(changes: Partial<Endpoint> = {}, options?: DialOptions): Promise<Shell> {
    const shell = await sshShell('h1', { ...sshd.endpoint, ...changes }, options);
    open.push(shell);
    return shell;
  }

  async function refusal(changes: Partial<Endpoint>, options?: DialOptions): Promise<string> {
    const error: unknown = await connect(changes, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }

  describe('a shell', () => {
    let shell: Shell;
    beforeAll(async () => {
      shell = await sshShell('h1', sshd.endpoint);
    });
    afterAll(() => shell.close());
    describeShell(() => shell);
  });

  describe('the login', () => {
    it('refuses a key that the host does not know, and says which were tried', async () => {
      const key = sshd.makeKey('stranger');
      expect(await refusal({ key })).toMatch(
        /^h1 \(.*\): the host refused the login; tried .*stranger/,
      );
    });

    it('names the agent where the key is encrypted', async () => {
      const key = sshd.makeKey('locked', 'secret');
      const { SSH_AUTH_SOCK: agent } = process.env;
      delete process.env.SSH_AUTH_SOCK;
      expect(await refusal({ key })).toMatch(/locked is encrypted, .*\n.*ssh-add .*locked/);
      if (agent !== undefined) process.env.SSH_AUTH_SOCK = agent;
    });

    it('uses the keys of an agent', async () => {
      const socket = join(sshd.folder, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      const before = process.env.SSH_AUTH_SOCK;
      try {
        while (!existsSync(socket)) await sleep(10);
        process.env.SSH_AUTH_SOCK = socket;
        const keyless = sshd.endpoint;
        delete keyless.key;
        const add = spawn('ssh-add', ['-q', sshd.userKey], { stdio: 'ignore' });
        await new Promise((resolve) => add.once('exit', resolve));
        const shell = await sshShell('h1', keyless);
        open.push(shell);
        expect((await shell.run(['echo', 'in'])).stdout).toBe('in\n');
      } finally {
        agent.kill();
        if (before === undefined) delete process.env.SSH_AUTH_SOCK;
        else process.env.SSH_AUTH_SOCK = before;
      }
    });

    it.each([
      ['absent', 'got nothing'],
      ['user.pub', 'got a public one'],
      ['sshd_config', 'got something else'],
    ])('says what is wrong with the key file %s', async (name, expected) => {
      const key = join(sshd.folder, name);
      expect(await refusal({ key })).toContain(`expected a private key in ${key}, ${expected}`);
    });

    it('says that nothing listens, or that nobody answers as sshd does', async () => {
      expect(await refusal({ port: 1 })).toContain('nothing listens there');
      const web = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      expect(await refusal({ port: web.port })).toMatch(/h1 \(.*\): /);
      web.server.close();
      expect(await refusal({ address: 'no-such-host.invalid' })).toContain('name is not known');
    });

    it('can be given up', async () => {
      const mute = await listening(() => undefined);
      const stop = new AbortController();
      const connecting = connect({ port: mute.port }, { signal: stop.signal });
      setTimeout(() => stop.abort(new Error('enough')), 50);
      await expect(connecting).rejects.toThrow('enough');
      mute.server.close();
    });

    it('tells of all hosts that fail, at once', async () => {
      const entry = (name: string, changes: Partial<Endpoint>): HostEntry => ({
        ...{ name, ssh: { ...sshd.endpoint, ...changes } },
        ...{ address: '127.0.0.1', runtime: '/tmp', storages: {} },
      });
      const hosts = [entry('a', {}), entry('b', { port: 1 }), entry('c', { key: '/nonexistent' })];
      await expect(connectHosts({ hosts })).rejects.toThrow(
        /^b .*nothing listens[^]*\nc .*\/nonexistent/,
      );
    });
  });

  describe('the host key', () => {
    const file = () => join(sshd.folder, 'other_known');
    afterEach(() => rmSync(file(), { force: true }));

    it('must be known; the refusal shows it and says what to do', async () => {
      const message = await refusal({ knownHosts: [file()] });
      expect(message).toMatch(/key is not known: ssh-ed25519 SHA256:\S{43}\n.*--accept-new-keys/);
      expect(existsSync(file())).toBe(false);
    });

    it('is entered where the user accepts it, and known from then on', async () => {
      const shown: NewKey[] = [];
      const knownHosts = [file()];
      writeFileSync(file(), '# mine');
      const accept = (key: NewKey) => shown.push(key) > 0;
      await connect({ knownHosts }, { onNewKey: accept });
      await connect({ knownHosts });
      expect(shown).toHaveLength(1);
      expect(shown[0]).toMatchObject({ name: `[127.0.0.1]:${sshd.endpoint.port}`, file: file() });
      expect(readFileSync(file(), 'utf8')).toMatch(
        /^# mine\n\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+\n$/,
      );
    });

    it('that has changed is refused, and never accepted', async () => {
      sshd.trust(sshd.makeKey('other_host'));
      const message = await refusal({}, { onNewKey: () => true });
      sshd.trust(sshd.hostKey);
      expect(message).toMatch(
        /key has changed: .* not the key in .*known_hosts:1\n.*ssh-keygen -R/,
      );
    });

    it('that was revoked is refused', async () => {
      const text = readFileSync(sshd.knownHosts, 'utf8');
      writeFileSync(file(), `${text}@revoked ${text}`);
      const options = { onNewKey: () => true };
      expect(await refusal({ knownHosts: [file()] }, options)).toContain('other_known:2');
    });

    it('is asked for by the type that is known, where the host has several', async () => {
      const rsa = await furtherSshd([`HostKey ${sshd.makeKey('rsa', '', 'rsa')}`]);
      rsa.trust(join(sshd.folder, 'rsa'));
      const shell = await sshShell('h1', rsa.endpoint);
      await shell.close();
    });
  });

  describe('a jump host', () => {
    it('leads to a host, and says where the way ends', async () => {
      const gate = await furtherSshd();
      const shell = await connect({ jump: gate.endpoint });
      expect((await shell.run(['echo', 'through'])).stdout).toBe('through\n');
      expect(await refusal({ jump: gate.endpoint, port: 1 })).toContain(
        'jump host does not reach it',
      );
      expect(await refusal({ jump: { ...gate.endpoint, port: 1 } })).toContain("h1's jump");
      const running = failure(shell.run(['sleep', '30']));
      await sleep(200);
      gate.cutConnections();
      expect((await running).message).toMatch(/was cut off: /);
    });
  });

  describe('many at once', () => {
    it('run on more connections than one', async () => {
      const shell = await connect();
      const numbers = Array.from({ length: 100 }, (_, index) => String(index));
      const printed = await Promise.all(
        numbers.map(async (n) => (await shell.run(['sh', '-c', `sleep 0.2; echo ${n}`])).stdout),
      );
      expect(printed).toEqual(numbers.map((n) => `${n}\n`));
    });

    it('go through a host that takes only two', async () => {
      const narrow = await furtherSshd(['MaxSessions 2']);
      const shell = await sshShell('narrow', narrow.endpoint);
      const programs = await Promise.all([1, 2, 3].map(() => shell.start(['sleep', '30'])));
      const all = Array.from({ length: 20 }, () => shell.run(['echo', 'x']));
      expect(await Promise.all(all)).toHaveLength(20);
      for (const program of programs) program.kill('SIGTERM');
      for (const { exited } of programs) expect((await exited).signal).toBe('SIGTERM');
      await shell.close();
    });

    it('programs that stay leave room for commands', async () => {
      const shell = await connect();
      const programs = await Promise.all(
        Array.from({ length: 25 }, () => shell.start(['sleep', '60'])),
      );
      expect((await shell.run(['echo', 'room'])).stdout).toBe('room\n');
      for (const program of programs) program.kill('SIGKILL');
      for (const { exited } of programs) expect((await exited).signal).toBe('SIGKILL');
    });

    it('are cancelled together', async () => {
      const shell = await connect();
      const token = `VG_MANY=${Math.random()}`;
      const stop = new AbortController();
      const all = Array.from({ length: 30 }, () =>
        failure(
          shell.run(['sh', '-c', 'sleep 60; sleep 60'], {
            env: { VG_MANY: token.slice(8) },
            signal: stop.signal,
          }),
        ),
      );
      while (processesWith(token).length < 60) await sleep(20);
      stop.abort(new Error('all of them'));
      for (const each of await Promise.all(all)) expect(each.message).toBe('all of them');
      expect(processesWith(token)).toEqual([]);
    });
  });

  describe('a connection that breaks', () => {
    it('ends what waits for it, with the reason; programs say that nobody knows', async () => {
      const own = await furtherSshd();
      const shell = await sshShell('h1', own.endpoint);
      const program = await shell.start(['sleep', '31']);
      const talk = await shell.open(['cat']);
      const path = join(own.folder, 'socket');
      const server = createServer(() => undefined).listen(path);
      const socket = await shell.connect(path);
      const closed = Promise.all(
        [talk.stdout, socket].map((each) => new Promise((resolve) => each.once('close', resolve))),
      );
      const running = failure(shell.run(['sleep', '30'], { timeout: 20 }));
      const writing = failure(shell.writeFile('/dev/null', Buffer.alloc(300e6)));
      await sleep(300);
      own.cutConnections();
      expect(await running).toBeInstanceOf(CommandError);
      expect((await running).message).toMatch(/^sleep 30 \(on h1\) was cut off: \S/);
      expect((await writing).message).toMatch(/was cut off/);
      expect(await program.exited).toMatchObject({
        code: undefined,
        lost: expect.any(String) as string,
      });
      expect(await talk.exited).toMatchObject({ lost: expect.any(String) as string });
      await closed;
      // The host itself is well: the next command opens a new connection.
      expect((await shell.run(['echo', 'again'])).stdout).toBe('again\n');
      process.kill(program.pid, 'SIGKILL');
      own.cutConnections();
      own.down();
      await sleep(100);
      const gone = await failure(shell.run(['true']));
      expect(gone.message).toBe('true (on h1) did not run (nothing listens there)');
      await shell.close();
      server.close();
    });

    it('in the middle of an upload leaves nothing', async () => {
      const own = await furtherSshd();
      const shell = await sshShell('h1', own.endpoint);
      const from = join(own.folder, 'from');
      await shell.run([
        'sh',
        '-c',
        `mkdir ${own.folder}/to; head -c 200000000 /dev/urandom >${from}`,
      ]);
      const uploading = failure(shell.upload(from, `${own.folder}/to/file`));
      while (readdirSync(`${own.folder}/to`).length === 0) await sleep(5);
      own.cutConnections();
      expect((await uploading).message).toMatch(/was cut off/);
      while (readdirSync(`${own.folder}/to`).length > 0) await sleep(5);
      await shell.close();
    });

    it('is told from one that was closed here', async () => {
      const shell = await connect();
      const running = failure(shell.run(['sleep', '30']));
      await sleep(100);
      await shell.close();
      expect((await running).message).toMatch(/was cut off: it was closed here/);
      expect((await failure(shell.run(['true']))).message).toMatch(/did not run \(.*closed here\)/);
    });
  });

  it('passes over what a profile prints', async () => {
    const noise = 'echo noise; echo more noise >&2; eval "$SSH_ORIGINAL_COMMAND"';
    const noisy = await furtherSshd([`ForceCommand ${noise}`]);
    const shell = await sshShell('h1', noisy.endpoint);
    expect(await shell.run(['sh', '-c', 'echo out; echo err >&2'])).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
    });
    const missing = await failure(shell.run(['no-such-program']));
    expect(missing.message).toMatch(/did not run \(no-such-program: not found/);
    await shell.close();
  });

  describe('a host', () => {
    it('knows its folders, and shares our clock where it shares our kernel', async () => {
      const host = await connectHost({
        ...{ name: 'h1', ssh: sshd.endpoint, address: '10.0.0.1', runtime: '~/r', bridge: 'br0' },
        storages: { disk: { kind: 'local', path: '~/disk' } },
      });
      const home = process.env.HOME ?? '';
      expect(host).toMatchObject({
        ...{ name: 'h1', address: '10.0.0.1', bridge: 'br0', runtime: `${home}/r` },
        storages: { disk: { kind: 'local', path: `${home}/disk` } },
      });
      expect(host.cache).toMatch(/\/virtgauge$/);
      expect(host.clock.uncertainty).toBe(0);
      await host.shell.close();
    });

    it('has its stamps mapped within the uncertainty that its clock tells', async () => {
      const shell = await connect();
      const clock = await fittedClock(shell);
      const wall = Date.now() / 1000;
      const error = Math.abs(clock.fromWall(wall) - monotonicClock.fromWall(wall));
      expect(clock.uncertainty).toBeGreaterThan(0);
      // Date.now() has milliseconds.
      expect(error).toBeLessThan(clock.uncertainty + 0.002);
      await clock.refit();
      const later = Date.now() / 1000;
      const laterError = Math.abs(clock.fromWall(later) - monotonicClock.fromWall(later));
      expect(laterError).toBeLessThan(clock.uncertainty + 0.002);
    });
  });
});

async function failure(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a failure');
}

function listening(onConnection: Parameters<typeof createServer>[1]) {
  return new Promise<{ server: Server; port: number }>((resolve) => {
    const server = createServer({}, onConnection).listen(0, '127.0.0.1', () => {
      resolve({ server, port: (server.address() as { port: number }).port });
    });
    server.unref();
  });
}
