import { isDeepStrictEqual } from 'node:util';
import { UserError, type Problem } from '../../base/errors.ts';
import { acceleratorList, usedAccelerators } from '../analysis/accelerators.ts';
import { isSimulated } from '../analysis/simulation/is-simulated.ts';
import { readTrials } from '../results/read-trials.ts';
import { readRun } from '../results/run-file.ts';
import type { Environment, Run, Trial } from '../results/schema.ts';
import { isOfShard, type Shard } from '../runner/shard.ts';
import { environmentDifferences } from '../runner/same-environment.ts';

/** One part of a run, in its folder. */
export interface Part {
  readonly folder: string;
  readonly run: Run;
  readonly trials: readonly Trial[];
  /** Seconds by which its time begins later than that of the whole; 0 where time is simulated. */
  readonly later: number;
}

/** The parts of a run as one. */
export interface Merged {
  readonly run: Run;
  readonly parts: readonly Part[];
  /** What is missing, in sentences; they stand in the run's notes too. */
  readonly gaps: readonly string[];
}

/**
 * Reads the parts that `run --shard` has made and says what they are together.
 * @throws UserError if they are not parts of one run, or if two of them are the same part
 */
export function readParts(folders: readonly string[]): Merged {
  const read = folders.map((folder) => ({
    ...{ folder, run: readRun(folder), trials: readTrials(folder) },
  }));
  const [first, ...others] = read;
  if (first === undefined) {
    throw new UserError({ where: '--merge', message: 'expected folders of runs, got none' });
  }
  const problems = others.flatMap(({ folder, run }) => foreign(first, run, folder));
  problems.push(...doubled(read));
  if (problems.length > 0) throw new UserError(problems);
  const begun = Math.min(...read.map(({ run }) => Date.parse(run.startedAt)));
  const later = ({ startedAt }: Run) =>
    isSimulated(first.run) ? 0 : (Date.parse(startedAt) - begun) / 1000;
  const parts = read.map((one) => ({ ...one, later: later(one.run) }));
  const gaps = gapsOf(read);
  return { run: runOf(parts, gaps), parts, gaps };
}

/** What makes a run no part of the same as the first. */
function foreign(first: { folder: string; run: Run }, run: Run, folder: string): Problem[] {
  const compared: [string, (one: Run) => unknown][] = [
    ['seed', ({ seed }) => seed],
    ['scenario', ({ scenario }) => scenario],
    ['arms', ({ arms }) => arms],
    ['planned trials', ({ planned }) => planned],
    ['number of parts', ({ shard }) => shard?.of],
    ['version of virtgauge', ({ environment }) => environment.virtgauge],
    // `auto` may have found another one: what is emulated and what is not are not one run.
    ['accelerator', (one) => acceleratorList(usedAccelerators(one)) || 'none'],
  ];
  return compared.flatMap(([what, of]) => {
    const [theirs, ours] = [of(run), of(first.run)];
    if (isDeepStrictEqual(theirs, ours)) return [];
    const short = [typeof ours, typeof theirs].every((type) => type !== 'object');
    const values = short ? `: expected ${String(ours)}, got ${String(theirs)}` : '';
    return [
      {
        where: folder,
        message: `expected a part of the same run as ${first.folder}, but its ${what} is another${values}`,
      },
    ];
  });
}

/** Two folders may not have one trial. */
function doubled(parts: readonly { folder: string; trials: readonly Trial[] }[]): Problem[] {
  const owner = new Map<number, string>();
  const problems: Problem[] = [];
  for (const { folder, trials } of parts) {
    const twice = trials.find(({ trial }) => owner.has(trial));
    if (twice !== undefined) {
      problems.push({
        where: folder,
        message: `expected other trials than in ${owner.get(twice.trial) ?? ''}, got trial ${twice.trial} in both`,
        remedy: 'Name each part once.',
      });
    }
    for (const { trial } of trials) owner.set(trial, folder);
  }
  return problems;
}

