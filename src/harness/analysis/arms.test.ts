import { expect, it } from 'vitest';
import { armPhrase, armText } from './arms.ts';

it.each([
  [
    { storage: 'local', provisioning: 'clone', guests: 4 },
    'local · clone · 4 guests',
    'on local with clone at 4 guests',
  ],
  [{ method: 'post-copy', dirtyRate: 0 }, 'post-copy · idle', 'with post-copy while idle'],
  [
    { method: 'pre-copy', dirtyRate: 50 * 2 ** 20, disk: 'mirror' },
    'pre-copy · dirtying 50 MiB/s · mirrored disk',
    'with pre-copy while dirtying 50 MiB/s with mirrored disk',
  ],
  [
    { downtimeLimit: 0.3, bandwidth: 'unlimited', multifd: 4 },
    'downtime limit 300 ms · unlimited bandwidth · 4 multifd streams',
    'with downtime limit 300 ms with unlimited bandwidth with 4 multifd streams',
  ],
  [{ autoConverge: false }, 'no auto-converge', 'with no auto-converge'],
])('names the levels of %j', (arm, text, phrase) => {
  expect(armText(arm)).toBe(text);
  expect(armPhrase(arm)).toBe(phrase);
});
