import { escapeControls } from '../../base/yaml/printable.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { filterOption } from './filter-option.ts';
import { shellWord } from './shell-word.ts';
import { besideOptions, importCommand } from './imported-commands.ts';
import { migrationParagraphs } from './migration-method.ts';
import { acceleratorText, usedAccelerators } from '../analysis/accelerators.ts';
import { crossedFactors, levelText } from '../analysis/arms.ts';
import { isImported, isOwn, ownPart } from '../analysis/imported/systems.ts';
import { importedSystems } from '../analysis/imported/texts.ts';
import { countText } from '../analysis/quantity.ts';
import { isSimulated } from '../analysis/simulation/is-simulated.ts';
import type { Run } from '../results/schema.ts';
import { operationParagraphs } from './methods/operations.ts';
import { madeGuests, procedureParagraphs } from './methods/procedure.ts';
import { guestsParagraph, setupParagraph, trialsSentence } from './methods/setup.ts';

/** What was done, as one would write it in a paper. One paragraph each. */
export function methodParagraphs(whole: Analysis): string[] {
  const analysis = ownAnalysis(whole);
  const { run, counted, margin, sampleCount } = analysis;
  const factors = crossedFactors(run).map(
    ([factor, levels]) =>
      `${factor} (${levels.map((level) => levelText(factor, level)).join(', ')})`,
  );
  const hypervisors = new Set(usedAccelerators(run).map(({ hypervisor }) => hypervisor)).size;
  const blocks = new Set(counted.map(({ block }) => block)).size;
  const full = counted.length === blocks * run.arms.length;
  const guests = usedAccelerators(run).map(
    (one) =>
      ` Guests${hypervisors > 1 ? ` of ${one.hypervisor}` : ''} ran under ${acceleratorText(one)}${one.emulated ? ', that is, emulated in software' : ''} (${one.why}).`,
  );
  const made = madeGuests(run) && !analysis.simulated;
  const design =
    factors.length === 0
      ? `One arm was measured in ${countText(counted.length)} ${counted.length === 1 ? 'trial' : 'trials'}.`
      : `${countText(run.arms.length)} arms cross ${factors.join(' × ')}. They were run in ${countText(blocks)} ${blocks === 1 ? 'block' : 'blocks'}, ${full ? 'each holding every arm once' : 'each holding an arm once at most, but not all of them every arm,'} in an order drawn from the seed ${run.seed}, so that what changes over time touches all arms alike.`;
  return [
    ...(isImported(run) || analysis.simulated ? [] : [setupParagraph(run)]),
    ...(made && !isImported(run) ? [guestsParagraph(run)] : []),
    ...(isImported(run) ? [] : [...procedureParagraphs(run), ...operationParagraphs(run)]),
    isImported(run)
      ? `All ${countText(sampleCount)} samples were imported; nothing was measured here.`
      : `${design}${guests.join('')} ${trialsSentence(run, analysis.trials)} ${countText(sampleCount)} samples were taken.`,
    ...importedParagraph(whole),
    ...sentinelParagraph(analysis),
    ...decompositionParagraph(analysis),
    'A trial counts by one value: the median over its guests of the medians over their repetitions. Intervals of medians lie between order statistics, interpolated after Hettmansperger and Sheather (95 %; none below 6 trials). Ratios are ratios of medians, over several pairs of arms their geometric mean, with an interval from resampling whole blocks. In simulations these intervals held the truth in 93 to 97 % of cases at 6 to 50 trials, but for ratios over several pairs of arms (up to 98 %) and ratios at 6 trials (91.9 % at worst, skewed values). Failed trials rank as worse than all others. Outliers by the median absolute deviation are marked, never dropped.',
    `Two arms are called different where the interval of their ratio excludes 1 and reaches outside ±${Math.round(margin * 100)} %, equal where it lies wholly inside that margin, and inconclusive otherwise. p values in the tables are of the Mann-Whitney test, adjusted by Holm's method over all comparisons of headline figures; what is called different is not adjusted for the number of comparisons.`,
    ...migrationParagraphs(analysis),
    ...curvesParagraph(analysis),
    ...powerCutParagraph(analysis),
    ...simulationParagraph(analysis),
  ];
}

/** The same as a text to be pasted into a paper, with what makes the run again. */
export function methodsText(analysis: Analysis): string {
  const { run, badges } = analysis;
  const paragraphs = [
    'Methods',
    ...(badges.length === 0 ? [] : [`Labels of all figures: ${badges.join(', ')}.`]),
    ...methodParagraphs(analysis),
    `Order and resampling follow from the seed ${run.seed}. Commands: ${commands(run).join('; ')}`,
  ];
  // Names in them come from the run folder, and the text is read in terminals.
  return `${paragraphs.map(escapeControls).join('\n\n')}\n`;
}

