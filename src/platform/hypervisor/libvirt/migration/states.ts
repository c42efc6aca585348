import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../remote/host.ts';
import { virsh, isAbsentNow, libvirtWords } from '../virsh.ts';
import type { MigrationLimits } from './limits.ts';

/** What libvirt has of a guest on a host. */
export type DomainState =
  | { state: 'running' | 'stopped' | 'absent'; why: string }
  /** Pages are missing that only the other end has. */
  | { state: 'half'; why: string }
  | { state: 'unknown'; why: string };

/** Reads what `virsh domstate --reason` prints. */
export function parseState(text: string): DomainState {
  const why = text.trim();
  if (/post-?copy/i.test(why)) return { state: 'half', why };
  return { state: /^running\b/.test(why) ? 'running' : 'stopped', why };
}

/** Asks libvirt, for a bounded time. Never rejects. */
export async function stateOn(
  { shell }: Host,
  domain: string,
  { answer }: MigrationLimits,
): Promise<DomainState> {
  try {
    return parseState(await virsh(shell, ['domstate', domain, '--reason'], { timeout: answer }));
  } catch (error) {
    const absent = await isAbsentNow(error, shell, domain, { timeout: answer }).catch(() => false);
    if (absent) return { state: 'absent', why: 'not there' };
    return { state: 'unknown', why: `not known (${libvirtWords(error)})` };
  }
}

/** The state of both ends. */
export interface Ends {
  source: DomainState;
  target: DomainState;
}

/**
 * Looks at both ends until libvirt has put them in order. Gives what there is after `settle` seconds
 * in any case.
 */
export async function settledStates(
  source: Host,
  target: Host,
  domain: string,
  limits: MigrationLimits,
): Promise<Ends> {
  const deadline = performance.now() + limits.settle * 1000;
  for (;;) {
    const [ours, theirs] = await Promise.all([
      stateOn(source, domain, limits),
      stateOn(target, domain, limits),
    ]);
    const ends = { source: ours, target: theirs };
    if (isSettled(ends) || performance.now() > deadline) return ends;
    await sleep(200);
  }
}

/** Whether nothing is on its way any more. */
function isSettled(ends: Ends): boolean {
  const both = [ends.source, ends.target];
  if (both.every(({ state }) => state === 'running')) return false;
  return both.every(
    ({ state, why }) => state !== 'stopped' && (state !== 'half' || /failed/.test(why)),
  );
}
