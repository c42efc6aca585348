import type { Job } from '../../measure/guest-io/options.ts';
import { isMixed, rounds } from '../../measure/guest-io/fio/job-file.ts';
import type { Measurement } from '../../measure/measurement.ts';
import type { Levels } from '../../scenario/levels.ts';
import { needsGuests } from '../../scenario/needs-guests.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { bedSpace } from '../storages/bed-space.ts';
import { planBeds } from '../storages/plan-beds.ts';

/** What a plan says of the bytes that are written to storages. */
export interface WritesRequest {
  scenario: Scenario;
  measurements: readonly Pick<Measurement, 'dataBytes' | 'converts'>[];
  /** The levels of every arm. */
  arms: readonly Levels[];
  /** Bytes of the system's disk of an arm's guests. */
  systemSize: (levels: Levels) => number;
}

/** Bytes of one trial of an arm, as far as the plan knows. */
export interface TrialWrites {
  /** Disks of its guests, files beside them: as planned in any case. */
  made: number;
  /** What guests or a conversion write, until a trial has told how much that is. */
  expected: number;
}

/** Bytes that are written before the first trial: templates, and states to restore guests from. */
export function templateWrites({ arms, ...request }: WritesRequest): number {
  if (needsGuests(request.scenario) === undefined || converts(request)) return 0;
  const data = dataOf(request);
  const spaces = planBeds(arms).map((bed) => {
    const [levels] = bed.templates;
    if (levels === undefined) return 0;
    const size = request.systemSize(levels) + data + bed.templateData;
    const hosts = Math.max(...bed.templates.map((each) => each.hosts));
    return bedSpace(bed, { size, allocated: size }, data, hosts).kept;
  });
  return spaces.reduce((sum, kept) => sum + kept, 0);
}

/**
 * Bytes that one trial of an arm writes: what its guests' disks are made of, what fio writes in them
 * (jobs without a rate: as much as they work on, until one has told), and on hosts.
 */
export function trialWrites(request: WritesRequest, levels: Levels): TrialWrites {
  const { scenario } = request;
  if (needsGuests(scenario) === undefined) return { made: 0, expected: 0 };
  // Of the system of the machine nobody knows before.
  if (converts(request)) return { made: 0, expected: levels.diskData };
  const data = dataOf(request);
  const size = request.systemSize(levels) + data + levels.templateData;
  const template = { size, allocated: size };
  const disks = bedSpace({ disks: [levels], templates: [] }, template, 0, levels.hosts).trial;
  const mirrored = scenario.measure.migration && levels.disk === 'mirror' ? size : 0;
  const { jobs = [], host = false } = scenario.measure['guest-io'] ?? {};
  const fio = sum(jobs.map(jobWrites));
  const onHosts = host ? sum(jobs.filter(({ touch }) => touch === 'overwrite').map(jobWrites)) : 0;
  // A witness and the load write what they have room for, over and over it may be.
  const others = data - sum(jobs.map((job) => job.size));
  return {
    made: disks + levels.guests * (mirrored + onHosts + others),
    expected: levels.guests * fio,
  };
}

/** Bytes that a run of so many trials in all writes, as far as the plan knows. */
export function runWrites(request: WritesRequest, trials: number): number {
  const each = request.arms.map((levels) => trialWrites(request, levels));
  const block = sum(each.map(({ made, expected }) => made + expected));
  return templateWrites(request) + (block * trials) / Math.max(1, each.length);
}

/** What a job writes in one guest: all of its part beforehand, if it overwrites, and what it then does. */
function jobWrites(job: Job): number {
  const before = job.touch === 'overwrite' ? job.size : 0;
  const share = isMixed(job) ? 1 - job.readShare / 100 : Number(job.rw.endsWith('write'));
  const { rate } = job;
  const moved = rate === undefined ? job.size : rate * job.bs * job.round * rounds;
  return before + share * moved;
}

function dataOf({ measurements, scenario }: Omit<WritesRequest, 'arms'>): number {
  return sum(measurements.map((each) => each.dataBytes(scenario)));
}

function converts({ measurements }: Pick<WritesRequest, 'measurements'>): boolean {
  return measurements.some((each) => each.converts === true);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
