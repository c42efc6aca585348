import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../base/errors.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { patienceWith } from '../../../platform/remote/patience.ts';

/** Seconds for a host to answer when it was started: firmware and memory checks take minutes. */
const patience = 600;
/** Seconds between two tries to reach it. */
const interval = 3;

/** @throws UserError if it does not */
export async function untilItAnswers(host: Host): Promise<void> {
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
            message: `expected it to answer within ${limit} s after it was started (${(cause as Error).message})`,
          },
          { cause },
        );
      }
      await sleep(interval * 1000);
    }
  }
}
