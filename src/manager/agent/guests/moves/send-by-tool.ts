import type { GuestSpec } from '../../../../platform/hypervisor/hypervisor.ts';
import type {
  MigrationEvent,
  MigrationMethod,
  MigrationOutcome,
} from '../../../../platform/hypervisor/migration.ts';
import { markOf } from '../../../../platform/ledger/kinds/marked-processes.ts';
import type { Host } from '../../../../platform/remote/host.ts';
import { ownClock } from '../../../../platform/remote/this-machine.ts';
import { usualMethod, type Move } from './send.ts';
import { shellThrough } from './shell-through.ts';

/** How the tool of this host reaches the other one while it moves a guest there. */
export interface Passage {
  /** What the tool is told of the other host. */
  readonly host: Partial<Host>;
  /** What was said at the other end, where the move has failed. */
  readonly said?: () => Promise<string>;
  readonly close: () => void;
}

/** How the tool of one hypervisor moves guests. */
export interface Tool {
  readonly method?: Partial<MigrationMethod>;
  /** @param spec of the guest as it shall be there */
  readonly open: (move: Move, spec: GuestSpec) => Promise<Passage>;
}

/**
 * Moves a guest by the tool of its hypervisor, which this host drives: by the operation that measurements
 * use, with the other host's shell through the tunnel.
 */
export async function sendByTool(move: Move, { method, open }: Tool): Promise<MigrationOutcome> {
  const { guest, other, arrival, signal } = move;
  const { hypervisor, host, spec: now } = guest;
  const { migration } = hypervisor;
  if (migration === undefined) throw new Error(`guests of ${hypervisor.name} are not moved`);
  const mark = markOf(now.environment);
  const call = { ask: 'prepare', mark, ...arrival } as const;
  const { spec } = await other.ask<{ spec: GuestSpec }>(call);
  const passage = await open(move, spec);
  try {
    const { address, host: name } = other;
    const shell = shellThrough(other);
    const target: Host = { ...host, name, address, shell, clock: ownClock, ...passage.host };
    const way = { ...usualMethod, ...method, disk: arrival.disk };
    // Of what it says there, nothing is kept here.
    const there = { ...spec, consoleLog: now.consoleLog };
    const prepared = await migration.prepare(guest, target, there, way);
    const seen = new Set<MigrationEvent['event']>();
    const outcome = await prepared.run(signal, ({ event }) => void seen.add(event));
    if (outcome.state !== 'failed') return outcome;
    // It may run there already: the master finds out, and lets it go on here only if it does not.
    if (seen.has('stop') && (await guest.running())) await guest.pause();
    const said = await passage.said?.().catch(() => '');
    return said ? { ...outcome, reason: `${outcome.reason}; on ${name}: ${said}` } : outcome;
  } finally {
    passage.close();
  }
}
