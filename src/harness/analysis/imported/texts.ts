import type { Arm, Run } from '../../results/schema.ts';
import { systemFactor } from '../../results/provenance.ts';
import { isImportedArm } from './systems.ts';

type About = NonNullable<Run['imported']>[string];

/** Imported systems as they are shown, with what was declared of each. */
export function importedSystems({ imported = {} }: Pick<Run, 'imported'>): [string, About][] {
  return Object.entries(imported);
}

/** Whose figures two arms cannot be compared by; undefined where both are of one system. */
export function acrossSystems(run: Run, a: Arm, b: Arm): string | undefined {
  if (a[systemFactor] === b[systemFactor]) return undefined;
  const names = [a, b]
    .filter((arm) => isImportedArm(run, arm))
    .map((arm) => String(arm[systemFactor]));
  if (names.length === 0) return undefined;
  const [of, was] = [names.join(' and '), names.length === 1 ? 'was' : 'were'];
  return `${of} ${was} measured elsewhere: by how much the hardware and the procedure differ is not known`;
}

/** `imported: esx (VMware ESX Server 3.0.1)` */
export function importedBadges(run: Run): string[] {
  return importedSystems(run).map(
    ([shown, { system, version }]) =>
      `imported: ${shown.replace(/ \(imported\)$/, '')} (${system} ${version})`,
  );
}

/** One sentence a system that bears on the whole answer. */
export function importedCaveats(run: Run): string[] {
  return importedSystems(run).map(
    ([shown, { hardware, measuredBy, measuredAt, source }]) =>
      `${shown}: measured by ${measuredBy}, ${measuredAt}, on ${hardware} (${source}), as declared. Nothing of it was checked here, so it stands beside other figures without ratios, and no system is better for it.`,
  );
}

/** Facts of each system for the method section. */
export function importedFacts(run: Run): [name: string, value: string][] {
  return importedSystems(run).map(([shown, about]) => {
    const { system, version, hardware, measuredBy, measuredAt, source, notes, files } = about;
    const parts = [
      ...[`${system} ${version}`, `on ${hardware}`, `measured by ${measuredBy}, ${measuredAt}`],
      ...[source, ...(notes === undefined ? [] : [notes])],
      files.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256.slice(0, 12)}…)`).join(', '),
    ];
    return [shown, parts.join('; ')];
  });
}

/** What each import leaves open of the factors of the run. */
export function undeclared(run: Run): string[] {
  return importedSystems(run).flatMap(([shown]) => {
    const arms = run.arms.filter((arm) => arm[systemFactor] === shown);
    const open = Object.keys(run.factors).filter((factor) =>
      arms.some((arm) => arm[factor] === undefined),
    );
    if (open.length === 0) return [];
    return [
      `${shown} does not say its ${open.join(', ')}: it stands beside the arms and matches none of them.`,
    ];
  });
}
