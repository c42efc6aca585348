import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { readTrials } from '../results/read-trials.ts';
import type { Arm } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Matrix } from '../scenario/matrix.ts';
import { needsGuests } from '../scenario/needs-guests.ts';
import type { Scenario } from '../scenario/schema.ts';
import { leastRuntime } from '../measure/guest-io/fio/job-file.ts';
import { guestsOn } from './spread.ts';
import { bedSpace } from './storages/bed-space.ts';
import { planBeds } from './storages/plan-beds.ts';
import type { SystemSize } from './system-size.ts';

export interface Estimate {
  /** Seconds for all trials. */
  time: number;
  /** Where that comes from. */
  basis: 'the last run here' | 'a guess';
  /** For people: `about 3 min 40 s (from the last run here)`. */
  text: string;
  /** Bytes at most on one storage; undefined where the size of an image is not known. */
  storage: number | undefined;
}

export interface EstimateRequest {
  scenario: Scenario;
  matrix: Matrix;
  /** Trials in all. */
  trials: number;
  /** Bytes that measurements need on a guest's disk. */
  data: number;
  /** Undefined where it is not known. */
  systemSize: SystemSize | undefined;
  /** Folder in which earlier runs lie. */
  results: string;
  cache: string;
}

/** How long a run will take and how much space: from the last run of the scenario, else a guess. */
export function estimateRun(request: EstimateRequest): Estimate {
  const { scenario, matrix, trials } = request;
  const earlier = lastDurations(request.results, scenario.name);
  const perArm = matrix.arms.map(
    ({ arm, levels }) => earlier?.get(armKey(arm)) ?? guessTrial(scenario, levels, request.cache),
  );
  const known = earlier !== undefined && matrix.arms.every(({ arm }) => earlier.has(armKey(arm)));
  const time = (perArm.reduce((sum, seconds) => sum + seconds, 0) / perArm.length) * trials;
  const basis = known ? 'the last run here' : 'a guess';
  const source = known ? 'from the last run here' : 'a guess: no earlier run of it here';
  return {
    ...{ time, basis, text: `about ${timeText(time)} (${source})` },
    storage: storageNeeded(request),
  };
}

/** The median length of a trial by arm, in the newest run of the scenario that has any. */
function lastDurations(results: string, name: string): Map<string, number> | undefined {
  if (!existsSync(results)) return undefined;
  const runs = readdirSync(results)
    .filter((folder) => isRunOf(name, folder))
    .map((folder) => join(results, folder))
    .map((folder) => ({ folder, changed: lastChange(join(folder, 'trials.ndjson')) }))
    .sort((a, b) => b.changed - a.changed);
  for (const { folder } of runs) {
    try {
      const byArm = new Map<string, number[]>();
      for (const { arm, duration, state } of readTrials(folder)) {
        if (state !== 'completed') continue;
        const key = armKey(arm);
        byArm.set(key, [...(byArm.get(key) ?? []), duration]);
      }
      if (byArm.size > 0) return new Map([...byArm].map(([key, all]) => [key, median(all)]));
    } catch {
      // Not a run of this version: an estimate can do without it.
    }
  }
  return undefined;
}

/** @param id such as `2026-11-21-quickstart-41c7` or, for the second of that name, `…-41c7-2` */
function isRunOf(scenario: string, id: string): boolean {
  const rest = id.slice('2026-11-21-'.length);
  return (
    rest.startsWith(`${scenario}-`) &&
    /^[0-9a-f]{1,4}(-\d+)?$/.test(rest.slice(scenario.length + 1))
  );
}

/** The day and the seed of a run id do not tell which run of a day was the last. */
function lastChange(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function armKey(arm: Arm): string {
  return JSON.stringify(Object.entries(arm).sort());
}

/** Seconds of a migration besides its windows: observers, load, the move itself. */
const moving = 4;

/** How many times as long as the micro guest a distribution takes to boot. */
const distribution = 25;

/** The part of the time of a boot that restoring a saved guest takes. */
const restored = 0.25;

/** Seconds of a simulated trial, at a guess. */
const simulated = 1;

/** Boots share the CPUs; jobs take their time, and about a second to start. */
function guessTrial(scenario: Scenario, levels: Levels, cache: string): number {
  if (scenario.measure.simulation !== undefined) return simulated;
  if (needsGuests(scenario) === undefined) return 0.001;
  const { measure, guest } = scenario;
  const guests = guestsOn(1, levels);
  const boot = bootTime(cache) * (guest.image === 'micro' ? 1 : distribution);
  const start = levels.start === 'snapshot' ? boot * restored : boot;
  const boots = start * Math.max(1, guests / cpus().length);
  const { jobs: all = [], host = false } = measure['guest-io'] ?? {};
  const jobs = all.map(
    (job) => guests * 0.7 + leastRuntime(job) + 1 + (host ? leastRuntime(job) : 0),
  );
  const moves = measure.migration
    ? measure.migration.window + measure.migration.settle + moving
    : 0;
  return jobs.reduce((sum, seconds) => sum + seconds, boots + moves);
}

/** What the accelerator probe has seen here, else the time of an emulated boot. */
function bootTime(cache: string): number {
  const files = existsSync(cache) ? readdirSync(cache) : [];
  const file = files.find((name) => name.startsWith('accelerator-'));
  if (file === undefined) return 4;
  const text = readFileSync(join(cache, file), 'utf8');
  const times = [...text.matchAll(/"bootTime":([\d.]+)/g)].map((match) => Number(match[1]));
  return times.length === 0 ? 4 : Math.min(...times);
}

function storageNeeded(request: EstimateRequest): number | undefined {
  const { scenario, matrix, data, systemSize } = request;
  if (needsGuests(scenario) === undefined) return 0;
  if (systemSize === undefined) return undefined;
  const beds = planBeds(matrix.arms.map(({ levels }) => levels));
  const each = [...new Set(beds.map(({ storage }) => storage))].map((storage) => {
    const own = beds.filter((bed) => bed.storage === storage);
    const spaces = own.map((bed) => {
      const arms = [...bed.disks, ...bed.templates];
      // All of them have one image. Nobody has looked into it: it may be without holes.
      const system = Math.max(...arms.map(systemSize));
      const size = system + data + bed.templateData;
      const hosts = Math.max(...arms.map((levels) => levels.hosts));
      return bedSpace(bed, { size, allocated: size }, data, hosts);
    });
    const kept = spaces.reduce((sum, space) => sum + space.kept, 0);
    return kept + Math.max(...spaces.map(({ trial }) => trial));
  });
  return Math.max(0, ...each);
}

/** `3 min 40 s`, `12 s`, `2 h 5 min`. */
function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60))} min`;
}
