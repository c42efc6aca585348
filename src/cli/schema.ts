import type { Command } from 'commander';
import { scenarioJsonSchema } from '../harness/scenario/json-schema.ts';

/** `virtgauge schema` */
export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of scenarios, for editors')
    .action(() => console.log(JSON.stringify(scenarioJsonSchema(), null, 2)));
}
