import type { Capacity, CapacityLine } from '../../harness/analysis/capacity/capacity.ts';
import type { Law } from '../../harness/analysis/capacity/law.ts';
import {
  expectationOf,
  hostsNeeded,
  type Expectation,
  trustedRange,
} from '../../harness/analysis/capacity/what-if.ts';
import { guestsText } from '../../harness/analysis/capacity/texts.ts';
import { quantity, quantityWithInterval } from '../../harness/analysis/quantity.ts';
import { columns } from '../columns.ts';

/** What is asked beside the run. */
export interface WhatIfOptions {
  /** Numbers of guests; by default those measured and up to twice as many. */
  guests?: readonly number[] | undefined;
  hosts?: number | undefined;
  beyond: boolean;
}

/** What numbers of guests get on one line. */
export interface WhatIf {
  line: CapacityLine & { law: Law };
  rows: Expectation[];
}

/**
 * One table for each line that has a law.
 * @throws UserError for guests beyond twice the measured range, unless `beyond`
 */
export function whatIfTables(
  { lines }: Capacity,
  { guests, hosts, beyond }: WhatIfOptions,
): WhatIf[] {
  return lines.flatMap((line) => {
    const { law, levels } = line;
    if (law === undefined) return [];
    const most = levels.at(-1)?.guests ?? 1;
    // Of a storage of each host's own, the guests of one host times the hosts asked for.
    const times = line.local && hosts !== undefined ? hosts / line.hosts : 1;
    const usual = [...levels.map((level) => level.guests), 1.5 * most, trustedRange * most];
    const asked = guests ?? usual.map((number) => Math.round(number * times));
    const rows = asked.map((number) =>
      expectationOf({ ...line, law }, number, {
        ...(hosts === undefined ? {} : { hosts }),
        beyond,
      }),
    );
    return [{ line: { ...line, law }, rows }];
  });
}

const bases: Readonly<Record<Expectation['basis'], string>> = {
  measured: '',
  between: 'between measured numbers',
  beyond: 'beyond the measured range',
  extrapolated: 'extrapolated',
};

/** The table of one line, as lines of text. */
export function whatIfText({ line, rows }: WhatIf, capacity: Capacity): string[] {
  const needed = rows.map(({ guests }) => hostsNeeded(capacity, line, guests));
  const withHosts = needed.some((one) => one !== undefined);
  const hosts = rows[0]?.hosts ?? line.hosts;
  const on = `${hosts} ${hosts === 1 ? 'host' : 'hosts'}`;
  const table = rows.map((row, index): string[] => {
    const { value, interval } = row.throughput;
    const hostsCell = needed[index];
    return [
      guestsText(row.guests).padStart(6),
      quantity(value, 'B/s'),
      interval === undefined ? '–' : quantityWithInterval(value, interval, 'B/s').interval,
      quantity(value / row.guests, 'B/s'),
      row.latency === undefined ? '–' : quantity(row.latency, 's'),
      ...(withHosts
        ? [hostsCell === undefined ? '–' : `${hostsCell.atLeast ? '≥ ' : ''}${hostsCell.hosts}`]
        : []),
      bases[row.basis],
    ];
  });
  return [
    `what if, ${line.text} (guests spread over ${on})`,
    ...columns([
      [
        ...['guests', 'throughput', '95 %', 'a guest', `p${capacity.percentile}`],
        ...(withHosts ? ['hosts needed'] : []),
        '',
      ],
      ...table,
    ]),
  ];
}
