import { expect, it } from 'vitest';
import { CommandError } from './shell.ts';

it('names a command by its beginning, however long it is, and keeps all of it', () => {
  const options = Array.from({ length: 200 }, (_, index) => `-x${index}`);
  const argv = ['qemu-system-x86_64', ...options] as const;
  const error = new CommandError('h1', argv, 'ended with code 1', { stderr: 'no memory\n' });
  expect(error.message).toMatch(
    /^qemu-system-x86_64 -x0 .{200,230} … \(on h1\) ended with code 1: no memory$/,
  );
  expect(error.argv).toEqual(argv);
});

it('shows of a script its first line', () => {
  const script = '\nset -eu\nrm -f "$1"\n';
  const { message } = new CommandError('h1', ['sh', '-c', script, 'sh', 'x'], 'was ended');
  expect(message).toBe('sh -c set -eu … sh x (on h1) was ended');
});
