import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicClock } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';

/** Seconds for a machine to start its own system again: firmware and memory checks take minutes. */
const patience = 600;

/**
 * Ends what runs on a machine's own hardware, which starts its own system again; resolves when that
 * answers.
 * @throws UserError if its tombstone is set, or it does not answer
 */
export async function leaveAndStart(record: ConversionRecord): Promise<void> {
  const { source: entry, vmm: vmmEntry, bootPath } = record;
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { leaveVmm } = await import('../../platform/operations/convert/native-switch/roll-back.ts');
  const { firstGreeting, greeterOf } =
    await import('../../platform/operations/convert/vmm/greeting.ts');
  const greeter = greeterOf(entry.address, entry);
  const vmm = await connectHost(vmmEntry);
  let source: Host | undefined;
  try {
    const answers = await firstGreeting(greeter, monotonicClock, 5);
    if (answers !== undefined) source = await connectHost(entry);
    console.log(`${source ? 'the guest ends, and ' : ''}the machine starts again`);
    await leaveVmm({ name: entry.name, ...(source && { shell: source.shell }) }, { vmm }, bootPath);
  } finally {
    await source?.shell.close();
    await vmm.shell.close();
  }
  await startMachineOfLab(entry);
  const answered = await firstGreeting(greeter, monotonicClock, patience);
  if (answered !== undefined) return;
  throw new UserError({
    where: entry.name,
    message: `expected it to answer within ${patience} s after it was started again`,
    remedy: 'Look at its console. No tombstone keeps it from starting.',
  });
}

/** A machine of a lab ends where one of metal starts again. */
async function startMachineOfLab({ name, lab }: ConversionRecord['source']): Promise<void> {
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
