import type { Guest, RunChange } from '../../platform/hypervisor/hypervisor.ts';
import type { MigrationEvent } from '../../platform/hypervisor/migration.ts';
import type { Span, Trace, Watching } from './observer.ts';
import { spansTrace } from './spans-trace.ts';

/** Watches the hypervisors' own stamps of stops and starts. */
export class EventsWatch implements Watching {
  readonly name = 'hypervisor-events';
  readonly #changes: RunChange[] = [];
  readonly #forget: () => void;
  /** Seconds: how far off a stamp of the worse of the two hosts may be. */
  #uncertainty: number;

  constructor(guest: Guest) {
    this.#uncertainty = guest.host.clock.uncertainty;
    this.#forget = guest.onRunChange((change) => this.#changes.push(change));
  }

  /** What a migration tells: it knows the target, which does not exist when watching begins. */
  migrationEvent({ event, at }: MigrationEvent): void {
    if (event === 'stop') this.#changes.push({ state: 'stopped', at });
    if (event === 'resume') this.#changes.push({ state: 'running', at });
  }

  /** From now on stamps of this host come, too. */
  alsoOn({ clock }: Guest['host']): void {
    this.#uncertainty = Math.max(this.#uncertainty, clock.uncertainty);
  }

  /** The stretches in which no CPU of the guest ran, so far. */
  pauses(): Span[] {
    return pausesOf(this.#changes);
  }

  stop(): Promise<Trace> {
    this.#forget();
    // Stamps are whole microseconds.
    const resolution = Math.max(1e-6, this.#uncertainty);
    const content = this.#changes.map(({ at, state }) => `${at.toFixed(6)} ${state}\n`).join('');
    return Promise.resolve(
      spansTrace(this.pauses(), resolution, [{ name: 'hypervisor-events.txt', content }]),
    );
  }
}

/**
 * From each stop to the next start. The source's stop is told twice (by its guest and by the
 * migration), and the target may stamp a stop of its own before it runs: only the first counts.
 */
export function pausesOf(changes: readonly RunChange[]): Span[] {
  const pauses: Span[] = [];
  let from: number | undefined;
  for (const { state, at } of [...changes].sort((a, b) => a.at - b.at)) {
    if (state === 'stopped') from ??= at;
    else if (from !== undefined) {
      pauses.push({ from, to: at });
      from = undefined;
    }
  }
  return pauses;
}
