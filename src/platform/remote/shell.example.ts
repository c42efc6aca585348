import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, open, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { processesWith } from './process-tree.ts';
import { CommandError, type Argv, type RunOptions, type Shell } from './shell.ts';

/** What every shell promises. The host must be this machine, since files and processes are looked at. */
export function describeShell(get: () => Shell): void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-shell-')));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function failureOf(argv: Argv, options?: RunOptions): Promise<CommandError> {
    const error: unknown = await get()
      .run(argv, options)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandError);
    return error as CommandError;
  }

  describe('run', () => {
    it('gives what was printed, every byte of text', async () => {
      const output = await get().run(['sh', '-c', 'printf "größer\\n\\n"; printf e >&2']);
      expect(output).toEqual({ stdout: 'größer\n\n', stderr: 'e' });
    });

    it('passes arguments as they are', async () => {
      const odd = ['a b', '$HOME', '*', '', "'", '"', '\n', 'ü', '\\', '-n', '~', '=ls', '!1'];
      const { stdout } = await get().run(['printf', '%s|', ...odd]);
      expect(stdout).toBe(odd.map((each) => `${each}|`).join(''));
    });

    it('passes input, environment and working directory', async () => {
      const { stdout } = await get().run(['sh', '-c', 'cat; echo "$VG_TEST"; pwd'], {
        input: 'in\n',
        env: { VG_TEST: "se't" },
        cwd: folder,
      });
      expect(stdout).toBe(`in\nse't\n${folder}\n`);
    });

    it('passes much input, and gives much output', async () => {
      const input = 'größer\n'.repeat(1e6);
      const { stdout } = await get().run(['cat'], { input });
      expect(stdout === input).toBe(true);
    });

    it('does not mind a program that does not read its input', async () => {
      const { stdout } = await get().run(['true'], { input: 'x'.repeat(2 ** 22) });
      expect(stdout).toBe('');
    });

    it('says with which code and words a program failed', async () => {
      const error = await failureOf(['sh', '-c', 'echo half; echo "no space" >&2; exit 3']);
      const printed = { stdout: 'half\n', stderr: 'no space\n' };
      expect(error).toMatchObject({ code: 3, ...printed, host: get().host });
      expect(error.message).toMatch(/ended with code 3: no space$/);
    });

    it.each([126, 127])('takes code %i of a program for what it is', async (code) => {
      expect(await failureOf(['sh', '-c', `exit ${code}`])).toMatchObject({ code });
    });

    it('says which signal ended a program', async () => {
      const error = await failureOf(['sh', '-c', 'kill -9 $$']);
      expect(error.message).toMatch(/was ended by SIGKILL$/);
      expect(error.code).toBeUndefined();
    });

    it.each([
      { what: 'a missing program', argv: ['virtgauge-no-such-program'] as Argv, options: {} },
      { what: 'a file that is no program', argv: ['/etc/passwd'] as Argv, options: {} },
      { what: 'a missing folder', argv: ['true'] as Argv, options: { cwd: '/nonexistent' } },
    ])('says in one line that $what did not run', async ({ argv, options }) => {
      const { message, code } = await failureOf(argv, options);
      expect(message).toMatch(/did not run \(.*(no-such-program|passwd|nonexistent|cwd).*\)$/);
      expect(message).not.toContain('\n');
      expect(code).toBeUndefined();
    });

    it('ends what takes too long, also if its children hold the output open', async () => {
      const { message } = await failureOf(['sh', '-c', 'sleep 30; true'], { timeout: 0.05 });
      expect(message).toContain('did not end within 0.05 s');
    });

    it('ends with the reason of an aborted signal', async () => {
      const stop = new AbortController();
      const running = get().run(['sleep', '30'], { signal: stop.signal });
      stop.abort(new Error('interrupted'));
      await expect(running).rejects.toThrow('interrupted');
      await expect(get().run(['true'], { signal: stop.signal })).rejects.toThrow('interrupted');
    });

    it('ends with a command all that it has started, in whatever session, however stubborn', async () => {
      const token = `VG_TREE=${Math.random()}`;
      const [name = '', value = ''] = token.split('=');
      const script = `
        (trap '' TERM; sleep 61; sleep 62) &
        setsid sh -c 'sleep 63 & sleep 64' </dev/null >/dev/null 2>&1 &
        echo started; sleep 65`;
      const stop = new AbortController();
      const running = get().run(['sh', '-c', script], {
        env: { [name]: value },
        signal: stop.signal,
      });
      const ended = expect(running).rejects.toThrow('enough');
      while (processesWith(token).length < 6) await sleep(10);
      stop.abort(new Error('enough'));
      await ended;
      expect(processesWith(token)).toEqual([]);
    });

    it('leaves alone what a command that has ended left behind', async () => {
      const script = 'sleep 20 </dev/null >/dev/null 2>&1 & echo $!';
      const { stdout } = await get().run(['sh', '-c', script]);
      expect(() => process.kill(Number(stdout), 0)).not.toThrow();
      process.kill(Number(stdout), 'SIGKILL');
    });
  });

  describe('start', () => {
    it('gives the pid of the program, and later code and words', async () => {
      const started = await get().start(['sh', '-c', 'echo "$VG_TEST $$" >&2; exit 4'], {
        env: { VG_TEST: 'set' },
      });
      const stderr = `set ${started.pid}`;
      expect(await started.exited).toEqual({ code: 4, signal: undefined, stderr });
    });

    it.each(['SIGTERM', 'SIGKILL', 'SIGINT'] as const)('ends by %s, once', async (signal) => {
      const started = await get().start(['sleep', '30']);
      started.kill(signal);
      expect(await started.exited).toMatchObject({ code: undefined, signal });
      started.kill(signal);
    });

    it.each(['virtgauge-no-such-program', '/etc/passwd'])(
      'says that %s does not start',
      async (name) => {
        await expect(get().start([name])).rejects.toThrow(/did not start \(.*\)$/);
      },
    );
  });

  describe('open', () => {
    it('talks with a program', async () => {
      const cat = await get().open(['sh', '-c', 'echo "$VG_TEST"; exec cat'], {
        env: { VG_TEST: 'set' },
      });
      cat.stdin.write('one\n');
      cat.stdin.end('two\n');
      let text = '';
      for await (const chunk of cat.stdout) text += String(chunk);
      expect(text).toBe('set\none\ntwo\n');
      expect(await cat.exited).toEqual({ code: 0, signal: undefined, stderr: '' });
    });

    it('waits for who reads slowly, and loses nothing', async () => {
      const source = await get().open(['sh', '-c', 'seq 1 600000']);
      await sleep(50);
      let bytes = 0;
      let last = '';
      for await (const chunk of source.stdout) {
        bytes += (chunk as Buffer).length;
        last = String(chunk).slice(-8);
      }
      expect([bytes, last]).toEqual([4_088_895, '\n600000\n']);
      await source.exited;
    });

    it('ends by a signal', async () => {
      const cat = await get().open(['cat']);
      cat.stdout.resume();
      cat.kill('SIGTERM');
      expect(await cat.exited).toMatchObject({ code: undefined, signal: 'SIGTERM' });
    });

    it('says that a program is missing', async () => {
      const opened = get().open(['virtgauge-no-such-program']);
      await expect(opened).rejects.toThrow(/did not start \(.*\)$/);
    });
  });

  describe('connect', () => {
    it('reaches a unix socket, both ways, and tells of its end', async () => {
      const path = join(folder, 'socket');
      const server = createServer((socket) => {
        socket.on('data', (data) => socket.end(`got ${data.toString()}`));
      }).listen(path);
      const socket = await get().connect(path);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write('hello');
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toBe('got hello');
      await closed;
      server.close();
    });

    it('closes for the other end, too', async () => {
      const path = join(folder, 'socket2');
      let gone: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (gone = resolve));
      const server = createServer((socket) => socket.on('close', gone).resume()).listen(path);
      const socket = await get().connect(path);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
      await Promise.all([ended, closed]);
      server.close();
    });

    it('fails where nobody listens', async () => {
      await expect(get().connect(join(folder, 'absent'))).rejects.toThrow();
    });
  });

  describe('files', () => {
    it('writes and reads every byte', async () => {
      const path = join(folder, "a file's name");
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
      await get().writeFile(path, bytes);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      await get().writeFile(path, 'größer');
      expect((await get().readFile(path)).toString()).toBe('größer');
      await get().writeFile(path, '');
      expect(await get().readFile(path)).toHaveLength(0);
    });

    it('says what it cannot read or write', async () => {
      const path = join(folder, 'absent', 'file');
      for (const attempt of [() => get().readFile(path), () => get().writeFile(path, 'x')]) {
        const error: unknown = await attempt().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(CommandError);
        expect((error as CommandError).message).toMatch(/absent\/file.*: .*No such file/i);
      }
    });

    it('uploads a file with its holes and permission bits, and leaves nothing else', async () => {
      const [from, to] = [join(folder, 'image'), join(folder, 'target', 'image 2')];
      const size = 64 * 2 ** 20 + 12_345;
      const file = await open(from, 'w');
      await file.write(Buffer.alloc(300_000, 'a'), 0, 300_000, 0);
      await file.write(Buffer.alloc(10, 'b'), 0, 10, 20 * 2 ** 20 - 5);
      await file.write(Buffer.alloc(9 * 2 ** 20, 'c'), 0, 9 * 2 ** 20, 40 * 2 ** 20 + 1);
      await file.truncate(size);
      await file.close();
      await chmod(from, 0o750);
      await get().run(['mkdir', join(folder, 'target')]);
      writeFileSync(to, 'what stood there before');
      await get().upload(from, to);
      expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
      const { blocks, mode, size: arrived } = statSync(to);
      expect([arrived, mode & 0o777]).toEqual([size, 0o750]);
      expect(blocks * 512).toBeLessThan(16 * 2 ** 20);
      expect(await readdir(join(folder, 'target'))).toEqual(['image 2']);
    });

    it('uploads an empty file, and one that is a hole', async () => {
      for (const size of [0, 3_000_000]) {
        const [from, to] = [join(folder, `hole-${size}`), join(folder, `copy-${size}`)];
        const file = await open(from, 'w');
        await file.truncate(size);
        await file.close();
        await get().upload(from, to);
        expect(statSync(to)).toMatchObject({ size, blocks: 0 });
      }
    });

    it('says what it cannot upload, and leaves nothing', async () => {
      const from = join(folder, 'source');
      writeFileSync(from, 'x'.repeat(1e6));
      await get().run(['mkdir', '-p', join(folder, 'shut', 'taken')]);
      const attempts = [
        [join(folder, 'absent'), join(folder, 'shut', 'copy')],
        [from, join(folder, 'shut', 'taken')],
        [from, join(folder, 'absent', 'copy')],
      ] as const;
      for (const attempt of attempts) {
        await expect(get().upload(...attempt)).rejects.toThrow(CommandError);
      }
      expect(await readdir(join(folder, 'shut'))).toEqual(['taken']);
      expect(await readdir(join(folder, 'shut', 'taken'))).toEqual([]);
    });
  });
}
