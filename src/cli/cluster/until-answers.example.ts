import { vi } from 'vitest';
import type { Started } from '../virtgauge.example.ts';

/** Resolves when a master or an agent has said that it answers. */
export function untilAnswers({ stdout, output }: Started): Promise<void> {
  return vi.waitFor(
    () => {
      if (!stdout().includes(' answers at ')) throw new Error(`not yet: ${output()}`);
    },
    // On a busy machine a process starts slowly.
    { timeout: 180_000, interval: 100 },
  );
}
