import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import type { CreatedGuest } from '../../../platform/operations/create.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { calibrationError, pauseFor, type KnownPause } from '../known-pauses.ts';
import { longestWithin } from '../longest-within.ts';
import type { ObserverName, Span, Trace } from '../observer.ts';
import { tracesOf } from '../traces.ts';
import { Watch } from '../watch.ts';
import { WriteWitness, type WitnessSize } from '../witness.ts';
import type { LinkCutter } from './cut-link.ts';
import type { PauseKind, PlannedPause } from './plan.ts';

/** Seconds without a pause, before and after all of them: the floor. */
export const quiet = 2;
/** Seconds after each pause, for what it has held up. */
const settle = 0.5;

/** One known pause, as one observer saw it; seconds. */
export interface PauseError extends PlannedPause {
  observer: ObserverName;
  /** The gap that it saw, minus the pause. */
  error: number;
  /** How far off the known length may be. */
  uncertainty: number;
  /** When it began, since the first quiet began. */
  at: number;
}

/** What an observer can tell where nothing happens; seconds. */
export interface ObserverLimits {
  resolution: number;
  /** Longest gap. */
  floor: number;
}

export interface Calibrated {
  errors: PauseError[];
  limits: ReadonlyMap<ObserverName, ObserverLimits>;
  /** What speaks against trusting it, in words. */
  warnings: readonly string[];
  /** What was recorded, as it was. */
  raw: Trace['raw'];
}

export interface CalibrationRequest {
  created: CreatedGuest;
  /** Who watches the network. */
  watcher: Host;
  /** Needed where a cut is planned. */
  cutter?: LinkCutter;
  pauses: readonly PlannedPause[];
  /** Probes of the network a second. */
  rate: number;
  /** Of the write witness; `offset` is the first byte of its part of the guest's disk. */
  witness: WitnessSize & { offset: number };
  /** Carried by every process. */
  environment: Readonly<Record<string, string>>;
  clock: Clock;
  signal: AbortSignal;
}

/** Seconds that a calibration takes, without setting it up. */
export function calibrationTime(pauses: readonly PlannedPause[]): number {
  return pauses.reduce((sum, { length }) => sum + length + settle, 2 * quiet);
}

/** Sends a guest through known pauses and holds what each observer saw against them. */
export async function calibrate(request: CalibrationRequest): Promise<Calibrated> {
  const { created, watcher, environment, rate } = request;
  const watch = await Watch.start(watcher, created.guest, environment, { rate, http: false });
  try {
    return await observed(request, watch);
  } finally {
    await watch.abandon();
  }
}

async function observed(
  { created: { guest }, cutter, pauses, witness: size, clock, signal }: CalibrationRequest,
  watch: Watch,
): Promise<Calibrated> {
  const witness = await WriteWitness.start(guest, size.offset, size);
  const still = async (seconds: number): Promise<Span> => {
    const from = clock.now();
    await sleep(seconds * 1000, undefined, { signal });
    return { from, to: clock.now() };
  };
  const before = await still(quiet);
  const made: (PlannedPause & KnownPause)[] = [];
  for (const planned of pauses) {
    const { kind, length } = planned;
    if (kind === 'cut' && cutter === undefined) throw new Error('a link was to be cut by nobody');
    const known =
      kind === 'cut' && cutter ? await cutter.cut(length) : await pauseFor(guest, clock, length);
    made.push({ ...planned, ...known });
    await still(settle);
  }
  const after = await still(quiet);

  const { writes, log } = await witness.stop(guest.control);
  await guest.host.clock.refit();
  const seen = await watch.stop();
  const { traces, warnings } = tracesOf(seen, writes, { from: before.from, to: after.to });
  const errors = made.flatMap((pause) =>
    [...traces]
      .filter(([observer]) => sees(observer, pause.kind))
      .map(([observer, trace]): PauseError => {
        const { kind, length, uncertainty } = pause;
        const stamped = kind === 'stop' ? seen.pauses : [];
        const error = calibrationError(observer, trace, pause, stamped);
        const at = pause.commanded.from - before.from;
        return { kind, length, observer, error, uncertainty, at };
      }),
  );
  const limits = [...traces].map(([observer, trace]): [ObserverName, ObserverLimits] => [
    observer,
    {
      resolution: trace.resolution,
      floor: Math.max(longestWithin(trace, before), longestWithin(trace, after)),
    },
  ]);
  const raw = [...seen.network.raw, ...seen.events.raw, { name: 'witness.log', content: log }];
  return { errors, limits: new Map(limits), warnings, raw };
}

/** A guest whose link is down goes on: only the network can tell. */
function sees(observer: ObserverName, kind: PauseKind): boolean {
  return kind === 'stop' || observer === 'network';
}
