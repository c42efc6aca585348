import { UserError, type Problem } from '../../base/errors.ts';
import { loadScenario, type LoadedScenario } from './load.ts';

/** Loads a text as if it were the file `x.yaml`: for tests. */
export function loadText(text: string, set: readonly string[] = []): LoadedScenario {
  return loadScenario('x.yaml', { set, read: () => new TextEncoder().encode(text) });
}

/** The problems of a text; none where it loads. */
export function problemsOf(text: string, set: readonly string[] = []): readonly Problem[] {
  try {
    loadText(text, set);
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
}
