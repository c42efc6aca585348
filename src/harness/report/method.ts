import { z } from 'zod';
import type { Analysis } from '../analysis/analysis.ts';
import type { HostFacts } from '../results/schema.ts';
import { factorText } from '../analysis/factor-texts.ts';
import { migrationParagraphs } from './migration-method.ts';
import { crossedFactors, levelText } from '../analysis/arms.ts';
import { bytesText, countText, durationText, quantity } from '../analysis/quantity.ts';
import { guestIoOptions } from '../measure/guest-io/options.ts';

/** What was done, as one would write it in a paper. One paragraph each. */
export function methodParagraphs(analysis: Analysis): string[] {
  const { run, trials, margin, sampleCount } = analysis;
  const { accelerator } = run.environment;
  const factors = crossedFactors(run).map(
    ([factor, levels]) =>
      `${factor} (${levels.map((level) => levelText(factor, level)).join(', ')})`,
  );
  const blocks = new Set(trials.map(({ block }) => block)).size;
  const guests =
    accelerator === undefined
      ? ''
      : ` Guests ran under ${accelerator.name}${accelerator.emulated ? ', that is, emulated in software' : ''} (${accelerator.why}).`;
  const design =
    factors.length === 0
      ? `One arm was measured in ${countText(trials.length)} trials.`
      : `${countText(run.arms.length)} arms cross ${factors.join(' × ')}. They were run in ${countText(blocks)} ${blocks === 1 ? 'block' : 'blocks'}, each holding every arm once in an order drawn from the seed ${run.seed}, so that what changes over time touches all arms alike.`;
  return [
    `${design}${guests} ${countText(sampleCount)} samples were taken.`,
    'A trial counts by one value: the median over its guests of the medians over their repetitions. Intervals of medians are order-statistic intervals (95 %; none below 6 trials). Ratios are ratios of medians, over several pairs of arms their geometric mean, with an interval from resampling whole blocks. Failed trials rank as worse than all others. Outliers by the median absolute deviation are marked, never dropped.',
    `Two arms are called different where the interval of their ratio excludes 1 and reaches outside ±${Math.round(margin * 100)} %, equal where it lies wholly inside that margin, and inconclusive otherwise. p values in the tables are of the Mann-Whitney test, adjusted by Holm's method over all comparisons of headline figures.`,
    ...migrationParagraphs(analysis),
  ];
}

/** Facts of the machine and the programs, in rows of name and value. */
export function environmentFacts({ run }: Pick<Analysis, 'run'>): [string, string][] {
  const { machine, versions, storages, accelerator, node, virtgauge, hosts = {} } = run.environment;
  const { savedStates } = run.environment;
  return [
    ['machine', `${machine.cpus} × ${machine.cpu}, ${bytesText(machine.memory)}`],
    ['system', `${machine.distribution}, kernel ${machine.kernel}`],
    ...(accelerator === undefined
      ? []
      : [
          [
            'accelerator',
            `${accelerator.name}${accelerator.emulated ? ' (emulation)' : ''}: ${accelerator.why}`,
          ] as [string, string],
        ]),
    ...(savedStates === undefined ? [] : [['saved states', savedStates] as [string, string]]),
    ...Object.entries(storages).map(([name, storage]): [string, string] => [
      `storage ${name}`,
      [
        storage.label,
        storage.filesystem,
        `device ${storage.device}`,
        `${bytesText(storage.free)} free`,
        storage.directIo ? 'O_DIRECT' : 'no O_DIRECT',
        storage.reflink ? 'reflink' : 'no reflink',
        ...(storage.standIn === undefined ? [] : [`stand-in: ${storage.standIn}`]),
      ].join(', '),
    ]),
    ...Object.entries(hosts).map(([name, host]): [string, string] => [
      `host ${name}`,
      hostText(host),
    ]),
    [
      'programs',
      Object.entries({ virtgauge, node, ...versions })
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['held', heldLevels(run.scenario)],
    ...jobFacts(run.scenario),
    ['seed', run.seed],
  ];
}

function hostText(host: HostFacts): string {
  const { cpu, cpus, memory, kernel, versions, clockUncertainty, standIn } = host;
  return [
    `${cpus} × ${cpu}`,
    bytesText(memory),
    `kernel ${kernel}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    `its clock known to ±${quantity(clockUncertainty, 's')}`,
    ...(standIn === undefined ? [] : [`stand-in: ${standIn}`]),
  ].join(', ');
}

function heldLevels({ fixed }: Record<string, unknown>): string {
  if (typeof fixed !== 'object' || fixed === null || Object.keys(fixed).length === 0)
    return 'the defaults';
  return Object.entries(fixed)
    .map(([name, level]) => {
      if (name === 'memory' && typeof level === 'number') return `${name} ${bytesText(level)}`;
      const own = typeof level === 'number' ? factorText(name) : undefined;
      if (own !== undefined) return own.text(level as number);
      return `${name} ${typeof level === 'string' ? level : JSON.stringify(level)}`;
    })
    .join(', ');
}

const measuredJobs = z.object({ measure: z.object({ 'guest-io': guestIoOptions }) });

/** What each fio job did. */
function jobFacts(scenario: Record<string, unknown>): [string, string][] {
  const { data } = measuredJobs.safeParse(scenario);
  const jobs = data?.measure['guest-io'].jobs ?? [];
  return jobs.map(({ name, rw, readShare, bs, iodepth, size, touch, round }) => [
    `fio job ${name}`,
    [
      rw === 'rw' || rw === 'randrw' ? `${rw} with ${readShare} % reads` : rw,
      `blocks of ${bytesText(bs)}`,
      `${iodepth} in flight`,
      `on ${bytesText(size)} of the disk`,
      touch === 'first'
        ? 'first touch, one pass'
        : `overwrite, five rounds of ${durationText(round)}`,
    ].join(', '),
  ]);
}

/** The commands that make the report, and the run itself, again. */
export function commands({ source, overrides, seed, id, scenario }: Analysis['run']): string[] {
  const sets = overrides.map((override) => ` --set ${shellWord(override)}`).join('');
  const { hosts } = scenario;
  const on = typeof hosts === 'string' ? ` --hosts ${shellWord(hosts)}` : '';
  return [
    `npx virtgauge report ${shellWord(`results/${id}`)}`,
    `npx virtgauge run ${shellWord(source)} --seed ${shellWord(seed)}${on}${sets}`,
  ];
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