/** The run without what was put beside it. */
function ownAnalysis(whole: Analysis): Analysis {
  const { run, trials, ...rest } = ownPart({ ...whole, trials: whole.counted });
  const groups = rest.groups.filter(({ labels }) => isOwn(whole.run, labels.arm));
  return {
    ...rest,
    ...{ run, counted: trials, trials: whole.trials.filter(({ arm }) => isOwn(whole.run, arm)) },
    sampleCount: groups.reduce((sum, { length }) => sum + length, 0),
  };
}

/** What the lines of downtime against data are. */
function curvesParagraph({ curves }: Analysis): string[] {
  if (curves.length === 0) return [];
  return [
    'Downtime against data: through the medians of each method a straight line is laid, a fixed part and seconds a byte, by least squares of the relative errors; where one line falls below a share of the other is the size from which on that reduction is reached. Its interval comes from the same resamples of whole blocks. Beyond the largest size that was measured it rests on the line alone.',
  ];
}

/** How power cuts were made, and what a positive control is. */
function powerCutParagraph({ powerCuts }: Analysis): string[] {
  if (powerCuts.length === 0) return [];
  return [
    'Power cuts: a program in the guest wrote numbered records, each synced before it was acknowledged by a datagram to another machine. At a random moment the host lost its power without notice. When it was back, the records were looked for in the image that the guest had left, before any guest used it again; an acknowledged number that is missing is a lost write. Where nothing was lost, that is a result only if an arm with cache unsafe, which acknowledges what is nowhere but in memory, has lost writes in at least half of its own power cuts (the positive control).',
  ];
}

/** What was not measured here. */
function importedParagraph({ run }: Analysis): string[] {
  const names = importedSystems(run).map(([shown]) => shown);
  if (names.length === 0) return [];
  return [
    `Figures of ${names.join(', ')} were measured elsewhere, by others or at another time, and are shown as they were declared: their trials were not interleaved with any others, and whether they were measured in the same way is not known. Between them and other figures there are no ratios, no intervals of ratios and no verdicts.`,
  ];
}

/** What a simulation is, and what it is not. */
function simulationParagraph({ run, simulated }: Analysis): string[] {
  if (!simulated) return [];
  return [
    `Nothing was measured on machines: the decisions of the manager ran on simulated hosts, guests and services under a virtual clock. Each block of trials is one world drawn from the seed ${run.seed} (sizes, loads, failures), in which all arms were tried: intervals say how much worlds differ. How long migrations, creations and restarts take stands in the scenario.`,
  ];
}

/** How other tenants of the storages were watched. */
function sentinelParagraph({ sentinel, trials, setAside }: Analysis): string[] {
  const found = trials.filter(({ contaminated }) => contaminated !== undefined).length;
  if (sentinel.length === 0 && found === 0) return [];
  return [
    `Between the trials a short job of known size, the sentinel, wrote to and read from the storages (${countText(sentinel.length)} times). A trial beside which it took far longer than usual counts as contaminated by other load (${found}); ${setAside.size === 0 ? 'none was repeated' : `${setAside.size} of the trials were repeated, and the repeats count in their place`}. Contaminated trials without repeat count and are marked.`,
  ];
}

/** How a gain is taken apart. */
function decompositionParagraph({ decompositions }: Analysis): string[] {
  if (decompositions.length === 0) return [];
  return [
    'The gain from a full copy on the first storage to a clone on another is taken apart on the log scale, with y the logarithm of the median of an arm: copy-on-write is the mean of clone − copy on both storages, the storage the mean of its difference with copy and with clone, the interaction the difference of the differences. The two means sum to the whole gain. All intervals come from the same resamples of whole blocks.',
  ];
}

/** The commands that make the report, and the run itself, again. */
export function commands(run: Analysis['run']): string[] {
  const { source, overrides, seed, id, scenario, budget, writes, shard } = run;
  const { hosts, factors = {} } = scenario as { hosts?: unknown; factors?: Run['factors'] };
  const changes = [
    ...overrides.flatMap((override) => ['--set', override]),
    ...filterOption(factors, run.factors),
    ...(budget === undefined ? [] : ['--budget', `${budget}s`]),
    ...(writes ? ['--write-budget', String(writes.limit)] : []),
    ...(shard ? ['--shard', `${shard.index}/${shard.of}`] : []),
  ];
  const changed = changes.map((word) => ` ${shellWord(word)}`).join('');
  const on = typeof hosts === 'string' ? ` --hosts ${shellWord(hosts)}` : '';
  if (isSimulated(run)) {
    return [`npx virtgauge simulate ${shellWord(source)} --seed ${shellWord(seed)}${changed}`];
  }
  const report = `npx virtgauge report ${shellWord(`results/${id}`)}${besideOptions(run)}`;
  if (isImported(ownPart({ run, trials: [], series: [] }).run)) return [report, importCommand(run)];
  return [
    report,
    `npx virtgauge run ${shellWord(source)} --seed ${shellWord(seed)}${on}${changed}`,
  ];
}
