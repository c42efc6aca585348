import { median } from 'simple-statistics';
import { Listr } from 'listr2';
import type { OnProgress, Progress } from '../../harness/runner/progress.ts';
import type { RunRequest } from '../../harness/runner/run.ts';
import { armText, leftBehind } from './lines.ts';
import { formatElapsed } from './elapsed.ts';

const barWidth = 24;

/** A view that is drawn again in place: how far, how long still, what is happening now. */
export async function liveView<T>(
  { scenario, seed }: Pick<RunRequest, 'scenario' | 'seed'>,
  action: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  let result: { value: T } | undefined;
  const list = new Listr(
    [
      {
        title: scenario.name,
        rendererOptions: { outputBar: 4 },
        task: async (_context, task) => {
          const state = new LiveState(scenario.name, seed);
          const draw = () => {
            task.title = state.title();
            task.output = state.lines().join('\n');
          };
          const timer = setInterval(draw, 500);
          try {
            const value = await action((progress) => {
              state.take(progress);
              draw();
            });
            result = { value };
            task.output = '';
          } finally {
            clearInterval(timer);
          }
        },
      },
    ],
    { registerSignalListeners: false, rendererOptions: { collapseErrors: false } },
  );
  await list.run();
  if (result === undefined) throw new Error('unreachable');
  return result.value;
}

class LiveState {
  readonly #name: string;
  readonly #seed: string;
  readonly #begun = performance.now();
  readonly #durations: number[] = [];
  #planned = 0;
  #done = 0;
  #doneBefore = 0;
  #now = '';
  #failed: string[] = [];

  constructor(name: string, seed: string) {
    this.#name = name;
    this.#seed = seed;
  }

  take(progress: Progress): void {
    switch (progress.type) {
      case 'preparing':
        this.#now = `preparing: ${progress.step}`;
        break;
      case 'planned':
        this.#planned = progress.trials;
        if (this.#durations.length === 0) this.#doneBefore = progress.done;
        this.#done = progress.done;
        break;
      case 'trial-started':
        this.#now = armText(progress.arm);
        break;
      case 'boundary':
        this.#now = this.#now.replace(
          /( {2}guest .*)?$/,
          `  guest ${progress.guest} ${progress.boundary}`,
        );
        break;
      case 'left-behind':
        this.#now = leftBehind(progress);
        break;
      case 'trial-ended':
        this.#done++;
        this.#durations.push(progress.trial.duration);
        if (progress.trial.reason) {
          this.#failed.push(`trial ${progress.trial.trial}: ${progress.trial.reason.message}`);
        }
        break;
    }
  }

  title(): string {
    if (this.#planned === 0) return `${this.#name}  ${this.#now}`;
    const filled = Math.round((this.#done / this.#planned) * barWidth);
    const bar = '█'.repeat(filled) + '·'.repeat(barWidth - filled);
    const elapsed = (performance.now() - this.#begun) / 1000;
    return `${this.#name}  ${this.#done}/${this.#planned} ${bar}  ${formatElapsed(elapsed)} elapsed${this.#toGo()}   seed ${this.#seed}`;
  }

  lines(): string[] {
    const [failure] = this.#failed.slice(-1);
    return [
      `now       ${this.#now}`,
      ...(failure === undefined ? [] : [`! ${this.#failed.length} failed  ${failure}`]),
    ];
  }

  #toGo(): string {
    if (this.#durations.length === 0) return '';
    const left = this.#planned - this.#done;
    return `, about ${formatElapsed(left * median(this.#durations))} to go`;
  }
}
