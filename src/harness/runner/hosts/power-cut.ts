import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import { UserError } from '../../../base/errors.ts';
import { tokenFile } from '../../../platform/ledger/kinds/directory.ts';
import type { Ledger } from '../../../platform/ledger/ledger.ts';
import { powerOf } from '../../../platform/power/power.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { patienceWith } from '../../../platform/remote/patience.ts';
import type { HostGroup } from './host-group.ts';

/** Seconds for a host to answer when it has power again: firmware and memory checks take minutes. */
const patience = 600;
/** Seconds between two tries to reach it. */
const interval = 3;
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
}

/**
 * Cuts the power of a host and gives it back; resolves when it answers and is locked for the run again.
 * What other trials need of it is on its disk before.
 * @returns when it was cut and when it answered again, in seconds on `clock`
 * @throws UserError if there is no way to cut it, or if it does not come back
 */
export async function powerCut(request: PowerCutRequest): Promise<{ at: number; back: number }> {
  const { host, group, ledger, clock, beforehand } = request;
  const { entry, shell } = host;
  if (entry === undefined) throw new Error(`${host.name} has no entry of an inventory`);
  const power = await powerOf(entry);
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
    await power.restore();
    await untilItAnswers(host);
    back = clock.now();
    // It may have lain in memory.
    await shell.run(['mkdir', '-p', '--', folder]);
    await shell.writeFile(posix.join(folder, tokenFile), token);
  });
  ledger.release(cut);
  // Twice, since stamps are mapped by the last two.
  await host.clock.refit();
  await host.clock.refit();
  return { at, back };
}

async function untilItAnswers(host: Host): Promise<void> {
  const limit = patienceWith([host], patience);
  const deadline = performance.now() + limit * 1000;
  for (;;) {
    try {
      await host.shell.run(['true'], { timeout: 10 });
      return;
    } catch (cause) {
      if (performance.now() > deadline) {
        throw new UserError(
          {
            where: host.name,
            message: `expected it to answer within ${limit} s after it got its power back (${(cause as Error).message})`,
          },
          { cause },
        );
      }
      await sleep(interval * 1000);
    }
  }
}
