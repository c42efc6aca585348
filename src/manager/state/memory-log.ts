import type { StateLog, StateRules } from './state-log.ts';

/** A state that ends with its process: for agents that are simulated. */
export function openMemoryLog<State, Entry>({
  empty,
  reduce,
}: StateRules<State, Entry>): StateLog<State, Entry> {
  let state = empty();
  return {
    get state() {
      return state;
    },
    append(...entries) {
      for (const entry of entries) state = reduce(state, entry);
    },
    close: () => undefined,
  };
}
