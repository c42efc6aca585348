import { median } from 'simple-statistics';
import type { Progress } from '../../harness/runner/progress.ts';
import type { Sample } from '../../harness/results/schema.ts';
import { formatElapsed } from './elapsed.ts';
import { armText, leftBehind } from './lines.ts';

const barWidth = 22;
const mostArms = 4;

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
  #step = '';
  #failed = 0;

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
        this.#step = '';
        break;
      case 'planned':
        this.#planned = progress.trials;
        this.#done = progress.done;
        break;
      case 'trial-started':
        this.#doing = armText(progress.arm) || 'the only arm';
        this.#step = '';
        break;
      case 'boundary':
        this.#step = `guest ${progress.guest} ${progress.boundary}`;
        break;
      case 'trial-ended':
        this.#done++;
        this.#durations.push(progress.trial.duration);
        this.#addTotals(progress.samples);
        if (progress.trial.reason) {
          this.#failed++;
          this.#problems.push(`trial ${progress.trial.trial}: ${progress.trial.reason.message}`);
        }
        break;
      case 'left-behind':
        this.#problems.push(leftBehind(progress));
        break;
    }
  }

  /** @param width of the terminal, in characters */
  lines(width: number): string[] {
    const problem = this.#problems.at(-1);
    return [
      ` ${this.#name}   ${this.#counts()}${formatElapsed(this.#now() - this.#begun)} elapsed${this.#toGo()}   seed ${this.#seed}`,
      ` now        ${this.#doing}${this.#step === '' ? '' : `   ${this.#step}`}`,
      ...(this.#totals.size > 0 ? [` so far     ${this.#soFar()}`] : []),
      ...(problem === undefined ? [] : [` ! ${this.#failed} failed   ${problem}`]),
    ].map((line) => line.replaceAll('\n', ' ').slice(0, width));
  }

  #counts(): string {
    if (this.#planned === 0) return '';
    const filled = Math.round((this.#done / this.#planned) * barWidth);
    return `${this.#done}/${this.#planned} ${'█'.repeat(filled)}${'·'.repeat(barWidth - filled)}  `;
  }

  #toGo(): string {
    const left = this.#planned - this.#done;
    if (this.#durations.length === 0 || left <= 0) return '';
    return `, ${formatElapsed(left * median(this.#durations))} to go`;
  }

  /** The slowest guest counts for its trial, as in a plain line. */
  #addTotals(samples: readonly Sample[]): void {
    const totals = samples.filter(({ metric }) => metric.endsWith('.total'));
    const [first] = totals;
    if (first === undefined) return;
    this.#metric = first.metric;
    const arm = Object.values(first.arm).map(String).join('/') || 'all';
    const slowest = Math.max(...totals.map(({ value }) => value));
    this.#totals.set(arm, [...(this.#totals.get(arm) ?? []), slowest]);
  }

  #soFar(): string {
    const arms = [...this.#totals].slice(-mostArms).map(([arm, values]) => {
      return `${arm} ${median(values).toPrecision(3)} s (n = ${values.length})`;
    });
    return `${this.#metric}   ${arms.join('   ')}`;
  }
}
