import type { Clock } from '../../base/clock.ts';
import type { CreatedGuest } from '../../platform/operations/create.ts';
import type { Event, Kind, Metric, Sample } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What a sample says besides its trial: arm, trial, unit and time are filled in by the runner. */
export type Reading = Pick<
  Sample,
  'guest' | 'iteration' | 'job' | 'percentile' | 'phase' | 'observer'
>;

/** What a measurement gets in one trial, and where it puts what it finds. */
export interface TrialScope {
  readonly trial: number;
  readonly levels: Levels;
  readonly scenario: Scenario;
  /** The guests of the trial, created and answering; empty if no measurement needs guests. */
  readonly guests: readonly CreatedGuest[];
  /** First byte of the part of each guest's disk that measurements may overwrite. */
  readonly dataOffset: number;
  readonly clock: Clock;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** Adds one sample of a metric of this measurement. */
  record(metric: string, value: number, reading?: Reading): void;
  /** @param at in seconds on `clock` */
  event(event: Omit<Event, 'trial'>): void;
  /** Says what changes how the trial is to be read. */
  warn(text: string): void;
  /** Keeps a file of the trial: job files, raw output of tools. */
  saveArtifact(name: string, content: string): void;
}

/** One thing that can be measured in a trial. */
export interface Measurement {
  /** Every metric that it records, by name. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly kind: Kind;
  readonly needsGuests: boolean;
  /** Bytes that it needs on each guest's disk, behind the system. */
  dataBytes(scenario: Scenario): number;
  /** @throws Error that says what failed: the trial has failed then */
  run(scope: TrialScope): Promise<void>;
}
