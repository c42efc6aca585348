import type { Command } from 'commander';
import { monotonicClock } from '../../base/clock.ts';
import { exitCodes } from '../exit-codes.ts';
import { alone } from './alone.ts';
import { recordedFolder } from './conversion-folder.ts';

/** `virtgauge p2v failover SOURCE` */
export function addFailover(p2v: Command): void {
  p2v
    .command('failover')
    .description(
      'start a machine whose hardware is lost from the copy that convert --standby kept, once it is proven gone',
    )
    .argument('<source>', 'as it was called in convert')
    .action(async (source: string) => {
      const folder = await recordedFolder(source);
      const { takeOver } = await import('../../platform/operations/convert/standby/take-over.ts');
      const { proveGone } = await import('../../platform/operations/convert/standby/prove-gone.ts');
      const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
      const { qemu } = await import('../../platform/hypervisor/qemu/qemu.ts');
      const { proof, recovery, lostAtMost } = await alone(folder, () =>
        takeOver(folder, { clock: monotonicClock, hypervisor: qemu }, proveGone),
      );
      const { target } = readRecord(folder);
      console.log(
        [
          `${source} runs on ${target.host.name}; ${source} itself is proven gone: ${proof}`,
          `it answered ${recovery.toFixed(1)} s after this began`,
          `acknowledged writes of at most the last ${lostAtMost.toFixed(1)} s before that proof may be missing`,
        ].join('\n'),
      );
      process.exitCode = exitCodes.good;
    });
}
