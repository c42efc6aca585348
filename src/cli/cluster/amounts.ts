import { InvalidArgumentError } from 'commander';
import { parseBytes } from '../../base/units.ts';
import { wholeNumberTo } from '../whole-number.ts';

/** So many of what a host or a guest has. */
export const count = wholeNumberTo(9999);

/** A size in bytes. */
export function bytes(text: string): number {
  const value = parseBytes(text);
  if (value !== undefined && value > 0) return value;
  throw new InvalidArgumentError('Expected a size such as 512MiB or 4GiB.');
}
