import { posix } from 'node:path';
import { Option, type Command } from 'commander';
import { monotonicClock } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import type { StandbyRecord } from '../../platform/operations/convert/standby/standby-record.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import { exitCodes } from '../exit-codes.ts';
import { alone } from './alone.ts';
import { recordedFolder } from './conversion-folder.ts';
import { leaveAndStart } from './leave-and-start.ts';
import { standingIn } from './standing-here.ts';

/** Seconds for a machine to answer. */
const patience = 600;

type Choice = 'source' | 'target';

const standingAgain = 'Convert again to go on, or roll back: virtgauge p2v rollback.';
const onlySource = 'Only the source has everything: virtgauge p2v decide --run source.';

/** `virtgauge p2v decide SOURCE --run source|target` */
export function addDecide(p2v: Command): void {
  p2v
    .command('decide')
    .description('who runs a machine whose conversion stopped between source and target')
    .argument('<source>', 'as it was called in convert')
    .addOption(
      new Option('--run <which>', 'who shall run it from now on')
        .choices(['source', 'target'])
        .makeOptionMandatory(),
    )
    .action(async (source: string, { run }: { run: Choice }) => {
      const folder = await recordedFolder(source);
      process.exitCode = await alone(folder, () => perform(source, run, folder));
    });
}

async function perform(source: string, run: Choice, folder: string): Promise<number> {
  const { answersElsewhere, mayRunOnTarget, mayStayAtSource } =
    await import('../../platform/operations/convert/standing/standing.ts');
  const { knownStandby, lostAtMost, mayTakeOver, standbyEnded, standbyTookOver } =
    await import('../../platform/operations/convert/standby/standby-record.ts');
  const { recordCommitted } = await import('../../platform/operations/convert/standing/record.ts');
  const { record, sight, standing } = await standingIn(folder);
  const { vmm } = sight;
  const refuse = (message: string, remedy = standing.next) =>
    new UserError({ where: source, message, remedy });
  if (answersElsewhere(sight)) throw refuse(`expected nobody to run it; ${standing.says}`);
  if (run === 'source' && mayStayAtSource(sight)) {
    standbyEnded(folder, 'the source was to run it');
    await staySource(record, sight.target !== 'out-of-reach', knownStandby(folder));
    console.log(`${source} goes on as a guest on its own hardware\n${standingAgain}`);
    return exitCodes.good;
  }
  if (run === 'target' && mayRunOnTarget(sight)) {
    await runTarget(record, folder);
    console.log(`${source} runs on ${record.target.host.name}`);
    return exitCodes.good;
  }
  if (vmm === undefined || sight.target === 'out-of-reach') {
    const silent = vmm === undefined ? 'the source' : 'the target';
    const lost = vmm === undefined && sight.target !== 'out-of-reach';
    throw refuse(
      `expected both ends to answer, so that none runs it unseen; ${silent} does not`,
      lost
        ? `Give it power, or if it is lost for good: virtgauge p2v failover ${source}.`
        : undefined,
    );
  }
  if (vmm.guestRuns || !vmm.buried) {
    throw refuse(`expected a conversion that waits for a decision; ${standing.says}`);
  }
  const standby = knownStandby(folder);
  if (run === 'target') {
    if (standby !== undefined) {
      if (!mayTakeOver(standby)) {
        const why = standby.reason === undefined ? '' : ` (${standby.reason})`;
        throw refuse(
          `expected a copy on the target that was in step, it was not${why}`,
          onlySource,
        );
      }
      standbyTookOver(folder, lostAtMost(standby));
    }
    await runTarget(record, folder, standby);
  } else {
    // Where the target runs it, this is refused.
    if (sight.target !== 'runs') {
      standbyEnded(folder, 'the source was to run it');
      recordCommitted(folder, false);
    }
    await runSource(record, standby);
  }
  if (run === 'target') console.log(`${source} runs on ${record.target.host.name}`);
  else {
    console.log(`${source} runs on its own hardware`);
    console.log(`of no use any more, and yours to remove: ${leftOnTarget(record)}`);
  }
  return exitCodes.good;
}

/** What was made for the machine there: nothing of it is removed once a tombstone was set. */
function leftOnTarget({ target: { host, guest } }: ConversionRecord): string {
  return `${host.name}:${posix.dirname(guest.disk.path)}`;
}

async function runTarget(
  record: ConversionRecord,
  folder: string,
  standby?: StandbyRecord,
): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { qemu } = await import('../../platform/hypervisor/qemu/qemu.ts');
  const { runOnTarget } = await import('../../platform/operations/convert/decide/run-on-target.ts');
  const { recordCommitted } = await import('../../platform/operations/convert/standing/record.ts');
  const host = await connectHost(record.target.host);
  try {
    await runOnTarget(record, host, qemu, standby);
    recordCommitted(folder, true);
    await answers(record);
  } finally {
    await host.shell.close();
  }
}

async function staySource(
  record: ConversionRecord,
  targetAnswers: boolean,
  standby?: StandbyRecord,
): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { stayAtSource } =
    await import('../../platform/operations/convert/decide/run-on-source.ts');
  const vmm = await connectHost(record.vmm);
  try {
    const target = targetAnswers ? await connectHost(record.target.host) : undefined;
    try {
      await stayAtSource(record, { vmm, target }, standby);
    } finally {
      await target?.shell.close();
    }
  } finally {
    await vmm.shell.close();
  }
}

async function runSource(record: ConversionRecord, standby?: StandbyRecord): Promise<void> {
  const { connectHost } = await import('../../platform/remote/connect-host.ts');
  const { freeSource } = await import('../../platform/operations/convert/decide/run-on-source.ts');
  const vmm = await connectHost(record.vmm);
  try {
    const target = await connectHost(record.target.host);
    try {
      await freeSource(record, { vmm, target }, standby);
    } finally {
      await target.shell.close();
    }
  } finally {
    await vmm.shell.close();
  }
  await leaveAndStart(record);
}

async function answers({ target, source }: ConversionRecord): Promise<void> {
  const { firstGreeting, greeterOf } =
    await import('../../platform/operations/convert/vmm/greeting.ts');
  const greeter = greeterOf(source.address, source);
  const answered = await firstGreeting(greeter, monotonicClock, patience);
  if (answered !== undefined) return;
  throw new UserError({
    where: target.host.name,
    message: `it runs there, but did not answer at ${source.address} within ${patience} s`,
  });
}
