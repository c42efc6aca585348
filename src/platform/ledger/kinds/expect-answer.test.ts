import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localShell } from '../../remote/local.ts';
import type { Argv, RunOptions } from '../../remote/shell.ts';
import { expectAnswer } from './expect-answer.ts';

it.each([tmpdir(), join(tmpdir(), 'no-such-thing', 'below'), '/proc/self'])(
  'of %s comes, whatever is there',
  async (path) => {
    await expectAnswer(path);
  },
);

it('that does not come is waited for no longer than is said', async () => {
  const hanging = {
    run: (_: Argv, options?: RunOptions) => localShell.run(['sleep', '600'], options),
  };
  const asked = expectAnswer('/srv', 0.1, hanging);
  await expect(asked).rejects.toThrow('its file system has not answered for 0.1 s');
});
