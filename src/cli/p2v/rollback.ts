import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { UserError } from '../../base/errors.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import { exitCodes } from '../exit-codes.ts';
import { alone } from './alone.ts';
import { recordedFolder } from './conversion-folder.ts';
import { leaveAndStart } from './leave-and-start.ts';
import { standingIn } from './standing-here.ts';
import { withoutBootPath } from './without-boot-path.ts';

/** `virtgauge p2v rollback SOURCE` */
export function addRollback(p2v: Command): void {
  p2v
    .command('rollback')
    .description(
      'before its commit: a machine that is being converted starts its own system again, as it was',
    )
    .argument('<source>', 'as it was called in convert')
    .action(async (source: string) => {
      const folder = await recordedFolder(source);
      process.exitCode = await alone(folder, () => perform(source, folder));
    });
}

async function perform(source: string, folder: string): Promise<number> {
  const { mayRollBack } = await import('../../platform/operations/convert/standing/standing.ts');
  const { record, sight, standing } = await standingIn(folder);
  if (!mayRollBack(standing)) {
    throw new UserError({
      where: source,
      message: `expected a conversion before its commit; ${standing.says}`,
      remedy: standing.next,
    });
  }
  if (sight.vmm?.buried !== true) {
    if (sight.target === 'waits') await endOnTarget(record);
    else if (sight.target === 'out-of-reach') {
      const { name } = record.target.host;
      console.log(`${name} does not answer: what waits there is left, for virtgauge clean`);
    }
  }
  if (standing.runs !== 'source') await leaveAndStart(record);
  await clear(record);
  await rm(folder, { recursive: true });
  console.log(`${source} runs its own system, as before the conversion`);
  return exitCodes.good;
}

/** Ends what the move of it had begun there; it was never let go, and no tombstone is set. */
async function endOnTarget({ target }: ConversionRecord): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { endWaiting } = await import('../../platform/operations/convert/decide/end-waiting.ts');
  const host = await connectHost(target.host);
  try {
    await endWaiting(target, host);
    console.log(`what waited on ${host.name} has ended`);
  } finally {
    await host.shell.close();
  }
}

/** Takes away what was staged on the machine. */
async function clear(record: ConversionRecord): Promise<void> {
  const { undoMends } = await import('../../platform/operations/convert/fix-up/kept.ts');
  await withoutBootPath(record, async (shell) => {
    const left = await undoMends(shell);
    if (left.length > 0) {
      console.log(`left as they are, as they were changed since: ${left.join(', ')}`);
    }
  });
}
