import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localShell } from './local.ts';
import { CommandError, type Argv, type RunOptions } from './shell.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-local-')));
afterAll(() => rmSync(folder, { recursive: true }));

async function failureOf(argv: Argv, options?: RunOptions): Promise<CommandError> {
  const error: unknown = await localShell.run(argv, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CommandError);
  return error as CommandError;
}

describe('run', () => {
  it('gives what was printed, every byte of text', async () => {
    const output = await localShell.run(['sh', '-c', 'printf "größer\\n\\n"; printf e >&2']);
    expect(output).toEqual({ stdout: 'größer\n\n', stderr: 'e' });
  });

  it('passes arguments as they are', async () => {
    const odd = ['a b', '$HOME', '*', '', "'", '"', '\n', 'ü'];
    const { stdout } = await localShell.run(['printf', '%s|', ...odd]);
    expect(stdout).toBe(odd.map((each) => `${each}|`).join(''));
  });

  it('passes input, environment and working directory', async () => {
    const { stdout } = await localShell.run(['sh', '-c', 'cat; echo "$VG_TEST"; pwd'], {
      input: 'in\n',
      env: { VG_TEST: 'set' },
      cwd: folder,
    });
    expect(stdout).toBe(`in\nset\n${folder}\n`);
  });

  it('does not mind a program that does not read its input', async () => {
    const { stdout } = await localShell.run(['true'], { input: 'x'.repeat(2 ** 20) });
    expect(stdout).toBe('');
  });

  it('says with which code and words a program failed', async () => {
    const error = await failureOf(['sh', '-c', 'echo "no space" >&2; exit 3']);
    expect(error).toMatchObject({ code: 3, stderr: 'no space\n', host: 'localhost' });
    expect(error.message).toMatch(/ended with code 3: no space$/);
  });

  it('says which signal ended a program', async () => {
    const error = await failureOf(['sh', '-c', 'kill -9 $$']);
    expect(error.message).toMatch(/was ended by SIGKILL$/);
    expect(error.code).toBeUndefined();
  });

  it.each([
    { what: 'a missing program', argv: ['virtgauge-no-such-program'] as Argv, options: {} },
    { what: 'a missing folder', argv: ['true'] as Argv, options: { cwd: '/nonexistent' } },
  ])('says in one line that $what did not run', async ({ argv, options }) => {
    const { message } = await failureOf(argv, options);
    expect(message).toMatch(/did not run \(.*(ENOENT|cwd).*\)$/);
    expect(message).not.toContain('\n');
  });

  it('ends what takes too long, also if its children hold the output open', async () => {
    const { message } = await failureOf(['sh', '-c', 'sleep 30; true'], { timeout: 0.05 });
    expect(message).toContain('did not end within 0.05 s');
  });

  it('ends with the reason of an aborted signal', async () => {
    const stop = new AbortController();
    const running = localShell.run(['sleep', '30'], { signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await expect(running).rejects.toThrow('interrupted');
    await expect(localShell.run(['true'], { signal: stop.signal })).rejects.toThrow('interrupted');
  });
});

describe('start', () => {
  it('gives a pid, and later code and words', async () => {
    const process = await localShell.start(['sh', '-c', 'echo "$VG_TEST" >&2; exit 4'], {
      env: { VG_TEST: 'set' },
    });
    expect(process.pid).toBeGreaterThan(1);
    expect(await process.exited).toEqual({ code: 4, signal: undefined, stderr: 'set' });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGINT'] as const)('ends by %s, once', async (signal) => {
    const process = await localShell.start(['sleep', '30']);
    process.kill(signal);
    expect(await process.exited).toMatchObject({ code: undefined, signal });
    process.kill(signal);
  });

  it('says that a program is missing', async () => {
    await expect(localShell.start(['virtgauge-no-such-program'])).rejects.toThrow(
      /did not start \(.*ENOENT\)$/,
    );
  });
});

describe('connect', () => {
  it('reaches a unix socket', async () => {
    const path = join(folder, 'socket');
    const server = createServer((socket) => socket.end('hello')).listen(path);
    let text = '';
    for await (const chunk of await localShell.connect(path)) text += String(chunk);
    expect(text).toBe('hello');
    server.close();
  });

  it('fails where nobody listens', async () => {
    await expect(localShell.connect(join(folder, 'absent'))).rejects.toThrow('ENOENT');
  });
});
