import { describe, expect, it } from 'vitest';
import { localShell } from './local.ts';
import { describeShell } from './shell.example.ts';

describe('localShell', () => {
  describeShell(() => localShell);

  it('ends a program that has thrown its environment away, too', async () => {
    const running = localShell.run(['env', '-i', 'sleep', '600'], { timeout: 0.05 });
    await expect(running).rejects.toThrow('did not end within 0.05 s');
  });
});
