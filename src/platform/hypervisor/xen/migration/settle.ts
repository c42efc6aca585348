import { setTimeout as sleep } from 'node:timers/promises';
import { endProcessesOn } from '../../../ledger/kinds/remote-processes.ts';
import type { Host } from '../../../remote/host.ts';
import { deviceLimit, xl, xlWords } from '../xl.ts';
import { receiverVariable } from './command.ts';
import { describeEnd, endOn, type End } from './ends.ts';
import type { MigrationLimits } from './limits.ts';
import { wake } from './wake.ts';

/** What both hosts have of a guest. */
export interface Ends {
  source: End;
  target: End;
}

export interface Parties {
  source: Host;
  target: Host;
  /** Xen's name of the guest. */
  domain: string;
  /** Of the migration, which its programs carry. */
  id: string;
  limits: MigrationLimits;
}

/** Who has the guest after a migration that did not end well. */
export interface Settled {
  /** `nobody`: also where that cannot be known; `doubt` says so then. */
  has: 'source' | 'target' | 'nobody';
  /** In words, what was found and done. */
  notes: string[];
}

/**
 * Puts both hosts in order when xl has ended, so that at most one of them runs the guest.
 *
 * A target that runs it keeps it: it was permitted to. What else is left there is ended, and the
 * programs that could still start it. Only when the target is proven empty, or was never permitted, is
 * a source that was left suspended let go again.
 * @param permitted whether the source may have told the target to start
 */
export async function settle(parties: Parties, permitted: boolean): Promise<Settled> {
  const { source, target, domain, limits } = parties;
  const notes: string[] = [];
  let found = await look(parties);
  if (!runs(found.target, domain) && found.target.known && found.target.domains.length > 0) {
    // Nobody shall let it go there while this is decided: a receiver that has gone so far is seen then.
    await endReceivers(parties).catch(() => undefined);
    found = await look(parties);
  }
  const where = (ends: Ends) =>
    `on ${source.name} it is ${describeEnd(ends.source, domain)}, on ${target.name} ${describeEnd(ends.target, domain)}`;
  if (runs(found.target, domain) && !runs(found.source)) return { has: 'target', notes };
  if (runs(found.target)) notes.push(`it was there twice: ${where(found)}`);
  const there = await empty(parties, found.target, notes);
  const here =
    there === found.target ? found.source : await endOn(source.shell, domain, limits.answer);
  if (!here.known)
    return { has: 'nobody', notes: [...notes, where({ source: here, target: there })] };
  if (runs(here)) return { has: 'source', notes };
  const [left] = here.domains.filter(({ reason }) => reason === 'suspended');
  const never = there.known ? there.domains.length === 0 : !permitted && left?.name === domain;
  if (left === undefined || !never) {
    return { has: 'nobody', notes: [...notes, where({ source: here, target: there })] };
  }
  try {
    await wake(source.shell, left, domain);
    notes.push(`it was left suspended on ${source.name} and goes on`);
    return { has: 'source', notes };
  } catch (error) {
    notes.push(`it is suspended on ${source.name} and cannot be let go: ${xlWords(error)}`);
    return { has: 'nobody', notes };
  }
}

/** Whether it runs there, under the name that it has only when it was let go, or under any. */
function runs(end: End, name?: string): boolean {
  return (
    end.known &&
    end.domains.some((one) => one.state === 'running' && (name === undefined || one.name === name))
  );
}

/** Looks at both until nothing is dying any more, for a bounded time. */
async function look({ source, target, domain, limits }: Parties): Promise<Ends> {
  const deadline = performance.now() + limits.settle * 1000;
  for (;;) {
    const [ours, theirs] = await Promise.all([
      endOn(source.shell, domain, limits.answer),
      endOn(target.shell, domain, limits.answer),
    ]);
    const dying = (end: End) => end.known && end.domains.some(({ state }) => state === 'dying');
    if ((!dying(ours) && !dying(theirs)) || performance.now() > deadline) {
      return { source: ours, target: theirs };
    }
    await sleep(500);
  }
}

async function endReceivers({ target, id }: Parties): Promise<void> {
  await endProcessesOn(target.shell, `${receiverVariable}=${id}`);
}

/** Ends all of the guest on the target, and first what could start it there. */
async function empty(parties: Parties, found: End, notes: string[]): Promise<End> {
  const { target, domain, limits } = parties;
  if (!found.known || found.domains.length === 0) return found;
  const { shell } = target;
  try {
    await endReceivers(parties);
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
  for (const one of found.domains) {
    try {
      await xl(shell, ['destroy', String(one.id)], { timeout: deviceLimit });
      notes.push(`what had come to ${target.name} was ended`);
    } catch {
      // It may have gone by itself: the next look tells.
    }
  }
  return endOn(shell, domain, limits.answer);
}
