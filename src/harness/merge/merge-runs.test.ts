import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syntheticRun, writeRun } from '../analysis/synthetic-run.example.ts';
import type { Accelerator, Run, StorageFacts } from '../results/schema.ts';
import { isOfShard } from '../runner/shard.ts';
import { readParts } from './merge-runs.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'virtgauge-merge-'));
});
afterEach(() => rmSync(place, { recursive: true }));

/** A part of two of one run, in a folder of its own. */
function part(index: number, change: (run: Run) => Partial<Run> = () => ({})): string {
  const shard = { index, of: 2 };
  const { run, trials, samples, events } = syntheticRun({ factors: { guests: [1, 4] } });
  const own = trials.filter(({ block }) => isOfShard(block, shard));
  const known = new Set(own.map(({ trial }) => trial));
  const folder = join(place, `part-${index}`);
  writeRun(folder, {
    run: { ...run, shard, ...change(run) },
    trials: own,
    samples: samples.filter(({ trial }) => known.has(trial)),
    events,
  });
  return folder;
}

const writes = (trials: number, ended: boolean) => ({ limit: 1e9, templates: 1e6, trials, ended });

describe('parts of a run', () => {
  it('are one, with all that each of them had to say', () => {
    const warned = ({ environment }: Run, warning: string) => ({
      ...environment,
      storages: {
        ...environment.storages,
        local: { ...(environment.storages['local'] as StorageFacts), warnings: [warning] },
      },
    });
    const { run, parts, gaps } = readParts([
      part(1, (run) => ({ writes: writes(5e6, false), environment: warned(run, 'full to 91 %') })),
      part(2, (run) => ({
        ...{ notes: ['The second host was slow.'], writes: writes(7e6, true) },
        environment: warned(run, 'throttled'),
      })),
    ]);
    expect(parts.flatMap(({ trials }) => trials)).toHaveLength(run.planned ?? 0);
    expect(gaps).toEqual([]);
    expect(run.notes).toContain('The second host was slow.');
    expect(run.writes).toEqual({ limit: 2e9, templates: 2e6, trials: 12e6, ended: true });
    expect(run.environment.storages['local']?.warnings).toEqual(['full to 91 %', 'throttled']);
  });

  it('of different accelerators are none', () => {
    const kvm = { name: 'kvm', emulated: false, why: 'hardware' };
    const under = (accelerator: Accelerator) => (run: Run) => ({
      environment: { ...run.environment, accelerators: { 'qemu/auto': accelerator } },
    });
    const merged = (other: Accelerator) => () =>
      readParts([part(1, under(kvm)), part(2, under(other))]);
    expect(merged({ ...kvm, name: 'tcg', emulated: true })).toThrow(
      'its accelerator is another: expected KVM, got TCG',
    );
    expect(merged({ ...kvm, emulated: true, inside: 'tcg' })).toThrow(
      'expected KVM, got KVM inside TCG',
    );
  });
});
