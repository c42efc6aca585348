import { posix } from 'node:path';
import type { Host } from '../../../platform/remote/host.ts';
import { patienceWith } from '../../../platform/remote/patience.ts';
import { StoragePulse, usualLimits } from './pulse.ts';

/** The pulses of a run: one for each storage on each host, so that what hangs there hangs alone. */
export class StoragePulses {
  readonly #environment: Readonly<Record<string, string>>;
  /** By host and directory. */
  readonly #pulses = new Map<string, { host: string; storage: string; pulse: StoragePulse }>();

  /** @param environment carried by every process of the run */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** @param directory of ours on the storage, in which the pulse is felt */
  of(host: Host, storage: string, directory: string): StoragePulse {
    const key = `${host.name}:${directory}`;
    const known = this.#pulses.get(key)?.pulse;
    if (known !== undefined) return known;
    const pulse = new StoragePulse(
      `storage ${storage} on ${host.name}`,
      host.shell,
      posix.join(directory, `pulse-${host.name}`),
      this.#environment,
      {
        look: patienceWith([host], usualLimits.look),
        write: patienceWith([host], usualLimits.write),
      },
    );
    this.#pulses.set(key, { host: host.name, storage, pulse });
    return pulse;
  }

  /** Names of the storages on which something hangs there. */
  pendingOn({ name }: Host): Set<string> {
    const pending = [...this.#pulses.values()].filter(
      ({ host, pulse }) => host === name && pulse.pending,
    );
    return new Set(pending.map(({ storage }) => storage));
  }
}
