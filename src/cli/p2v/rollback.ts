import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { monotonicClock } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import type { SwitchRecord } from '../../platform/operations/convert/standing/record.ts';
import { exitCodes } from '../exit-codes.ts';
import { recordedFolder } from './conversion-folder.ts';

/** Seconds for a machine to start its own system again: firmware and memory checks take minutes. */
const patience = 600;

/** `virtgauge p2v rollback SOURCE` */
export function addRollback(p2v: Command): void {
  p2v
    .command('rollback')
    .description(
      'before its commit: a machine that is being converted starts its own system again, as it was',
    )
    .argument('<source>', 'as it was called in convert')
    .action(async (source: string) => {
      process.exitCode = await perform(source);
    });
}

async function perform(source: string): Promise<number> {
  const folder = recordedFolder(source);
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const { lookAround } = await import('../../platform/operations/convert/standing/look.ts');
  const { standingOf } = await import('../../platform/operations/convert/standing/standing.ts');
  const record = readRecord(folder);
  const standing = standingOf(await lookAround(record, monotonicClock));
  if (standing.runs === 'source-guest' || standing.runs === 'nobody') await leave(record);
  else if (standing.runs !== 'source') {
    throw new UserError({
      where: source,
      message: `expected a conversion before its commit; ${standing.says}`,
      remedy: standing.next,
    });
  }
  await clear(record);
  await rm(folder, { recursive: true });
  console.log(`${source} runs its own system, as before the conversion`);
  return exitCodes.good;
}

/** Ends the guest on the machine's own hardware, which starts again. */
async function leave({ source: entry, vmm: vmmEntry, bootPath }: SwitchRecord): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { leaveVmm } = await import('../../platform/operations/convert/native-switch/roll-back.ts');
  const { firstGreeting } = await import('../../platform/operations/convert/vmm/greeting.ts');
  const vmm = await connectHost(vmmEntry);
  try {
    const source = await connectHost(entry);
    try {
      console.log('the guest ends, and the machine starts again');
      await leaveVmm(source, { vmm }, bootPath);
    } finally {
      await source.shell.close();
    }
  } finally {
    await vmm.shell.close();
  }
  await startMachineOfLab(entry);
  const answered = await firstGreeting({ address: entry.address }, monotonicClock, patience);
  if (answered !== undefined) return;
  throw new UserError({
    where: entry.name,
    message: `expected it to answer within ${patience} s after it was started again`,
    remedy: 'Look at its console. No tombstone keeps it from starting.',
  });
}

/** A machine of a lab ends where one of metal starts again. */
async function startMachineOfLab({ name, lab }: SwitchRecord['source']): Promise<void> {
  const { machinesOf } = await import('../../platform/lab/machines-of.ts');
  const machines = lab && machinesOf(lab);
  if (machines === undefined) return;
  const { goneMachines, startMachine } = await import('../../platform/lab/index.ts');
  const deadline = monotonicClock.now() + patience;
  while (!goneMachines(machines).some(({ host }) => host === name)) {
    if (monotonicClock.now() > deadline) break;
    await sleep(500);
  }
  await startMachine(machines, name);
}

/** Takes away what was staged on the machine. */
async function clear({ source: entry, bootPath }: SwitchRecord): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { clearBootPath } =
    await import('../../platform/operations/convert/boot-path/boot-path.ts');
  const source = await connectHost(entry);
  try {
    await clearBootPath(source.shell, bootPath);
  } finally {
    await source.shell.close();
  }
}
