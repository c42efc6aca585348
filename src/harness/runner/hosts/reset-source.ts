import { UserError } from '../../../base/errors.ts';
import type { Ledger } from '../../../platform/ledger/ledger.ts';
import { resetOf } from '../../../platform/power/reset.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { HostGroup } from './host-group.ts';
import { untilItAnswers } from './until-it-answers.ts';

/**
 * Puts the machine that a trial converts back as it was, and waits until it answers. One that nothing
 * can reset is taken as it is.
 * @param cache of this machine
 */
export async function resetSource(source: Host, cache: string, signal: AbortSignal): Promise<void> {
  const reset = source.entry && resetOf(source.entry, cache);
  if (reset === undefined) return;
  await reset(signal);
  source.shell.lostPower?.();
  await untilItAnswers(source);
  // Twice, since stamps are mapped by the last two.
  await source.clock.refit();
  await source.clock.refit();
}

/** Enters in the ledger that machines are converted, so that they are as they were in any case. */
export function enterConversions(
  groups: readonly HostGroup[],
  ledger: Ledger,
  cache: string,
): void {
  for (const { source } of groups) {
    if (source?.entry === undefined || resetOf(source.entry, cache) === undefined) continue;
    ledger.enter({ kind: 'conversion', host: source.entry });
  }
}

/**
 * Makes sure that machines can be converted as often as the run does it.
 * @param trials undefined: as many as a pilot says
 * @throws UserError with what is missing
 */
export function requireResets(
  groups: readonly HostGroup[],
  trials: number | undefined,
  cache: string,
): void {
  if (trials === 1) return;
  for (const { source } of groups) {
    if (source?.entry === undefined || resetOf(source.entry, cache) !== undefined) continue;
    throw new UserError({
      where: source.name,
      message: `expected a machine that can be put back as it was between ${trials ?? 'several'} trials, found no way to do it`,
      remedy:
        'Name a command in the inventory (reset: …), do one trial only (--filter, --set repeat.trials=1), or use a lab: virtgauge lab up --machines plain:1,kvm:1.',
    });
  }
}
