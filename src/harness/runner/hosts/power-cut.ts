import { posix } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import { tokenFile } from '../../../platform/ledger/kinds/directory.ts';
import type { Ledger } from '../../../platform/ledger/ledger.ts';
import { powerOf } from '../../../platform/power/power.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { HostGroup } from './host-group.ts';
import { untilItAnswers } from './until-it-answers.ts';

/** Seconds for all that a host holds to be on its disks. */
const patienceToSync = 120;

export interface PowerCutRequest {
  host: Host;
  group: HostGroup;
  ledger: Ledger;
  /** The folder of the run on the host. */
  folder: (host: Host) => string;
  clock: Clock;
  /** Called when all is ready; the power is cut when it resolves. */
  beforehand: () => Promise<void>;
  /** Called when the power is off; it is given back when that has ended, well or not. */
  meanwhile?: (() => Promise<void>) | undefined;
}

/**
 * Cuts the power of a host and gives it back; resolves when it answers and is locked for the run again.
 * What other trials need of it is on its disk before.
 * @returns when it was cut and when it answered again, in seconds on `clock`
 * @throws UserError if there is no way to cut it, or if it does not come back
 */
export async function powerCut(request: PowerCutRequest): Promise<{ at: number; back: number }> {
  const { host, group, ledger, clock, beforehand, meanwhile } = request;
  const { entry, shell } = host;
  if (entry === undefined) throw new Error(`${host.name} has no entry of an inventory`);
  // Where a kernel of its own is needed, that was made sure of before.
  const power = await powerOf(entry, { sharedKernel: true });
  const folder = request.folder(host);
  const token = await shell.readFile(posix.join(folder, tokenFile));
  await shell.run(['sync'], { timeout: patienceToSync });
  await beforehand();
  const cut = ledger.enter({ kind: 'power', host: entry });
  let [at, back] = [NaN, NaN];
  await group.during(host, async () => {
    await power.cut();
    at = clock.now();
    shell.lostPower?.();
    try {
      await meanwhile?.();
    } finally {
      await power.restore();
      await untilItAnswers(host);
      back = clock.now();
      // It may have lain in memory.
      await shell.run(['mkdir', '-p', '--', folder]);
      await shell.writeFile(posix.join(folder, tokenFile), token);
    }
  });
  ledger.release(cut);
  // Twice, since stamps are mapped by the last two.
  await host.clock.refit();
  await host.clock.refit();
  return { at, back };
}
