import { UserError } from '../src/base/errors.ts';
import type { Benchmark } from './benchmark.ts';

/**
 * The benchmarks of these names, in the order of the list; all of them if none is named.
 * @throws UserError with all names that are unknown, and those that there are
 */
export function selectBenchmarks<T extends Pick<Benchmark, 'name' | 'about'>>(
  all: readonly T[],
  names: readonly string[],
): T[] {
  const unknown = names.filter((name) => !all.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    throw new UserError({
      message: `expected names of benchmarks, got ${unknown.map((name) => `"${name}"`).join(', ')}`,
      remedy: `There are:\n${all.map(({ name, about }) => `  ${name.padEnd(18)}${about}`).join('\n')}`,
    });
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
