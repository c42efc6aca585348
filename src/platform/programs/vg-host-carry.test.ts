import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compiledProgram, freeTcpPort, whyNotCompile } from './guest-service.example.ts';

const whyNot =
  whyNotCompile() ??
  (spawnSync('qemu-nbd', ['--version']).error === undefined ? undefined : 'no qemu-nbd');
const MiB = 2 ** 20;

interface Pass {
  whole: boolean;
  read: number;
  sent: number;
  rest: number;
  lost: boolean;
}

describe.skipIf(whyNot !== undefined)(
  `vg-host carry${whyNot ? `, skipped: ${whyNot}` : ''}`,
  () => {
    let folder: string;
    let program: string;
    const processes: ChildProcess[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vg-carry-'));
      program = await compiledProgram('vg-host');
    }, 120_000);

    afterEach(() => {
      for (const each of processes.splice(0)) each.kill('SIGKILL');
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** Serves a file by NBD until it is killed. */
    async function serve(file: string, port: number): Promise<ChildProcess> {
      const server = spawn('qemu-nbd', [
        ...['--persistent', '--format=raw', '--discard=unmap', '--detect-zeroes=unmap'],
        ...['--bind=127.0.0.1', `--port=${port}`, '--export-name=x', file],
      ]);
      processes.push(server);
      const listens = `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
      while (!(await readFile('/proc/net/tcp', 'utf8')).includes(listens)) await sleep(20);
      return server;
    }

    function carry(disk: string, port: number, ...more: string[]) {
      const to = ['--to', `127.0.0.1:${port}`, '--export', 'x'];
      const child = spawn(program, ['carry', '--disk', disk, ...to, ...more]);
      processes.push(child);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const told = async <T>(event: string): Promise<T> => {
        for (;;) {
          const line = await lines.next();
          if (line.done === true) throw new Error(`it ended: ${stderr}`);
          const said = JSON.parse(line.value) as T & { event: string };
          if (said.event === event) return said;
        }
      };
      return {
        ask: <T = Pass>(command: string, event = command): Promise<T> => {
          child.stdin.write(`${command}\n`);
          return told<T>(event);
        },
        mark: (offset: number, bytes: number) => child.stdin.write(`mark ${offset} ${bytes}\n`),
        /** Its exit code. */
        end: async () => {
          const exit = once(child, 'exit');
          child.stdin.end();
          return ((await exit) as [number])[0];
        },
      };
    }

    /** A disk with noise in it and much that is empty, its end in the middle of a block. */
    async function disks(name: string) {
      const [source, target] = [join(folder, `${name}-source`), join(folder, `${name}-target`)];
      const bytes = 12 * MiB + 512;
      const content = Buffer.alloc(bytes);
      randomBytes(2 * MiB + 8192).copy(content, MiB - 4096);
      randomBytes(512).copy(content, bytes - 512);
      await writeFile(source, content);
      await (await open(target, 'w')).close();
      spawnSync('truncate', ['-s', String(bytes), target]);
      return { source, target, bytes, port: await freeTcpPort() };
    }

    const same = async (a: string, b: string) => (await readFile(a)).equals(await readFile(b));

    async function overwrite(file: string, at: number, content: Buffer): Promise<void> {
      const handle = await open(file, 'r+');
      await handle.write(content, 0, content.length, at);
      await handle.close();
    }

    it('brings a disk over, and then only what differs; zeros become holes', async () => {
      const { source, target, bytes, port } = await disks('passes');
      await serve(target, port);
      const { ask, end } = carry(source, port, '--blind');
      const first = await ask('pass');
      expect(first).toMatchObject({ whole: true, lost: true, read: bytes });
      expect(first.sent).toBeLessThan(2.1 * MiB);
      expect(await same(source, target)).toBe(true);
      expect((await stat(target)).blocks * 512).toBeLessThan(4 * MiB);

      await overwrite(source, 5 * MiB + 100, Buffer.from('changed'));
      await overwrite(source, 2 * MiB, Buffer.alloc(64 * 1024));
      const second = await ask('pass');
      expect(second).toMatchObject({ whole: true, sent: 4096 });
      expect(await same(source, target)).toBe(true);
      expect((await ask('pass')).sent).toBe(0);
      expect(await end()).toBe(0);
    });

    it('brings what it is told, whatever the target has there', async () => {
      const { source, target, port } = await disks('listed');
      await writeFile(target, randomBytes(12 * MiB + 512));
      const before = await readFile(target);
      await serve(target, port);
      const { ask, mark, end } = carry(source, port, '--listed');
      mark(MiB, 100);
      mark(4 * MiB, 8192);
      const told = await ask<{ known: boolean; ranges: number[][] }>('map');
      expect(told).toMatchObject({ known: true, ranges: [[MiB, 4096], [4 * MiB, 8192]] }); // prettier-ignore
      expect(await ask('pass')).toMatchObject({ whole: false, read: 12_288, rest: 0, lost: false });
      const [now, wanted] = [await readFile(target), await readFile(source)];
      for (const [at, bytes] of [
        [MiB, 4096],
        [4 * MiB, 8192],
      ] as const)
        // prettier-ignore
        wanted.copy(before, at, at, at + bytes);
      expect(now.equals(before)).toBe(true);
      expect(await end()).toBe(0);
    });

    it('goes on with another connection where one is lost, and leaves nothing out', async () => {
      const { source, target, port } = await disks('lost');
      const server = await serve(target, port);
      const { ask, end } = carry(source, port, '--blind');
      await ask('pass');
      server.kill('SIGKILL');
      await once(server, 'exit');
      await overwrite(source, 8 * MiB, randomBytes(MiB));
      const pass = ask('pass');
      await serve(target, port);
      expect((await pass).sent).toBeGreaterThanOrEqual(MiB);
      expect(await same(source, target)).toBe(true);
      expect(await end()).toBe(0);
    });

    it('says what the target says, and does not try again', async () => {
      const { source, port } = await disks('small');
      const small = join(folder, 'small');
      await writeFile(small, Buffer.alloc(MiB));
      await serve(small, port);
      await expect(carry(source, port, '--blind').ask('pass')).rejects.toThrow(
        /its disk is smaller/,
      );
    });

    it('says what is wrong with its arguments', () => {
      const run = (...rest: string[]) =>
        spawnSync(program, ['carry', ...rest], { encoding: 'utf8', input: '' });
      expect(run()).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('--disk') as string,
      });
      const missing = run('--disk', join(folder, 'none'), '--to', '127.0.0.1:1', '--export', 'x');
      expect(missing.stderr).toMatch(/none: No such file/);
    });
  },
);
