import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probedAccelerator } from '../harness/runner/accelerator.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import type { AcceleratorChoice } from '../platform/hypervisor/accelerator.ts';
import { markEnvironment } from '../platform/ledger/kinds/marked-processes.ts';
import { openLedger, randomToken } from '../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../platform/ledger/owned-directory.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { thisMachine } from '../platform/remote/this-machine.ts';

/**
 * Which accelerator is fastest on this machine, by booting a guest under each, or as it is remembered.
 * @param label of the ledger that holds the guests meanwhile
 */
export async function probeThisMachine(label: string): Promise<AcceleratorChoice> {
  const cache = cacheDirectory(process.env);
  const ledger = openLedger({ stateDirectory: stateDirectory(), label });
  try {
    const mark = randomToken();
    ledger.enter({ kind: 'processes', mark });
    const runtime = createOwnedDirectory(ledger, join(tmpdir(), `vg-${mark}`)).path;
    const environment = markEnvironment(mark);
    return await probedAccelerator({ host: thisMachine(cache), runtime, cache, environment });
  } finally {
    await ledger.removeAll();
    ledger.close();
  }
}
