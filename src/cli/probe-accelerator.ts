import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probedAccelerator } from '../harness/runner/accelerator.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import type { AcceleratorChoice } from '../platform/hypervisor/accelerator.ts';
import { markEnvironment } from '../platform/ledger/kinds/marked-processes.ts';
import { randomToken } from '../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../platform/ledger/owned-directory.ts';
import { thisMachine } from '../platform/remote/this-machine.ts';
import { withLedger } from './with-ledger.ts';

/**
 * Which accelerator is fastest on this machine, by booting a guest under each, or as it is remembered.
 * @param label of the ledger that holds the guests meanwhile
 */
export function probeThisMachine(label: string): Promise<AcceleratorChoice> {
  const cache = cacheDirectory(process.env);
  return withLedger(label, async (ledger) => {
    const mark = randomToken();
    ledger.enter({ kind: 'processes', mark });
    const runtime = createOwnedDirectory(ledger, join(tmpdir(), `vg-${mark}`)).path;
    const environment = markEnvironment(mark);
    return probedAccelerator({ host: thisMachine(cache), runtime, cache, environment });
  });
}
