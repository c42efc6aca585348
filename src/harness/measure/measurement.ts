import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/stats/random.ts';
import type { AcceleratorName, GuestSpec } from '../../platform/hypervisor/hypervisor.ts';
import type { CreatedGuest } from '../../platform/operations/create.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Event, Kind, Metric, Sample } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What a sample says besides its trial: arm, trial, unit and time are filled in by the runner. */
export type Reading = Pick<
  Sample,
  'guest' | 'iteration' | 'job' | 'percentile' | 'phase' | 'observer'
> & {
  /** When; now by default. A simulation says its own time, in seconds from its start. */
  at?: number;
};

/** What a measurement gets in one trial, and where it puts what it finds. */
export interface TrialScope {
  readonly trial: number;
  readonly levels: Levels;
  readonly scenario: Scenario;
  /** The guests of the trial, created and answering; empty if no measurement needs guests. */
  readonly guests: readonly CreatedGuest[];
  /**
   * The hosts of the trial. The guests run on the first, in turn on as many as the level `hosts`
   * says. Where guests are moved, the second is where they may go, and a third watches, if the
   * inventory has one.
   */
  readonly hosts: readonly Host[];
  /** The machine that is to be converted, as it was when its trial began; of a trial that converts. */
  readonly source?: Host | undefined;
  /** Gets what a measurement makes on hosts, before it is made. */
  readonly ledger: Ledger;
  /** What runs the guests of the arm. */
  readonly accelerator: AcceleratorName;
  /** An address that no guest has, with the length of the prefix; it is the trial's until its end. */
  address(): string;
  /** This machine, for what no other host is there for. */
  readonly controller: Host;
  /** First byte of the part of each guest's disk that measurements may overwrite. */
  readonly dataOffset: number;
  /** Path of a file on the storage of the arm, as a host sees it; it is removed with the trial. */
  storageFile(host: Host, name: string): string;
  readonly clock: Clock;
  /**
   * Depends on the run's seed and the block alone: all arms of a block get the same numbers, so that
   * simulated arms meet the same world.
   */
  readonly random: Random;
  /** Carried by every process that the measurement starts on a host, so that the ledger finds it. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of the trial on a host, made when first asked for and removed with the trial. */
  folder(host: Host): Promise<string>;
  /**
   * The guest as it shall be on another host of the trial: what it needs there is made, with
   * `disk: mirror` also an empty disk on the host's own storage.
   */
  arrival(guest: number, host: Host, disk: 'shared' | 'mirror'): Promise<GuestSpec>;
  /**
   * Cuts the power of a host, and gives it back: resolves when the host answers again. Its guests are
   * gone then; disks are as they were left. What the host held of the run is written out before.
   * @param beforehand called when all is ready; the power is cut when it resolves
   * @param meanwhile called when it is off; it is given back when that has ended
   * @returns when it was cut and when the host answered again, in seconds on `clock`
   * @throws UserError if there is no way to cut it
   */
  powerCut(
    host: Host,
    beforehand: () => Promise<void>,
    meanwhile?: () => Promise<void>,
  ): Promise<{ at: number; back: number }>;
  /** Creates one more guest of the arm on a host of the trial; it is ended with the trial. */
  addGuest(host: Host): Promise<CreatedGuest>;
  /** Tells that a guest is now this one, on another host: that is what will be ended. */
  moved(guest: number, now: CreatedGuest): void;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** Adds one sample of a metric of this measurement. */
  record(metric: string, value: number, reading?: Reading): void;
  /** @param at in seconds on `clock`; of a simulation in seconds from its start */
  event(event: Omit<Event, 'trial'>): void;
  /** Says what changes how the trial is to be read. */
  warn(text: string): void;
  /** Keeps a file of the trial: job files, raw output of tools, traces. */
  saveArtifact(name: string, content: string | Uint8Array): void;
}

/** One thing that can be measured in a trial. */
export interface Measurement {
  /** Every metric that it records, by name. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly kind: Kind;
  readonly needsGuests: boolean;
  /** Hosts between which it moves guests; 1 by default: it moves none. */
  readonly needsHosts?: number;
  /** Whether it cuts the power of the first host. */
  readonly cutsPower?: boolean;
  /** Whether it takes the first host away; one that shares this machine's kernel will do. */
  readonly killsHosts?: boolean;
  /** Whether it creates the guests of its trials itself: none is there before. */
  readonly createsGuests?: boolean;
  /** Whether it converts a machine into the only guest of the trial: no other is created. */
  readonly converts?: boolean;
  /**
   * Reads what it needs before anything is started.
   * @throws UserError
   */
  prepare?(scenario: Scenario): void;
  /** Bytes that it needs on each guest's disk, behind the system. */
  dataBytes(scenario: Scenario): number;
  /**
   * @throws NotConverged if what was measured did not come to its end for reasons that are a result;
   *   any other Error says what failed: the trial has failed then
   */
  run(scope: TrialScope): Promise<void>;
}

/** A trial that ended without success and without a fault: a result, ranked as worse than all. */
export class NotConverged extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotConverged';
  }
}
