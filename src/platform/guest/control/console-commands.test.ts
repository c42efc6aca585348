import { spawn } from 'node:child_process';
import { duplexPair } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { localShell } from '../../remote/local.ts';
import { ConsoleCommands } from './console-commands.ts';
import type { GuestControl } from './control.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanUp.splice(0)) act();
});

/**
 * A console whose other end is a terminal of this machine, with a shell that runs what the guest's
 * agent is told to start there.
 */
async function consoleHere() {
  const [ours, theirs] = duplexPair();
  // script(1) gives its child a terminal and says which.
  const terminal = spawn('script', ['-qfec', 'tty; exec sleep 600', '/dev/null']);
  cleanUp.push(() => terminal.kill('SIGKILL'));
  const device = await new Promise<string>((resolve) => {
    terminal.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  terminal.stdout.pipe(theirs);
  theirs.pipe(terminal.stdin);
  const starter: Pick<GuestControl, 'run'> = {
    async run(argv) {
      await localShell.run(argv);
      return { code: 0, stdout: '', stderr: '' };
    },
  };
  return { stream: ours, device, starter };
}

it('runs programs by a shell that reads from the console', async () => {
  const { stream, device, starter } = await consoleHere();
  const commands = new ConsoleCommands(stream, device, starter);
  const now = Date.now() / 1000;
  expect(Math.abs((await commands.ready()) - now)).toBeLessThan(3600);
  expect(await commands.run(['printf', '%s\\n', "it's", '$HOME', 'a  b', ' x '])).toEqual({
    ...{ code: 0, stdout: "it's\n$HOME\na  b\n x \n", stderr: '' },
  });
  expect(await commands.run(['sh', '-c', 'echo a; echo b >&2; exit 3'])).toEqual({
    ...{ code: 3, stdout: 'a\nb\n', stderr: '' },
  });
  expect((await commands.run(['true'])).stdout).toBe('');
});

it('goes on where another has begun, as a restored guest does', async () => {
  const { stream, device, starter } = await consoleHere();
  await new ConsoleCommands(stream, device, starter).ready();
  const later = new ConsoleCommands(stream, device);
  expect((await later.run(['echo', 'still here'])).stdout).toBe('still here\n');
});

it('is heard among all else that a console says', async () => {
  const { stream, device, starter } = await consoleHere();
  const commands = new ConsoleCommands(stream, device, starter);
  const line = 'echo "[ 1.0] noise" > $0; echo said';
  expect((await commands.run(['sh', '-c', line, device])).stdout).toBe('said\n');
});

it('gives up a program that does not end, and one that nobody answers', async () => {
  const { stream, device, starter } = await consoleHere();
  const commands = new ConsoleCommands(stream, device, starter);
  await commands.ready();
  await expect(commands.run(['sleep', '2'], { timeout: 0.2 })).rejects.toThrow(
    'did not end within',
  );
  const [deaf, end] = duplexPair();
  end.resume();
  const nobody = new ConsoleCommands(deaf, '/dev/null');
  await expect(nobody.run(['true'], { timeout: 0.2 })).rejects.toThrow('nothing answered');
  deaf.destroy();
});

it('ends with a signal', async () => {
  const { stream, device, starter } = await consoleHere();
  const commands = new ConsoleCommands(stream, device, starter);
  await commands.ready();
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(commands.run(['true'], { signal })).rejects.toThrow('interrupted');
});

it('refuses what does not fit on a line of a terminal', async () => {
  const { stream, device, starter } = await consoleHere();
  const commands = new ConsoleCommands(stream, device, starter);
  await commands.ready();
  await expect(commands.run(['echo', 'a\nb'])).rejects.toThrow('expected one line');
  await expect(commands.run(['echo', 'a'.repeat(5000)])).rejects.toThrow('expected one line');
});
