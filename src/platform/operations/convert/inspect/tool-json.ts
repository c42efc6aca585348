import type { z } from 'zod';
import { UserError } from '../../../../base/errors.ts';

/**
 * Reads what a tool printed as JSON.
 * @param what it should be: `the block devices from lsblk --json`
 * @param remedy which version of the tool has to be there
 * @throws UserError if it is something else
 */
export function parseToolJson<T>(
  schema: z.ZodType<T>,
  json: string,
  { what, remedy }: { what: string; remedy: string },
): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError({
    message: `expected ${what}, got ${JSON.stringify(json.slice(0, 100))}`,
    remedy,
  });
}
