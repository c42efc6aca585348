import { expect, vi } from 'vitest';
import { SimulatedRunner } from '../../manager/agent/simulated/simulated-runner.ts';
import type { Operator } from '../../manager/member/operator.ts';

/** Guests that are only names, on simulated hosts that write down which they were told to create. */
export class CountedGuests {
  readonly #created: string[] = [];

  /** Of one more host; each creation takes 50 ms. */
  runner(): SimulatedRunner {
    const created = this.#created;
    return new (class extends SimulatedRunner {
      override async create(name: string): Promise<void> {
        created.push(name);
        await super.create(name);
      }
    })({ delay: 0.05 });
  }

  /** Resolves when every operation is over, and each guest was created, once. */
  async expectOnce(
    operator: Operator,
    names: readonly string[],
    patience: { timeout: number; interval: number },
  ): Promise<void> {
    await vi.waitFor(async () => {
      const asked = { kind: 'query', what: 'operations' } as const;
      const { operations } = await operator.ask(asked, 'operations');
      expect(operations.filter(({ state }) => state !== 'done')).toEqual([]);
      expect(operations.map(({ guest }) => guest).sort()).toEqual([...names].sort());
    }, patience);
    expect([...this.#created].sort()).toEqual([...names].sort());
  }
}

/** Asks for a guest, by an id that is always the same for it. */
export function submitGuest(operator: Operator, guest: string) {
  const spec = { vcpus: 1, memory: 2 ** 20, disk: 2 ** 20, image: 'micro' };
  const request = { id: `id-${guest}`, action: 'create', guest, dryRun: false, spec } as const;
  return operator.ask({ kind: 'submit', ...request }, 'operation');
}
