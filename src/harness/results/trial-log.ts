import { join } from 'node:path';
import { AppendOnlyFile } from '../../platform/ledger/append-only-file.ts';
import { eventLines, sampleLines, trialLine } from './record-lines.ts';
import type { Event, Sample, Trial } from './schema.ts';

/** The log of trials first. */
export const logNames = ['trials.ndjson', 'samples.ndjson', 'events.ndjson'] as const;

/** Seconds from which on a trial takes so long that waiting for the disk beside it is nothing. */
const worthSyncing = 1;

/** The three files of a run folder that grow with every trial, kept open. */
export class TrialLog {
  readonly #samples: AppendOnlyFile;
  readonly #events: AppendOnlyFile;
  readonly #trials: AppendOnlyFile;

  /** @throws the error of open(2) */
  constructor(folder: string) {
    const files: AppendOnlyFile[] = [];
    const open = (name: (typeof logNames)[number]) => {
      const file = new AppendOnlyFile(join(folder, name));
      files.push(file);
      return file;
    };
    try {
      this.#samples = open('samples.ndjson');
      this.#events = open('events.ndjson');
      this.#trials = open('trials.ndjson');
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  /**
   * Samples and events first, then the line by which the trial counts: all of them or nothing.
   * @throws the error of write(2); Error if a value cannot be recorded
   */
  append(trial: Trial, samples: readonly Sample[] = [], events: readonly Event[] = []): void {
    const pieces: [AppendOnlyFile, string][] = [
      [this.#samples, sampleLines(samples, trial)],
      [this.#events, eventLines(events, trial)],
      [this.#trials, trialLine(trial)],
    ];
    const sizes = pieces.map(([file]) => [file, file.size] as const);
    try {
      for (const [file, text] of pieces) {
        // After a power cut no line may be there without what it stands for.
        if (file === this.#trials && trial.duration >= worthSyncing) this.#syncRecords();
        file.append(text);
      }
    } catch (error) {
      for (const [file, size] of sizes) if (file.size > size) file.truncate(size);
      throw error;
    }
  }

  #syncRecords(): void {
    for (const file of [this.#samples, this.#events]) file.sync();
  }

  close(): void {
    for (const file of [this.#samples, this.#events, this.#trials]) file.close();
  }
}
