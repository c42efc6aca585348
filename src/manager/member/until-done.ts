import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyOf } from '../wire/messages/kinds.ts';
import type { Operator } from './operator.ts';

/**
 * Asks the master until an operation is done.
 * @param patience.limit seconds until it has to be
 * @param patience.look seconds between two looks
 * @throws Error with the reason if it was undone, or takes too long
 */
export async function untilDone(
  operator: Operator,
  { id, action, guest }: Pick<BodyOf<'submit'>, 'id' | 'action' | 'guest'>,
  { limit, look, signal }: { limit: number; look: number; signal: AbortSignal },
): Promise<void> {
  const asked = { kind: 'query', what: 'operations', id } as const;
  const what = `${action} of guest ${guest}`;
  const deadline = performance.now() + limit * 1000;
  for (;;) {
    const { state, reason } = await operator.ask(asked, 'operation');
    if (state === 'done') return;
    if (state === 'undone') throw new Error(`${what} was undone: ${reason ?? 'no reason'}`);
    if (performance.now() > deadline) throw new Error(`expected ${what} within ${limit} s`);
    await sleep(look * 1000, undefined, { signal });
  }
}
