import { UserError } from '../../../../base/errors.ts';
import type { Clock } from '../../../../base/clock.ts';
import type { Hypervisor } from '../../../hypervisor/hypervisor.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { connectHost } from '../../../remote/connect-host.ts';
import { patienceWith } from '../../../remote/patience.ts';
import { runOnTarget } from '../decide/run-on-target.ts';
import { lookAround } from '../standing/look.ts';
import { readRecord, recordCommitted } from '../standing/record.ts';
import { standingOf } from '../standing/standing.ts';
import { firstGreeting, greeterOf } from '../vmm/greeting.ts';
import { lostAtMost, mayTakeOver, readStandby, standbyTookOver } from './standby-record.ts';

/** A machine that was taken over; seconds. */
export interface TakenOver {
  /** How it is known that the source does not run. */
  proof: string;
  /** From the request until the machine answers from the target (RTO, without noticing the loss). */
  recovery: number;
  /** Acknowledged writes of at most so long before the source was known to be gone may be missing (RPO). */
  lostAtMost: number;
}

/** Seconds for the machine to answer from the target. */
const patience = 300;

/**
 * Starts a machine on its target whose source is lost: from the copy that was kept in step, and only
 * once the source is proven not to run by another way than the one on which it was lost.
 * @param work folder with the records
 * @param prove how; it throws where it cannot
 * @throws UserError that says what refuses it; nothing was started then
 */
export async function takeOver(
  work: string,
  { clock, hypervisor }: { clock: Clock; hypervisor: Hypervisor },
  prove: (source: HostEntry) => Promise<string>,
): Promise<TakenOver> {
  const begun = clock.now();
  const record = readRecord(work);
  const standby = readStandby(work);
  const { name: where, address } = record.source;
  if (!mayTakeOver(standby)) {
    throw new UserError({
      where,
      message: `expected a copy that was in step, it was not since ${new Date(standby.seenAt).toISOString()}${standby.reason === undefined ? '' : ` (${standby.reason})`}`,
      remedy: 'Only the source has everything: give it power.',
    });
  }
  const sight = await lookAround(record, clock);
  // Who answers may be its guest, with the VMM alone out of reach, or its own system again.
  if (sight.answers || sight.vmm?.guestRuns === true || sight.target !== 'absent') {
    const { says, next } = standingOf(sight);
    throw new UserError({
      where,
      message: `expected a source that is lost; ${says}`,
      remedy: next,
    });
  }
  const proof = await prove(record.source);
  const lost = lostAtMost(standby);
  const host = await connectHost(record.target.host);
  try {
    // From now on the source has the older disk, whatever comes.
    standbyTookOver(work, lost);
    await runOnTarget(record, host, hypervisor, standby);
    recordCommitted(work, true);
    const seconds = patienceWith([record.target.host], patience);
    const answered = await firstGreeting(greeterOf(address, record.source), clock, seconds);
    if (answered === undefined) {
      throw new Error(`it was started on ${host.name}, but does not answer at ${address}`);
    }
    return { proof, recovery: answered - begun, lostAtMost: lost };
  } finally {
    await host.shell.close();
  }
}
