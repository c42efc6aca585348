import { UserError } from '../../base/errors.ts';
import { firstAnswer, fitClockOffset, type ServiceAnswer } from '../guest/service.ts';
import type { Guest, GuestSpec } from '../hypervisor/hypervisor.ts';
import type {
  MigrationEvent,
  MigrationMethod,
  MigrationOutcome,
  MigrationReport,
} from '../hypervisor/migration.ts';
import type { Host } from '../remote/host.ts';
import { within } from '../within.ts';
import type { CreatedGuest } from './create.ts';
import { proveEnded } from './prove-ended.ts';

/** What is needed to move one guest. */
export interface MigrateRequest {
  created: CreatedGuest;
  target: Host;
  /** The guest as it shall be on the target, as the hypervisor's `prepare` wants it. */
  spec: GuestSpec;
  method: MigrationMethod;
  /** Told before the guest moves where it will answer on the target, if that is known already. */
  onPrepared?: (service: Guest['service'] | undefined) => void;
}

/** How a migration ended. */
export type MigrationResult =
  /**
   * The same boot of the guest answered on the target, its agent too, and the source is gone: all
   * known at `confirmedAt`. `guest` has the stamps of its creation, and the clock offset as it is on
   * the target.
   */
  | { state: 'completed'; guest: CreatedGuest; report: MigrationReport; confirmedAt: number }
  /** Cancelled at the method's `timeout`; the guest answered on the source. */
  | { state: 'not-converged'; report: MigrationReport }
  /**
   * `survivor` is where the guest runs now; `none` also where that cannot be found out, since a host
   * is out of reach: `reason` says so then. `guest` is the one on the target, if it survives there.
   */
  | {
      state: 'failed';
      reason: string;
      survivor: 'source' | 'target' | 'none';
      report?: MigrationReport;
      guest?: Guest;
    };

/** Seconds for each proof: an emulated guest on a busy machine may take many. */
const confirmLimit = 30;

/**
 * Moves a guest to another host: prepare, run, then confirm or abort. Exactly one copy of the guest
 * runs afterwards, or none, whatever fails. Ends within the method's `timeout` and three minutes,
 * also when a host dies; a post-copy that has switched over takes as long as memory arrives.
 * @param signal gives up: before the switchover the guest stays where it is (`failed`, survivor
 *   `source`), from then on it is moved to the end
 * @throws UserError if the hypervisor cannot move the guest so; it is untouched then
 */
export async function migrateGuest(
  request: MigrateRequest,
  signal: AbortSignal,
  onEvent: (event: MigrationEvent) => void = () => undefined,
): Promise<MigrationResult> {
  const { created, target } = request;
  const arrival = new Arrival(target, onEvent);
  const outcome = await prepareAndRun(request, arrival, signal, onEvent);
  try {
    switch (outcome.state) {
      case 'switched':
        return await confirm(created, outcome, arrival);
      case 'not-converged':
        return await confirmStayed(created, outcome);
      case 'failed':
        return await confirmFailed(created.guest, outcome);
    }
  } finally {
    arrival.giveUp();
  }
}

/** The first answer of a guest on its target, asked for from the moment in which it runs there. */
class Arrival {
  readonly #target: Host;
  readonly #onEvent: (event: MigrationEvent) => void;
  readonly #stop = new AbortController();
  #answer: Promise<ServiceAnswer> | undefined;

  constructor(target: Host, onEvent: (event: MigrationEvent) => void) {
    this.#target = target;
    this.#onEvent = onEvent;
  }

  expect(service: Guest['service']): Promise<ServiceAnswer> {
    this.#answer ??= firstAnswer(service.udp, this.#target.clock, this.#stop.signal).then(
      (answer) => {
        this.#onEvent({ at: answer.at, event: 'answered' });
        return answer;
      },
    );
    // It may come to nothing while nobody waits for it yet.
    this.#answer.catch(() => undefined);
    return this.#answer;
  }

  giveUp(): void {
    this.#stop.abort(new Error('the migration is over'));
  }
}

