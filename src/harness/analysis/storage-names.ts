import type { SampleColumns } from '../results/sample-columns.ts';
import type { Arm, Level, Run, StorageFacts, Trial } from '../results/schema.ts';

/** Factors whose levels are names of storages. */
const storageFactors = ['storage', 'template'];
/** Words by which a name says what a storage is, or is not. */
const kindWords = ['lustre', 'nfs', 'moosefs', 'gluster', 'ceph', 'beegfs', 'gpfs'];

/**
 * What a storage is called in tables, pictures and sentences: its name, and what it is wherever the name
 * does not say so. Names are the user's: a MooseFS called `lustre` must not pass for Lustre.
 */
export function shownStorage(name: string, { label }: Pick<StorageFacts, 'label'>): string {
  const [said, is] = [plain(name), plain(label)];
  const wrong = kindWords.some((word) => said.includes(word) && !is.includes(word));
  const tells = said !== '' && (is.includes(said) || said.includes(is));
  return tells && !wrong ? name : `${name} (${label})`;
}

/** A shown name without what was added to it: for texts that say what the storage is anyway. */
export function bareName(shown: string, label: string): string {
  const added = ` (${label})`;
  return shown.endsWith(added) ? shown.slice(0, -added.length) : shown;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

interface Named {
  run: Run;
  trials: readonly Trial[];
  groups: readonly SampleColumns[];
}

/** The name that is shown for each storage of a run. */
export function storageNames({ environment }: Pick<Run, 'environment'>): Map<string, string> {
  return new Map(
    Object.entries(environment.storages).map(([name, facts]) => [name, shownStorage(name, facts)]),
  );
}

/**
 * The same run with storages called as they are shown, wherever a level names one: done once, before
 * anything is said of the run, so that no table and no picture can leave it out.
 */
export function withStorageNames({ run, trials, groups }: Named): Named {
  const names = storageNames(run);
  if ([...names].every(([name, shown]) => name === shown)) return { run, trials, groups };
  const level = (factor: string, value: Level) =>
    storageFactors.includes(factor) ? (names.get(String(value)) ?? value) : value;
  const armOf = <T extends object>(arm: T): T =>
    Object.fromEntries(
      Object.entries(arm).map(([factor, value]) => [factor, level(factor, value as Level)]),
    ) as T;
  const { fixed } = run.scenario;
  return {
    run: {
      ...run,
      scenario: {
        ...run.scenario,
        ...(typeof fixed === 'object' && fixed !== null ? { fixed: armOf(fixed) } : {}),
      },
      factors: Object.fromEntries(
        Object.entries(run.factors).map(([factor, levels]) => [
          factor,
          levels.map((value) => level(factor, value)),
        ]),
      ),
      arms: run.arms.map((arm): Arm => armOf(arm)),
      environment: {
        ...run.environment,
        storages: Object.fromEntries(
          Object.entries(run.environment.storages).map(([name, facts]) => [
            names.get(name) ?? name,
            facts,
          ]),
        ),
      },
    },
    trials: trials.map((trial) => ({ ...trial, arm: armOf(trial.arm) })),
    groups: groups.map((group) => group.withArm(armOf(group.labels.arm))),
  };
}
