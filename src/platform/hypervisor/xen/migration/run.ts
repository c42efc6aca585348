import type { Host } from '../../../remote/host.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import type {
  MigrationEvent,
  MigrationMethod,
  MigrationOutcome,
  MigrationReport,
} from '../../migration.ts';
import { xlWords } from '../xl.ts';
import { arrive } from './arrive.ts';
import { Course } from './course.ts';
import type { MigrationLimits } from './limits.ts';
import { settle } from './settle.ts';
import type { Argv } from '../../../remote/shell.ts';

/** What a migration is made of. */
export interface Move {
  source: Guest;
  target: Host;
  /** The guest as it shall be on the target. */
  spec: GuestSpec;
  /** Xen's name of it. */
  domain: string;
  /** Carried by the programs of this migration. */
  id: string;
  method: MigrationMethod;
  /** Moves it. */
  command: Argv;
  limits: MigrationLimits;
}

/**
 * Moves the guest by one call of xl. It lets the target go only when the source has suspended itself
 * for good, and ends the source only when the target said that it runs; what xl leaves, because it
 * cannot know, is put in order here.
 */
export async function runMigration(
  move: Move,
  signal: AbortSignal,
  onEvent: (event: MigrationEvent) => void,
): Promise<MigrationOutcome> {
  const { source, target, domain, id, limits } = move;
  let began: number | undefined;
  const course = new Course(move, (event) => {
    if (event.event === 'start') began = event.at;
    onEvent(event);
  });
  const ending = await course.run(signal);
  const report = reportOf(move, course, began);
  if (ending.why === 'moved') return arrived(move, report);
  const parties = { source: source.host, target, domain, id, limits };
  const { has, notes } = await settle(parties, course.transcript.told.permitted);
  if (has === 'target') {
    // Only the end of xl's words was lost.
    await source.destroy().catch(() => undefined);
    return arrived(move, report);
  }
  if (ending.why === 'too-late' && has === 'source') return { state: 'not-converged', report };
  const said = ending.why === 'failed' ? ending.reason : 'it did not switch over in time';
  return { state: 'failed', reason: [said, ...notes].join('; '), report };
}

async function arrived(move: Move, report: MigrationReport): Promise<MigrationOutcome> {
  const { source, target, spec, domain } = move;
  try {
    const guest = await arrive(source.hypervisor, target, spec, domain);
    return { state: 'switched', guest, report };
  } catch (error) {
    const reason = `the guest is on ${target.name}, but cannot be reached there: ${xlWords(error)}`;
    return { state: 'failed', reason, report };
  }
}

/** xl itself gives no figures: what its lines and those of ssh tell. */
function reportOf(move: Move, { transcript }: Course, began: number | undefined): MigrationReport {
  const { lines, told } = transcript;
  const [end, connected] = [lines.at(-1), lines.find(({ text }) => /Saving domain/.test(text))];
  return {
    ...(began !== undefined && told.successful && end && { totalTime: end.at - began }),
    ...(began !== undefined && connected && { setupTime: connected.at - began }),
    ...(told.transferred !== undefined && { transferred: told.transferred }),
    ...(told.rounds !== undefined && { rounds: told.rounds }),
    raw: {
      command: move.command.join(' '),
      lines: lines.map(({ at, text }) => `${(at - (began ?? 0)).toFixed(3)} ${text}`),
    },
  };
}
