import { createHash } from 'node:crypto';
import { markOf } from '../../ledger/kinds/marked-processes.ts';

/** Where the guest agent of a guest listens that has no channel to its host beside the network. */
export const agentPort = 4444;

/**
 * What the agent must be shown first. It follows from the run's mark, so that a guest that was
 * restored from another's state, or moved, still knows it.
 */
export function agentToken(environment: Readonly<Record<string, string>>): string {
  const mark = markOf(environment);
  return createHash('sha256').update(`virtgauge agent ${mark}`).digest('hex').slice(0, 32);
}

/** For the guest's kernel command line: `vg.agent=PORT:TOKEN`. */
export function agentWord(environment: Readonly<Record<string, string>>): string {
  return `vg.agent=${agentPort}:${agentToken(environment)}`;
}
