import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicClock } from '../../base/clock.ts';
import { openLedger } from '../../platform/ledger/ledger.ts';
import type { Measurement, TrialScope } from '../measure/measurement.ts';
import { createRunFolder, openRunFolder } from '../results/run-folder.ts';
import { loadText } from '../scenario/load-text.example.ts';
import { expandArms } from '../scenario/matrix.ts';
import { runScenario, type RunRequest } from './run.ts';

/** @param path folder of the run to go on with */
export type RunChanges = Partial<RunRequest> & { path?: string };

/** A place for runs of four arms without guests. */
export class Runs {
  readonly folder = mkdtempSync(join(tmpdir(), 'virtgauge-run-'));
  readonly state = join(this.folder, 'state');
  #number = 0;

  /** Runs a scenario in a new folder, or continues the one at `path`. */
  async run(repeat: string, { path, ...changes }: RunChanges = {}) {
    const { scenario, source, overrides } = loadText(
      `name: x\nmeasure: { noop: {} }\nfactors: { guests: [1, 2], vcpus: [1, 2] }\nrepeat: ${repeat}\n`,
    );
    const output = path ?? join(this.folder, `run-${this.#number++}`);
    const opened = path === undefined ? undefined : openRunFolder(path);
    const folder = opened?.folder ?? createRunFolder({ output, id: 'x' });
    try {
      const result = await runScenario({
        ...{ scenario, source, overrides, matrix: expandArms(scenario), seed: '41c7', folder },
        ...(opened && { previous: { run: opened.run, trials: opened.trials } }),
        ledger: openLedger({ stateDirectory: this.state, label: 'x' }),
        clock: monotonicClock,
        cache: join(this.folder, 'cache'),
        keep: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        ...changes,
      });
      return { ...result, path: output };
    } finally {
      folder.close();
    }
  }

  /** Ledgers that still hold something. */
  ledgers(): string[] {
    return existsSync(this.state) ? readdirSync(join(this.state, 'ledger')) : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A measurement of one headline metric that does what it is told. */
export function measuring(
  look: (scope: TrialScope) => void | Promise<void>,
): readonly Measurement[] {
  return [
    {
      metrics: { 'x.total': { title: 'X', unit: 's', better: 'lower', headline: true } },
      kind: 'measured',
      needsGuests: false,
      dataBytes: () => 0,
      run: async (scope) => look(scope),
    },
  ];
}
