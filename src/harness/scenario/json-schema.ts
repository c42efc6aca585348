import { z } from 'zod';
import { levelsSchema } from './levels.ts';
import { scenarioSchema } from './schema.ts';

/**
 * JSON Schema (draft 2020-12) of a scenario as it is written, for editors; the same as
 * `scenarios/schema/scenario.schema.json`.
 */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    target: 'draft-2020-12',
    // Defaults of quantities stand behind a transformation, where zod does not look for them.
    override: ({ zodSchema: { _zod }, jsonSchema }) => {
      if (_zod.def.type === 'default') jsonSchema.default ??= _zod.def.defaultValue;
    },
  });
  addDefaults(schema.properties?.['fixed'], levelsSchema.parse({}));
  const { $schema, ...rest } = schema;
  return { $schema, title: 'virtgauge scenario', ...rest };
}

/** An absent level stays absent in `fixed`, so the schema there has no default that it could tell. */
function addDefaults(schema: unknown, defaults: Record<string, unknown>): void {
  const { properties = {} } = schema as { properties?: Record<string, { default?: unknown }> };
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(defaults, name)) property.default = defaults[name];
  }
}
