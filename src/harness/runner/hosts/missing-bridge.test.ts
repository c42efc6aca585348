import { expect, it } from 'vitest';
import { CommandError, type Argv } from '../../../platform/remote/shell.ts';
import { missingBridge } from './missing-bridge.ts';

const says = (stdout: string) => ({ run: () => Promise.resolve({ stdout, stderr: '' }) });
const fails = (code?: number) => ({
  run: (argv: Argv) => Promise.reject(new CommandError('h1', argv, 'failed', { code })),
});

it('is none where there is one', async () => {
  expect(await missingBridge(says('3: br0: <BROADCAST> mtu 1500\n'), 'br0')).toBeUndefined();
});

it.each([
  ['nothing of that name', fails(1)],
  ['something else', says('')],
])('is told where there is %s', async (_, shell) => {
  const problem = await missingBridge(shell, 'br0');
  expect(problem?.message).toBe('expected a bridge called br0, found none');
  expect(problem?.remedy).toContain('ip link add br0');
});

it.each([undefined, 127])('is not told of a host that does not say it (code %s)', async (code) => {
  const problem = await missingBridge(fails(code), 'br0');
  expect(problem?.message).toContain('cannot tell whether there is one: ip -o link show');
  expect(problem?.message).not.toContain('found none');
});