async function prepareAndRun(
  { created, target, spec, method, onPrepared }: MigrateRequest,
  arrival: Arrival,
  signal: AbortSignal,
  onEvent: (event: MigrationEvent) => void,
): Promise<MigrationOutcome> {
  const { guest: source } = created;
  const { migration, name } = source.hypervisor;
  if (migration === undefined) {
    throw new UserError({
      message: `expected a hypervisor that can migrate guests, got ${name}`,
      remedy: 'Choose another hypervisor.',
    });
  }
  try {
    // Stamps of both ends are mapped to our clock as they come.
    await Promise.all([source.host.clock.refit(), target.clock.refit()]);
    const prepared = await migration.prepare(source, target, spec, method);
    const { service } = prepared;
    onPrepared?.(service);
    if (signal.aborted) {
      await prepared.abandon();
      return { state: 'failed', reason: 'it was interrupted' };
    }
    return await prepared.run(signal, (event) => {
      onEvent(event);
      if (event.event === 'resume' && service) void arrival.expect(service);
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    return { state: 'failed', reason: (error as Error).message };
  }
}

async function confirm(
  { guest: source, instance, stamps, checks }: CreatedGuest,
  { guest, report }: Extract<MigrationOutcome, { state: 'switched' }>,
  arrival: Arrival,
): Promise<MigrationResult> {
  const { clock } = guest.host;
  const lost = guest.gone.then((why) => {
    throw new Error(`on the target ${why}`);
  });
  lost.catch(() => undefined);
  const proofs = await Promise.allSettled([
    Promise.race([sameBoot(arrival.expect(guest.service), instance, 'the target'), lost]),
    stamps.agent !== undefined && Promise.race([agentAnswers(guest), lost]),
    proveEnded(source).then((doubt) => {
      if (doubt !== undefined) throw new Error(`the source is not proven gone: ${doubt}`);
    }),
  ]);
  const missing = new Set(
    proofs.flatMap((proof) =>
      proof.status === 'rejected' ? [(proof.reason as Error).message] : [],
    ),
  );
  try {
    if (missing.size > 0) throw new Error([...missing].join('; '));
    const clockOffset = await fitClockOffset(guest.service.udp, clock);
    const moved: CreatedGuest = { guest, stamps, checks, clockOffset, instance };
    return { state: 'completed', guest: moved, report, confirmedAt: clock.now() };
  } catch (error) {
    const reason = (error as Error).message;
    if (await guest.running()) {
      return { state: 'failed', reason, survivor: 'target', report, guest };
    }
    const doubt = await proveEnded(guest);
    return { state: 'failed', reason: because(reason, 'target', doubt), survivor: 'none', report };
  }
}

async function confirmStayed(
  { guest, instance }: CreatedGuest,
  { report }: Extract<MigrationOutcome, { state: 'not-converged' }>,
): Promise<MigrationResult> {
  try {
    await answersStill(guest, instance);
    return { state: 'not-converged', report };
  } catch (error) {
    const reason = `it did not converge, and then ${(error as Error).message}`;
    return confirmFailed(guest, { state: 'failed', reason, report });
  }
}

/** Who is left; a guest that does not run is ended, so that it cannot come back. */
async function confirmFailed(
  source: Guest,
  { reason, report }: Extract<MigrationOutcome, { state: 'failed' }>,
): Promise<MigrationResult> {
  const rest = report ? { report } : {};
  if (await source.running()) return { state: 'failed', reason, survivor: 'source', ...rest };
  const doubt = await proveEnded(source);
  return { state: 'failed', reason: because(reason, 'source', doubt), survivor: 'none', ...rest };
}

function because(reason: string, end: string, doubt: string | undefined): string {
  return doubt === undefined ? reason : `${reason}; whether the ${end} runs is not known: ${doubt}`;
}

async function answersStill({ service, host }: Guest, instance: string): Promise<void> {
  const stop = new AbortController();
  const answer = firstAnswer(service.udp, host.clock, stop.signal);
  answer.catch(() => undefined);
  try {
    await sameBoot(answer, instance, 'the source');
  } finally {
    stop.abort(new Error('no answer'));
  }
}

async function sameBoot(answer: Promise<ServiceAnswer>, instance: string, end: string) {
  const late = `the guest did not answer on ${end} within ${confirmLimit} s`;
  const { instance: seen } = await within(confirmLimit, late, answer);
  if (seen !== instance) {
    throw new Error(`on ${end} another guest answered: expected ${instance}, got ${seen}`);
  }
}

async function agentAnswers({ control }: Guest): Promise<void> {
  const late = `the guest agent did not answer on the target within ${confirmLimit} s`;
  await within(confirmLimit, late, control.ready());
}
