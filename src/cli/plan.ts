import type { Command } from 'commander';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { loadMeasurements } from '../harness/measure/index.ts';
import { estimateRun } from '../harness/runner/estimate.ts';
import { hostGroups, type GroupsRequest } from '../harness/runner/hosts/host-groups.ts';
import { hypervisorsOf } from '../harness/runner/hypervisors-of.ts';
import { guestsMove, hostsNeeded } from '../harness/runner/run.ts';
import { planStorages } from '../harness/runner/storages/plan-storages.ts';
import { missingLayouts } from '../harness/runner/storages/missing-layouts.ts';
import { storagesUsed } from '../harness/runner/storages/plan-beds.ts';
import { systemSizeOf } from '../harness/runner/system-size.ts';
import { runWrites } from '../harness/runner/writes/planned-writes.ts';
import type { Matrix } from '../harness/scenario/matrix.ts';
import type { Scenario } from '../harness/scenario/schema.ts';
import { UserError } from '../base/errors.ts';
import { formatBytes } from '../base/units.ts';
import type { Inventory } from '../platform/remote/inventory/load.ts';
import { inventoryOf } from './host-options.ts';
import { planNotes } from './plan-notes.ts';
import { armText } from './progress/lines.ts';
import { readScenario, withScenarioOptions, type ScenarioOptions } from './scenario-options.ts';

/** `virtgauge plan SCENARIO` */
export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('say what a run would do, and start nothing')
    .argument('<scenario>', 'YAML file');
  withScenarioOptions(command)
    .option('--json', 'print it as JSON', false)
    .action(async (file: string, options: ScenarioOptions & { json: boolean }) => {
      const { scenario, matrix } = readScenario(file, options);
      const measurements = await loadMeasurements(scenario);
      const data = measurements.reduce((sum, each) => sum + each.dataBytes(scenario), 0);
      const inventory = inventoryOf(scenario);
      const levels = matrix.arms.map((arm) => arm.levels);
      const needed = hostsNeeded(measurements, levels);
      const watched = guestsMove(measurements);
      const wanted = { needed, parallel: options.parallel, watched };
      const hypervisors = hypervisorsOf(levels);
      const groups = inventory && groupsOf(inventory, { ...wanted, hypervisors });
      if (inventory) expectStorages(scenario, matrix, inventory);
      const arms = matrix.arms.map(({ arm }) => arm);
      const trials = trialsOf(scenario, arms.length);
      const systemSize = systemSizeOf(scenario, levels);
      const estimate = estimateRun({
        ...{ scenario, matrix, trials: trials.planned, data, systemSize },
        results: 'results',
        cache: cacheDirectory(process.env),
      });
      const writes =
        systemSize &&
        runWrites({ scenario, measurements, arms: levels, systemSize }, trials.planned);
      if (options.json) {
        const { planned, most } = trials;
        const plan = { name: scenario.name, factors: matrix.factors, arms, trials: planned, most };
        const { repeat } = scenario;
        console.log(
          JSON.stringify(
            { ...plan, repeat, estimate, writes, hostsNeeded: needed, hosts: groups },
            null,
            2,
          ),
        );
        return;
      }
      console.log(
        `${scenario.name}: ${matrixText(matrix)}, ${trials.text}, blocks of ${arms.length}`,
      );
      console.log(
        [trials.count, estimate.text, ...storageTexts(estimate.storage, writes)].join(', '),
      );
      for (const note of planNotes({ matrix, needed, groups, parallel: options.parallel }))
        console.log(note);
      console.log('\narms, the first is the baseline:');
      for (const arm of arms) console.log(`  ${armText(arm) || '(one arm, nothing is crossed)'}`);
      console.log('\nnothing was started');
    });
}

/** Bytes on a storage and bytes written to it; undefined where an image cannot be read here. */
function storageTexts(storage: number | undefined, writes = 0): string[] {
  return [
    ...(storage === undefined ? [] : [`${formatBytes(storage)} of storage at most`]),
    ...(writes > 0 ? [`about ${formatBytes(writes)} written to it`] : []),
  ];
}

/** Names of the hosts of each group of which a trial takes one. */
function groupsOf({ hosts }: Inventory, request: GroupsRequest): string[][] {
  return hostGroups(hosts, request).map((group) => group.map(({ name }) => name));
}

/** What a run would refuse before it starts anything. */
function expectStorages(scenario: Scenario, { arms }: Matrix, { hosts }: Inventory): void {
  const levels = arms.map((arm) => arm.levels).filter(({ storage }) => storage !== '');
  const places = hosts.map(({ name, storages, ssh }) => ({
    ...{ name, storages },
    thisMachine: ssh === undefined,
  }));
  const planned = planStorages(scenario, storagesUsed(levels), places, cacheDirectory(process.env));
  const problems = missingLayouts(planned, levels);
  if (problems.length > 0) throw new UserError(problems);
}

function matrixText({ factors, arms }: Matrix): string {
  const parts = Object.entries(factors).map(([name, levels]) => `${name} × ${levels.length}`);
  const count = `${arms.length} ${arms.length === 1 ? 'arm' : 'arms'}`;
  return parts.length === 0 ? count : `${parts.join(', ')} = ${count}`;
}

interface Trials {
  /** The number of trials to estimate with. */
  planned: number;
  most: number;
  text: string;
  count: string;
}

function trialsOf({ repeat }: Scenario, arms: number): Trials {
  if (repeat.trials !== 'auto') {
    const planned = repeat.trials * arms;
    const text = `${repeat.trials} trials each`;
    return { planned, most: planned, text, count: `${planned} trials` };
  }
  const pilot = Math.max(6, repeat.pilot) * arms;
  const most = repeat.most * arms;
  return {
    planned: pilot,
    most,
    text: `trials fixed from a pilot of ${repeat.pilot} each`,
    count: `${pilot} to ${most} trials`,
  };
}
