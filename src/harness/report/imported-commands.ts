import { importedSystems } from '../analysis/imported/texts.ts';
import type { Run } from '../results/schema.ts';
import { shellWord } from './shell-word.ts';

/** The options that put the imported runs beside a run again; empty where there are none. */
export function besideOptions(run: Run): string {
  const others = importedSystems(run).flatMap(([, about]) =>
    about.run === undefined || about.run === run.id ? [] : [shellWord(`results/${about.run}`)],
  );
  return others.length === 0 ? '' : ` --with ${others.join(' ')}`;
}

/** The command that imports again what the run folder has kept. */
export function importCommand({ id, scenario, overrides, imported = {} }: Run): string {
  const kept = (name: string) => shellWord(`results/${id}/artifacts/${name}`);
  const files = Object.values(imported)
    .filter(({ run }) => run === id)
    .flatMap((about) => about.files.map(({ name }) => kept(name)));
  const levels = overrides.map((level) => ` --level ${shellWord(level)}`).join('');
  const name = typeof scenario['name'] === 'string' ? scenario['name'] : id;
  return `npx virtgauge import ${files.join(' ')} --as ${shellWord(name)} --provenance ${kept('provenance.yaml')}${levels}`;
}
