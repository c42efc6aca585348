import { UserError } from '../../../base/errors.ts';
import { parseBytes } from '../../../base/units.ts';
import { expectation } from '../../../base/yaml/issues.ts';
import { type Limits, limitsSchema } from '../../scenario/limits.ts';
import { quantity } from '../quantity.ts';

/** A bound on one figure of a trial. */
export interface Limit {
  /** As it is written: `p99`, `aggregate`, `guest`. */
  name: string;
  /** Set for a limit on latency, in percent. */
  percentile?: number;
  /** Whether figures above the bound break it (latency), or those below it. */
  breaks: 'above' | 'below';
  bound: number;
  /** Of the bound: `s`, `ratio`, `B/s` or `1/s`. */
  unit: string;
  /** `p99 at most 20 ms`; `at least 95 % of the rate asked`; `at least 2 MB/s a guest`. */
  text: string;
}

const order = ['p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'aggregate', 'guest'] as const;

/** The limits of a scenario, or of the command line, in a fixed order. */
export function limitsOf(written: Limits): Limit[] {
  return order.flatMap((name) => {
    const value = written[name];
    if (value === undefined) return [];
    if (typeof value === 'string') return guestLimit(value);
    if (name === 'aggregate') {
      const text = `at least ${boundText(value, 'ratio')} of the rate asked`;
      return { name, breaks: 'below', bound: value, unit: 'ratio', text };
    }
    const text = `${name} at most ${boundText(value, 's')}`;
    const percentile = Number(name.slice(1));
    return { name, percentile, breaks: 'above', bound: value, unit: 's', text };
  });
}

/** A bound without the digits that nobody wrote: `20 ms`, `95 %`, `2 MB/s`. */
export function boundText(bound: number, unit: string): string {
  if (unit === 'ratio') return `${Number((bound * 100).toFixed(1))} %`;
  return quantity(bound, unit).replace(/\.(\d*?)0+(?= )/, (_, digits: string) =>
    digits === '' ? '' : `.${digits}`,
  );
}

function guestLimit(value: string): Limit {
  const amount = value.replace(/\s*\/s$/, '');
  const unit = /B$/.test(amount) ? 'B/s' : '1/s';
  const bound = parseBytes(amount) ?? NaN;
  const text = `at least ${boundText(bound, unit)} a guest`;
  return { name: 'guest', breaks: 'below', bound, unit, text };
}

/**
 * Limits from the command line: `p99=20ms`, `aggregate=95%`, `guest=2MB/s`.
 * @throws UserError for one that is none
 */
export function parseLimits(texts: readonly string[]): Limit[] {
  const written: Record<string, unknown> = {};
  for (const text of texts) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
    if (name === undefined || value === undefined) throw noLimit(text, 'expected NAME=VALUE');
    if (!(order as readonly string[]).includes(name)) {
      throw noLimit(text, `expected one of ${order.join(', ')} before the =, got ${name}`);
    }
    const parsed = limitsSchema.safeParse(
      { [name]: name === 'aggregate' && !value.endsWith('%') ? Number(value) : value },
      { error: expectation },
    );
    if (!parsed.success) {
      const example = { aggregate: 'a share such as 95% or 0.95', guest: '2MB/s or 300/s' }[name];
      throw noLimit(text, `expected ${example ?? 'a duration such as 20ms'}, got ${value}`);
    }
    Object.assign(written, parsed.data);
  }
  return limitsOf(written);
}

function noLimit(text: string, message: string): UserError {
  return new UserError({
    where: `--limit ${text}`,
    message,
    remedy: 'such as: --limit p99=20ms --limit aggregate=95%',
  });
}
