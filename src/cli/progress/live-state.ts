import { median } from 'simple-statistics';
import { quantity } from '../../harness/analysis/quantity.ts';
import type { Progress } from '../../harness/runner/progress.ts';
import type { Sample } from '../../harness/results/schema.ts';
import { formatElapsed } from './elapsed.ts';
import { armText } from './lines.ts';

const barWidth = 22;
const mostArms = 4;
const mostTrials = 8;

/** What a live view shows, gathered from the progress of a run. */
export class LiveState {
  readonly #name: string;
  readonly #seed: string;
  readonly #now: () => number;
  readonly #begun: number;
  readonly #durations: number[] = [];
  readonly #totals = new Map<string, number[]>();
  readonly #problems: string[] = [];
  #metric = '';
  #planned = 0;
  #done = 0;
  #doing = '';
  /** By the trial's number. */
  readonly #running = new Map<number, { arm: string; step: string }>();
  #mostAtOnce = 1;
  #failed = 0;
  #notConverged = 0;

  /** @param now in seconds */
  constructor(name: string, seed: string, now: () => number) {
    this.#name = name;
    this.#seed = seed;
    this.#now = now;
    this.#begun = now();
  }

  take(progress: Progress): void {
    switch (progress.type) {
      case 'preparing':
        this.#doing = progress.step;
        this.#running.clear();
        break;
      case 'planned':
        this.#planned = progress.trials;
        this.#done = progress.done;
        break;
      case 'trial-started':
        this.#doing = armText(progress.arm) || 'the only arm';
        this.#running.set(progress.trial, { arm: this.#doing, step: '' });
        this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#running.size);
        break;
      case 'boundary': {
        const running = this.#running.get(progress.trial);
        if (running) running.step = `   guest ${progress.guest} ${progress.boundary}`;
        break;
      }
      case 'trial-ended':
        this.#running.delete(progress.trial.trial);
        this.#done++;
        this.#durations.push(progress.trial.duration);
        this.#addTotals(progress.samples);
        if (progress.trial.reason) {
          if (progress.trial.state === 'not-converged') this.#notConverged++;
          else this.#failed++;
          this.#problems.push(`trial ${progress.trial.trial}: ${progress.trial.reason.message}`);
        }
        break;
      case 'left-behind':
        // Told in full once the run has ended.
        break;
    }
  }

  /** @param width of the terminal, in characters */
  lines(width: number): string[] {
    const problem = this.#problems.at(-1);
    return [
      ` ${this.#name}   ${this.#counts()}${formatElapsed(this.#now() - this.#begun)} elapsed${this.#toGo()}   seed ${this.#seed}`,
      ...this.#happening().map((text, line) => ` ${line === 0 ? 'now' : '   '}        ${text}`),
      ...(this.#totals.size > 0 ? [` so far     ${this.#soFar()}`] : []),
      ...(problem === undefined ? [] : [` ! ${[...this.#troubles(), problem].join('   ')}`]),
    ].map((line) => line.replaceAll('\n', ' ').slice(0, width));
  }

  /** One line for each trial under way. */
  #happening(): string[] {
    const trials = [...this.#running.values()].map(({ arm, step }) => arm + step);
    return trials.length === 0 ? [this.#doing] : trials.slice(0, mostTrials);
  }

  /** `1 failed, 2 not converged`; nothing where no trial was either. */
  #troubles(): string[] {
    const counts = [
      ...(this.#failed === 0 ? [] : [`${this.#failed} failed`]),
      ...(this.#notConverged === 0 ? [] : [`${this.#notConverged} not converged`]),
    ];
    return counts.length === 0 ? [] : [counts.join(', ')];
  }

  #counts(): string {
    if (this.#planned === 0) return '';
    const filled = Math.round((this.#done / this.#planned) * barWidth);
    return `${this.#done}/${this.#planned} ${'█'.repeat(filled)}${'·'.repeat(barWidth - filled)}  `;
  }

  #toGo(): string {
    const left = this.#planned - this.#done;
    if (this.#durations.length === 0 || left <= 0) return '';
    const each = median(this.#durations) / this.#mostAtOnce;
    return `, ${formatElapsed(left * each)} to go`;
  }

  /** The slowest guest counts for its trial, as in a plain line. */
  #addTotals(samples: readonly Sample[]): void {
    const totals = samples.filter(isLeadingTotal);
    const [first] = totals;
    if (first === undefined) return;
    this.#metric = first.metric;
    const arm = armText(first.arm) || 'all';
    const same = totals.filter(({ metric }) => metric === first.metric);
    const slowest = Math.max(...same.map(({ value }) => value));
    this.#totals.set(arm, [...(this.#totals.get(arm) ?? []), slowest]);
  }

  #soFar(): string {
    const arms = [...this.#totals].slice(-mostArms).map(([arm, values]) => {
      return `${arm} ${quantity(median(values), 's')} (n = ${values.length})`;
    });
    return `${this.#metric}   ${arms.join('   ')}`;
  }
}

/** The one figure that the view follows: of a migration the downtime of the service. */
function isLeadingTotal({ metric, observer }: Sample): boolean {
  return metric.endsWith('.total') || (metric === 'migration.downtime' && observer === 'network');
}
