import type { Host } from '../../../remote/host.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import type { MigrationEvent, MigrationMethod, MigrationOutcome } from '../../migration.ts';
import { attach, type Ear } from '../guest.ts';
import { libvirtWords, virsh } from '../virsh.ts';
import { hearCompletedJob, type CompletedJob } from './completed-job.ts';
import { Course, type Ending } from './course.ts';
import { parseJobInfo, reportOf, type JobInfo } from './job-info.ts';
import type { MigrationLimits } from './limits.ts';
import { settledStates, type Ends } from './states.ts';

/** What a migration is made of. */
export interface Move {
  source: Guest;
  target: Host;
  /** The guest as it shall be on the target. */
  spec: GuestSpec;
  /** Listens on the target; ends with the guest there, or here. */
  ear: Ear;
  /** libvirt's name of it. */
  domain: string;
  method: MigrationMethod;
  /** The arguments of virsh that move it. */
  command: readonly string[];
  limits: MigrationLimits;
}

/**
 * Moves the guest by one call of virsh. libvirt lets the target go only when the source has been
 * stopped for good, and the source only when the target said that it is not needed; what libvirt
 * leaves stopped, because it cannot know, stays so.
 */
export async function runMigration(
  move: Move,
  signal: AbortSignal,
  onEvent: (event: MigrationEvent) => void,
): Promise<MigrationOutcome> {
  const { source, target, spec, domain, limits } = move;
  const job = hearCompletedJob(source.host, target, domain, spec.environment, limits);
  try {
    const ending = await new Course(move, onEvent).run(signal);
    if (ending.why === 'moved') return await arrived(move, job);
    return await notMoved(move, job, ending);
  } finally {
    await job.stop();
  }
}

async function notMoved(
  move: Move,
  job: CompletedJob,
  ending: Exclude<Ending, { why: 'moved' }>,
): Promise<MigrationOutcome> {
  const { source, target, ear, domain, limits } = move;
  const ends = await settledStates(source.host, target, domain, limits);
  // libvirt has the guest there: only virsh or its last message was lost.
  const isThere = ends.target.state === 'running';
  if (isThere && (ends.source.state === 'stopped' || ends.source.state === 'absent')) {
    await source.destroy().catch(() => undefined);
    return arrived(move, job);
  }
  await ear.stop();
  const report = reportOf(ending.info, rawReport(move, ending.info), false);
  const { state } = ends.source;
  if (ending.why === 'too-late' && state === 'running' && ends.target.state === 'absent') {
    return { state: 'not-converged', report };
  }
  return { state: 'failed', reason: await putInOrder(move, ending, ends), report };
}

async function arrived(move: Move, job: CompletedJob): Promise<MigrationOutcome> {
  const { source, target, spec, ear } = move;
  const info = await job.figures();
  const report = reportOf(info, rawReport(move, info), true);
  try {
    const guest = await attach(source.hypervisor, target, spec, ear);
    return { state: 'switched', guest, report };
  } catch (error) {
    await ear.stop();
    const reason = `the guest is on ${target.name}, but cannot be reached there: ${(error as Error).message}`;
    return { state: 'failed', reason, report };
  }
}

function rawReport({ command }: Move, info: JobInfo): unknown {
  return { command: `virsh ${command.join(' ')}`, domjobinfo: info };
}

/** Ends what must not go on, and says in words what is left. */
async function putInOrder(
  { source, target, domain, limits }: Move,
  ending: Exclude<Ending, { why: 'moved' }>,
  ends: Ends,
): Promise<string> {
  const destroyTarget = () => virsh(target.shell, ['destroy', domain], { timeout: limits.answer });
  const said = ending.why === 'failed' ? ending.reason : 'it did not switch over in time';
  const where = `on ${source.host.name} it is ${ends.source.why}, on ${target.name} ${ends.target.why}`;
  if (ends.source.state === 'half' || ends.target.state === 'half') {
    // Neither has all pages any more.
    await Promise.allSettled([source.destroy(), destroyTarget()]);
    return `${said}; the guest is lost: it was switched over already (${where})`;
  }
  if (ends.source.state === 'running' && ends.target.state === 'absent') return said;
  if (ends.source.state !== 'running' || ends.target.state === 'unknown')
    return `${said}; ${where}`;
  // While libvirt is still at it, the guest may go there yet.
  const busy = await virsh(source.host.shell, ['domjobinfo', domain, '--rawstats'])
    .then((text) => parseJobInfo(text).operation !== undefined)
    .catch(() => true);
  if (busy) return `${said}; ${where}, and libvirt is still at it`;
  const left = await destroyTarget().then(
    () => 'it was ended there',
    (error: unknown) => `it could not be ended there: ${libvirtWords(error)}`,
  );
  return `${said}; ${where}: ${left}`;
}