/** Parts that are not there, and trials that parts lack. */
function gapsOf(parts: readonly { run: Run; trials: readonly Trial[] }[]): string[] {
  const [{ run } = { run: undefined }] = parts;
  if (run?.planned === undefined) return ['It is not known how many trials were planned.'];
  const of = run.shard?.of ?? 1;
  const had = new Set(parts.map((part) => part.run.shard?.index ?? 1));
  const absent = Array.from({ length: of }, (_, index) => index + 1).filter((n) => !had.has(n));
  const done = new Set(parts.flatMap(({ trials }) => trials.map(({ trial }) => trial)));
  const missing = (shard: Shard) => {
    const numbers = Array.from({ length: run.planned ?? 0 }, (_, trial) => trial);
    return numbers.filter(
      (trial) => isOfShard(Math.floor(trial / run.arms.length), shard) && !done.has(trial),
    ).length;
  };
  return [
    ...absent.map((index) => {
      const count = missing({ index, of });
      return `Part ${index} of ${of} is missing, with ${count} of ${run.planned} trials.`;
    }),
    ...[...had]
      .sort((a, b) => a - b)
      .flatMap((index) => {
        const count = missing({ index, of });
        return count === 0
          ? []
          : [`Part ${index} of ${of} is not complete: ${count} of its trials are missing.`];
      }),
  ];
}

function runOf(parts: readonly Part[], gaps: readonly string[]): Run {
  const [first] = parts as [Part, ...Part[]];
  const { shard, ...run } = first.run;
  const ends = parts.map((part) => part.run.endedAt);
  const starts = parts.map((part) => part.run.startedAt).sort();
  // A simulation does not depend on where it ran: its report stays what one run would give.
  const where = isSimulated(run) ? [] : whereTold(parts, shard?.of ?? 1);
  const notes = [...new Set(parts.flatMap((part) => part.run.notes ?? [])), ...where, ...gaps];
  const writes = parts.flatMap((part) => part.run.writes ?? []);
  return {
    ...run,
    startedAt: starts[0] ?? run.startedAt,
    ...(ends.every((end) => end !== undefined) && { endedAt: ends.sort().at(-1) }),
    environment: environmentOf(parts),
    ...(writes.length > 0 && { writes: writtenByAll(writes) }),
    ...(notes.length > 0 && { notes }),
  };
}

/** Each part had a limit of its own. */
function writtenByAll(writes: readonly NonNullable<Run['writes']>[]): Run['writes'] {
  const sum = (what: 'limit' | 'templates' | 'trials') =>
    writes.reduce((total, each) => total + each[what], 0);
  return {
    ...{ limit: sum('limit'), templates: sum('templates'), trials: sum('trials') },
    ended: writes.some(({ ended }) => ended),
  };
}

function environmentOf(parts: readonly Part[]): Environment {
  const all = parts.map(({ run }) => run.environment);
  const hosts = Object.assign({}, ...all.map((one) => one.hosts ?? {})) as Environment['hosts'];
  const resumed = [...new Set(all.flatMap((one) => one.resumed ?? []))];
  return {
    ...(all[0] as Environment),
    storages: storagesOf(all),
    ...(Object.keys(hosts ?? {}).length > 0 && { hosts }),
    ...(resumed.length > 0 && { resumed }),
  };
}

/** As the first part had them, with what any part has warned of. */
function storagesOf(all: readonly Environment[]): Environment['storages'] {
  const storages = Object.assign(
    {},
    ...all.map((one) => one.storages).reverse(),
  ) as (typeof all)[0]['storages'];
  return Object.fromEntries(
    Object.entries(storages).map(([name, facts]) => {
      const warnings = new Set(all.flatMap((one) => one.storages[name]?.warnings ?? []));
      return [name, { ...facts, ...(warnings.size > 0 && { warnings: [...warnings] }) }];
    }),
  );
}

function whereTold(parts: readonly Part[], of: number): string[] {
  const [first, ...others] = parts as [Part, ...Part[]];
  const differences = others
    .map(({ run }) => environmentDifferences(first.run.environment, run.environment))
    .filter((text) => text !== '');
  const different =
    differences.length === 0
      ? ''
      : `; their environments differ: ${[...new Set(differences)].join('; ')}`;
  return [
    `The run was made in ${of} ${of === 1 ? 'part' : 'parts'} of whole blocks, apart from each other${different}.`,
  ];
}
