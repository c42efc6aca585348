import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readEvents } from '../results/read-events.ts';
import { brokenLine, parseLine } from '../results/read-trials.ts';
import type { RunFolder } from '../results/run-folder.ts';
import { sampleSchema, type Event, type Sample } from '../results/schema.ts';
import { wholeLines } from '../results/whole-lines.ts';
import type { Merged, Part } from './merge-runs.ts';

/**
 * Writes the parts of a run into one folder, trials in the order of their numbers, with one time for
 * all; artifacts are copied.
 * @throws UserError if a part is damaged, or the folder cannot be written
 */
export function writeMerged({ run, parts }: Merged, folder: RunFolder): void {
  folder.writeRun({ ...run, id: folder.id });
  const owned = parts.flatMap((part) => {
    const [samples, events] = [samplesOf(part), eventsOf(part)];
    return part.trials.map((trial) => ({ part, trial, samples, events }));
  });
  owned.sort((a, b) => a.trial.trial - b.trial.trial);
  for (const { part, trial, samples, events } of owned) {
    folder.appendTrial(
      { ...trial, startedAt: trial.startedAt + part.later },
      samples.get(trial.trial) ?? [],
      events.get(trial.trial) ?? [],
    );
    copyArtifacts(part.folder, trial.trial, folder);
  }
}

function samplesOf({ folder, later }: Part): Map<number, Sample[]> {
  const byTrial = new Map<number, Sample[]>();
  const path = join(folder, 'samples.ndjson');
  for (const line of wholeLines(path)) {
    const { data, error } = sampleSchema.safeParse(parseLine(line, path));
    if (error !== undefined) throw brokenLine(path, line, 'a sample');
    const list = byTrial.get(data.trial) ?? [];
    list.push({ ...data, at: data.at + later });
    byTrial.set(data.trial, list);
  }
  return byTrial;
}

function eventsOf({ folder, later, trials }: Part): Map<number, Event[]> {
  const byTrial = new Map<number, Event[]>();
  for (const event of readEvents(folder, new Set(trials.map(({ trial }) => trial)))) {
    const list = byTrial.get(event.trial) ?? [];
    list.push({ ...event, at: event.at + later });
    byTrial.set(event.trial, list);
  }
  return byTrial;
}

function copyArtifacts(from: string, trial: number, folder: RunFolder): void {
  const source = join(from, 'artifacts', String(trial));
  if (!existsSync(source)) return;
  cpSync(source, dirname(folder.artifact(`${trial}/x`)), { recursive: true });
}
