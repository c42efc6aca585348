import { relative } from 'node:path';
import { Option, type Command } from 'commander';
import { UserError } from '../base/errors.ts';

interface Options {
  as?: string;
  level: string[];
  output?: string;
  provenance?: string;
  template?: true | 'csv' | 'provenance';
  system?: string;
  systemVersion?: string;
  hardware?: string;
  measuredBy?: string;
  measuredAt?: string;
  source?: string;
  notes?: string;
}

/** `virtgauge import FILE... --as NAME` */
export function addImport(program: Command): void {
  program
    .command('import')
    .description('take in results that were measured elsewhere: fio JSON or CSV')
    .argument('[file...]', 'outputs of fio (json or json+), each a trial; or CSV files')
    .option('--as <name>', 'what the system is called, such as esx')
    .option(
      '--provenance <file>',
      'YAML: who measured it, on what, when; see --template provenance',
    )
    .option('--level <factor=level>', 'a level of all figures, such as storage=local', collect, [])
    .option('--output <folder>', 'folder for the run (default: results/<run id>)')
    .addOption(
      new Option('--template [of]', 'print a file to begin with').choices(['csv', 'provenance']),
    )
    .option('--system <text>', 'what was measured, such as "VMware ESX Server"')
    .option('--system-version <text>', 'its version')
    .option('--hardware <text>', 'what it ran on')
    .option('--measured-by <text>', 'who measured it')
    .option('--measured-at <date>', 'when: a year, month or day')
    .option('--source <text>', 'address or publication')
    .option('--notes <text>', 'what else is known')
    .action(async (files: string[], options: Options) => {
      if (options.template !== undefined) {
        const { templates } = await import('../harness/import/templates.ts');
        process.stdout.write(templates[options.template === true ? 'csv' : options.template]);
        return;
      }
      if (files.length === 0) {
        throw new UserError({
          message: 'expected a file to import, got none',
          remedy: 'virtgauge import --template > results.csv makes one to begin with.',
        });
      }
      if (options.as === undefined) {
        throw new UserError({
          message: 'expected --as NAME: what the system is called, such as esx',
        });
      }
      const { readProvenance } = await import('../harness/import/provenance.ts');
      const { importResults } = await import('../harness/import/import.ts');
      const { path, figures, trials } = importResults({
        files,
        name: options.as,
        provenance: readProvenance(options.provenance, declared(options)),
        levels: options.level,
        output: options.output,
        now: new Date(),
      });
      const folder = relative('', path) || '.';
      console.log(`imported ${figures} figures of ${trials} trials as ${options.as}: ${folder}`);
      console.log(`beside a run of your own: virtgauge report RUN --with ${folder}`);
    });
}

function declared({ systemVersion: version, ...options }: Options) {
  const { system, hardware, measuredBy, measuredAt, source, notes } = options;
  const given = { system, version, hardware, measuredBy, measuredAt, source, notes };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
