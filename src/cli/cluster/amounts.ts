import { InvalidArgumentError } from 'commander';
import { parseBytes } from '../../base/units.ts';

/** A whole number, from 1 on. */
export function count(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1 on.');
}

/** A size in bytes. */
export function bytes(text: string): number {
  const value = parseBytes(text);
  if (value !== undefined && value > 0) return value;
  throw new InvalidArgumentError('Expected a size such as 512MiB or 4GiB.');
}
