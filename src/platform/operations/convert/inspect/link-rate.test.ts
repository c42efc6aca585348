import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { readLinkRate } from './link-rate.ts';

it('measures a link', async () => {
  const rate = await readLinkRate(localShell, { shell: localShell, address: '127.0.0.1' }, 0.2);
  expect(rate).toBeGreaterThan(0);
  expect(Number.isFinite(rate)).toBe(true);
});

it('says that the target is not reached', async () => {
  const elsewhere = { shell: localShell, address: '::2' };
  await expect(readLinkRate(localShell, elsewhere, 0.2)).rejects.toThrow();
});
