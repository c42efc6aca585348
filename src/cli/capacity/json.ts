import type { Analysis } from '../../harness/analysis/analysis.ts';
import type { Capacity, CapacityLine, Within } from '../../harness/analysis/capacity/capacity.ts';
import type { Figure } from '../../harness/analysis/capacity/figures.ts';
import { capacityWarnings } from '../../harness/analysis/capacity/warnings.ts';
import { hostsNeeded } from '../../harness/analysis/capacity/what-if.ts';
import type { WhatIf } from './what-if-table.ts';

/** What `virtgauge capacity --json` prints. Infinite numbers are null: the range ends before. */
export function capacityJson(
  { run, badges }: Pick<Analysis, 'run' | 'badges'>,
  capacity: Capacity,
  { tables, picture }: { tables: readonly WhatIf[]; picture: string },
): string {
  const { job, limits, percentile, lines, crossings, blocks } = capacity;
  const content = {
    ...{ run: run.id, job, badges, limits, percentile, blocks },
    lines: lines.map(lineJson),
    crossings: crossings.map(({ a, b, ...rest }) => ({
      ...{ between: [lines[a]?.text, lines[b]?.text], ...rest },
      ahead: lines[rest.ahead === 'a' ? a : b]?.text,
    })),
    whatIf: tables.map(({ line, rows }) => ({
      line: line.text,
      rows: rows.map((row) => ({ ...row, needed: hostsNeeded(capacity, line, row.guests) })),
    })),
    warnings: capacityWarnings(capacity),
    picture,
  };
  return JSON.stringify(content, null, 2);
}

function lineJson(line: CapacityLine) {
  const { text, arm, storage, hosts, levels, law, within, all } = line;
  return {
    ...{ text, arm, storage, hosts },
    levels: levels.map(({ guests, throughput, latency, limited }) => ({
      guests,
      throughput: figureJson(throughput),
      latency: latency && figureJson(latency),
      limited: Object.fromEntries([...limited].map(([name, figure]) => [name, figureJson(figure)])),
    })),
    law: law && {
      ...{ lambda: law.lambda, sigma: law.sigma, kappa: law.kappa, peak: law.peak ?? null },
      ...{ misfit: law.misfit, saturated: law.saturated },
    },
    within: within.map(({ limit, answer }) => ({ limit: limit.name, ...withinJson(answer) })),
    all: all && { ...withinJson(all), first: all.first?.name },
  };
}

function withinJson({ guests, interval }: Within) {
  return { guests, reached: guests > 0 && guests < Infinity, interval };
}

function figureJson({ median, interval, byBlock }: Figure) {
  return { median, interval, n: byBlock.size };
}
