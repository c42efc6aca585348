import { expect, it } from 'vitest';
import { localShell } from '../remote/local.ts';
import type { Shell } from '../remote/shell.ts';
import { ask } from './ask.ts';

it('gives what was printed, in the words of no language', async () => {
  expect(await ask(localShell, ['sh', '-c', 'echo "a $LC_ALL"; echo b >&2'])).toEqual({
    ok: true,
    stdout: 'a C\n',
  });
});

it('takes failures for answers', async () => {
  expect(await ask(localShell, ['virtgauge-no-such-tool'])).toMatchObject({
    ok: false,
    why: 'missing',
  });
  expect(await ask(localShell, ['sh', '-c', 'echo "no: space"; echo bad >&2; exit 3'])).toEqual({
    ...{ ok: false, why: 'refused', code: 3, text: 'bad', stdout: 'no: space\n' },
  });
  expect(await ask(localShell, ['sleep', '30'], 0.05)).toMatchObject({
    ok: false,
    why: 'silent',
    text: expect.stringContaining('did not end within 0.05 s') as string,
  });
});

it('does not wait for what cannot even be ended', async () => {
  const stuck: Shell = { ...localShell, run: () => new Promise(() => undefined) };
  expect(await ask(stuck, ['stat', '/mnt'], -4.9)).toMatchObject({ why: 'silent' });
});

it('does not hide mistakes of ours', async () => {
  const broken: Shell = { ...localShell, run: () => Promise.reject(new TypeError('ours')) };
  await expect(ask(broken, ['true'])).rejects.toThrow('ours');
});
