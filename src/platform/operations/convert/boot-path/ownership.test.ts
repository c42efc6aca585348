import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { bootFolder, clearBootPath, prepareBootPath } from './boot-path.ts';
import { envBlock } from './env-block.ts';
import { conversionToken, expectOwn } from './ownership.ts';

let root: string;
let config: string;
let folder: string;
let env: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'virtgauge-boot-'));
  config = join(root, 'grub.cfg');
  folder = bootFolder(config);
  env = join(folder, 'env');
  mkdirSync(folder);
  writeFileSync(config, 'set default=0\n');
});
afterEach(() => rmSync(root, { recursive: true }));

it('is known by one token for a folder, which stays', () => {
  const [mine, other] = [join(root, 'a', 'web1'), join(root, 'b', 'web1')];
  const token = conversionToken(mine);
  expect(conversionToken(mine)).toBe(token);
  expect(conversionToken(other)).not.toBe(token);
});

it('is free where nobody marked it, and ours where we did', async () => {
  await expectOwn(localShell, { folder: join(root, 'absent'), token: 'aa' });
  await expectOwn(localShell, { folder, token: 'aa' });
  writeFileSync(env, envBlock(false, 'aa'));
  await expectOwn(localShell, { folder, token: 'aa' });
  // Of a conversion that had no token, and has its record here.
  writeFileSync(env, envBlock(false));
  await expectOwn(localShell, { folder });
});

it.each([
  ['another token', envBlock(false, 'bb')],
  ['a tombstone with another token', envBlock(true, 'bb')],
  ['none', envBlock(false)],
])('with %s is refused, and found as it was', async (_, there) => {
  writeFileSync(env, there);
  const facts = { grubConfig: config, disks: [{ path: '/dev/none', bytes: 1 }] as const };
  const refusal = 'expected a machine that nobody else converts';
  await expect(prepareBootPath(localShell, facts, 'aa')).rejects.toThrow(refusal);
  const cleared = clearBootPath(localShell, { config, folder, token: 'aa' });
  await expect(cleared).rejects.toThrow(refusal);
  expect(readFileSync(env, 'utf8')).toBe(there);
});
