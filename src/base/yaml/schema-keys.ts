import type { z } from 'zod';
import type { Path } from './tree.ts';

type Schema = z.core.$ZodTypes;

/** The keys that a schema knows at a path; none where any key goes or where it knows no such path. */
export function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  let here: z.core.$ZodType | undefined = schema;
  for (const step of path) here = here && childAt(here, step);
  const def = here && unwrap(here)._zod.def;
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

function childAt(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  const { def } = unwrap(schema)._zod;
  switch (def.type) {
    case 'object':
      return Object.hasOwn(def.shape, step) ? def.shape[String(step)] : undefined;
    case 'record':
      return def.valueType;
    case 'array':
      return def.element;
    default:
      return undefined;
  }
}

function unwrap(schema: z.core.$ZodType): Schema {
  const known = schema as Schema;
  const { def } = known._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nullable':
      return unwrap(def.innerType);
    case 'pipe':
      return unwrap(def.in);
    default:
      return known;
  }
}
