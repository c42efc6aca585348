import { parseArgs } from 'node:util';
import { UserError } from '../src/base/errors.ts';

export interface BenchArguments {
  /** Names of the benchmarks to run, as given; empty: all. */
  names: string[];
  /** File for the rows as JSON. */
  json: string | undefined;
  pairs: number | undefined;
}

/** @throws UserError if an option is unknown, or its value is none */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { names, json, pairs } = parse(args);
  return { names, json, pairs: pairs === undefined ? undefined : wholePairs(pairs) };
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'string' }, pairs: { type: 'string' } },
    });
    return { names: positionals, json: values.json, pairs: values.pairs };
  } catch (cause) {
    const [reason = ''] = (cause as Error).message.split('. ');
    throw new UserError(
      { message: reason, remedy: 'usage: npm run bench [-- NAME…] [--pairs N] [--json FILE]' },
      { cause },
    );
  }
}

function wholePairs(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UserError({ message: `--pairs: expected a whole number from 1, got "${text}"` });
}
