import { createHash } from 'node:crypto';
import { armKey } from '../analysis/arms.ts';
import { systemFactor, type Provenance } from '../results/provenance.ts';
import { runId } from '../results/run-id.ts';
import {
  schemaVersion,
  type Arm,
  type Level,
  type Run,
  type Sample,
  type Trial,
} from '../results/schema.ts';
import type { ImportedFigure } from './figure.ts';
import { importableMetrics } from './metrics.ts';
import type { ImportedFigures } from './read-files.ts';

export interface ImportRequest extends ImportedFigures {
  /** What the system is called: its level of the factor `system`. */
  name: string;
  provenance: Provenance;
  /** `FACTOR=LEVEL`, as given. */
  levels: readonly string[];
  now: Date;
  virtgauge: string;
}

/** Imported figures as a run: each trial with its samples. */
export interface ImportedRun {
  run: Run;
  trials: { trial: Trial; samples: Sample[] }[];
}

/** The same files and provenance give the same seed, and with it the same resampling. */
export function importedRun(request: ImportRequest): ImportedRun {
  const { name, provenance, levels, files, now, virtgauge } = request;
  const content = JSON.stringify([name, provenance, levels, files.map(({ sha256 }) => sha256)]);
  const seed = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const trials = trialsOf(request);
  const arms = [...new Map(trials.map(({ trial: { arm } }) => [armKey(arm), arm])).values()];
  const used = new Set(request.figures.map(({ metric }) => metric));
  const at = now.toISOString();
  return {
    trials,
    run: {
      schema: schemaVersion,
      id: runId({ startedAt: now, name, seed }),
      scenario: { name, measure: { import: {} }, fixed: {} },
      source: files.map(({ name: file }) => file).join(' '),
      overrides: [...levels],
      ...{ seed, startedAt: at, endedAt: at, arms, planned: trials.length },
      factors: factorsOf(arms),
      environment: { virtgauge, node: process.versions.node, versions: {}, storages: {} },
      imported: {
        [name]: {
          ...provenance,
          files: files.map(({ name: file, sha256 }) => ({ name: file, sha256 })),
        },
      },
      metrics: Object.fromEntries(
        Object.entries(importableMetrics).filter(([metric]) => used.has(metric)),
      ),
    },
  };
}

function factorsOf(arms: readonly Arm[]): Record<string, Level[]> {
  const factors: Record<string, Level[]> = {};
  for (const arm of arms) {
    for (const [factor, level] of Object.entries(arm)) {
      const known = (factors[factor] ??= []);
      if (!known.includes(level)) known.push(level);
    }
  }
  return factors;
}

/** In the order of their numbers, which become those of blocks; arms in the order of the files. */
function trialsOf({ name, figures, warnings }: ImportRequest): ImportedRun['trials'] {
  const byTrial = new Map<string, ImportedFigure[]>();
  for (const figure of figures) {
    const key = JSON.stringify([figure.trial, armKey(figure.arm)]);
    const list = byTrial.get(key);
    if (list === undefined) byTrial.set(key, [figure]);
    else list.push(figure);
  }
  const numbers = [...new Set(figures.map(({ trial }) => trial))].sort((a, b) => a - b);
  const blocks = new Map(numbers.map((number, block) => [number, block]));
  return [...byTrial.values()]
    .sort(([a], [b]) => (a?.trial ?? 0) - (b?.trial ?? 0))
    .map((list, trial) => {
      const number = list[0]?.trial ?? 0;
      const arm: Arm = { [systemFactor]: name, ...list[0]?.arm };
      const told = warnings.get(number);
      return {
        trial: {
          ...{ trial, block: blocks.get(number) ?? 0, arm, state: 'completed' as const },
          ...{ startedAt: 0, duration: 0 },
          ...(told !== undefined && { warnings: told }),
        },
        samples: list.map((figure) => sampleOf(figure, arm, trial)),
      };
    });
}

function sampleOf({ metric, value, ...rest }: ImportedFigure, arm: Arm, trial: number): Sample {
  const unit = importableMetrics[metric]?.unit ?? '';
  return { metric, value, unit, ...rest, arm, trial, kind: 'imported', at: 0 };
}
