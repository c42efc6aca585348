import type { OnProgress } from '../../harness/runner/progress.ts';
import type { RunRequest } from '../../harness/runner/run.ts';
import { plainLines } from './lines.ts';

/** Shows a run while it goes on. */
export interface View {
  during<T>(action: (onProgress: OnProgress) => Promise<T>): Promise<T>;
}

/** Live on a terminal, one plain line a trial elsewhere, nothing where only JSON is wanted. */
export function createView(what: Pick<RunRequest, 'scenario' | 'seed'>, quiet: boolean): View {
  if (quiet) return { during: (action) => action(() => undefined) };
  if (!process.stdout.isTTY) return { during: (action) => action(plainLines()) };
  return {
    async during(action) {
      const { liveView } = await import('./live.ts');
      return liveView(what, action);
    },
  };
}
