import { UserError } from '../../base/errors.ts';
import { errorOf } from '../../base/yaml/finding.ts';
import { expectation, findingsOf } from '../../base/yaml/issues.ts';
import { parseYaml } from '../../base/yaml/parse-yaml.ts';
import { show } from '../../base/yaml/printable.ts';
import { readSource } from '../../base/yaml/read-source.ts';
import { plain } from '../../base/yaml/tree.ts';
import { provenanceSchema, type Provenance } from '../results/provenance.ts';

/** Key → option of the command line that gives it. */
export const provenanceOptions: Readonly<Record<keyof Provenance, string>> = {
  system: '--system',
  version: '--system-version',
  hardware: '--hardware',
  measuredBy: '--measured-by',
  measuredAt: '--measured-at',
  source: '--source',
  notes: '--notes',
};

const wanted = {
  noun: 'provenance',
  missing: 'virtgauge import --template provenance prints one to fill in',
};

/**
 * Who measured what is imported, on what and when: from a YAML file, from options, or both; an option
 * comes before the file.
 * @throws UserError naming everything that is missing, or what is not as it should be
 */
export function readProvenance(
  file: string | undefined,
  options: Partial<Record<keyof Provenance, string>>,
): Provenance {
  const given = { ...(file === undefined ? {} : fromFile(file)), ...options };
  const { data, error } = provenanceSchema.safeParse(given, { error: expectation });
  if (data !== undefined) return data;
  const names = Object.keys(provenanceOptions) as (keyof Provenance)[];
  const missing = names.filter((name) => name !== 'notes' && given[name] === undefined);
  if (missing.length > 0) {
    const flags = missing.map((name) => provenanceOptions[name]);
    throw new UserError({
      ...(file !== undefined && { where: file }),
      message: `expected to be told who measured this, on what and when: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      remedy: `Write it into a file (virtgauge import --template provenance) and pass --provenance FILE, or pass ${flags.join(', ')}.`,
    });
  }
  throw new UserError(
    error.issues.map(({ path: [key], message }) => {
      const name = key as keyof Provenance;
      return { message: `${provenanceOptions[name]}: ${message}, got ${show(given[name])}` };
    }),
  );
}

function fromFile(path: string): Partial<Provenance> {
  const source = readSource(path, wanted);
  const tree = parseYaml(source);
  if (tree === undefined) return {};
  const schema = provenanceSchema.partial();
  const parsed = schema.safeParse(plain(tree), { error: expectation });
  if (!parsed.success) throw errorOf(findingsOf(parsed.error.issues, tree, schema));
  return parsed.data as Partial<Provenance>;
}
