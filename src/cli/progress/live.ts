import logUpdate from 'log-update';
import type { OnProgress } from '../../harness/runner/progress.ts';
import type { RunRequest } from '../../harness/runner/run.ts';
import { LiveState } from './live-state.ts';

/** A view that is drawn again in place: how far, how long still, what is happening now. */
export async function liveView<T>(
  { scenario, seed }: Pick<RunRequest, 'scenario' | 'seed'>,
  action: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const state = new LiveState(scenario.name, seed, () => performance.now() / 1000);
  const draw = () => logUpdate(state.lines(process.stdout.columns).join('\n'));
  const timer = setInterval(draw, 250);
  try {
    // Drawn by the timer alone: a run of a thousand short trials shall not be slowed by its view.
    return await action((progress) => state.take(progress));
  } finally {
    clearInterval(timer);
    draw();
    logUpdate.done();
  }
}
