import type { BodyOf, GuestShape } from '../wire/messages/kinds.ts';

export type Command = Omit<BodyOf<'command'>, 'kind'>;
export type Result = BodyOf<'heartbeat'>['results'][number];

/** What an agent has taken on, and how it ended. */
export interface AgentState {
  /** Begun and not ended. */
  readonly underway: Readonly<Record<string, Command>>;
  /** Ended; kept for a while, for a command that comes again. */
  readonly results: Readonly<Record<string, Result>>;
  /** Of guests that this agent has made or taken in. */
  readonly shapes: Readonly<Record<string, GuestShape>>;
}

export type AgentEntry =
  | { readonly kind: 'begun'; readonly command: Command }
  | { readonly kind: 'ended'; readonly result: Result };

/** Ended commands that are remembered. */
const remembered = 1000;

export function emptyAgent(): AgentState {
  return { underway: {}, results: {}, shapes: {} };
}

export function reduceAgent(state: AgentState, entry: AgentEntry): AgentState {
  if (entry.kind === 'begun') {
    const { command } = entry;
    const { guest, spec } = command;
    return {
      ...state,
      underway: { ...state.underway, [command.id]: command },
      shapes: spec ? { ...state.shapes, [guest]: spec } : state.shapes,
    };
  }
  const { [entry.result.command]: command, ...underway } = state.underway;
  const { shapes } = state;
  const leaves: readonly string[] =
    entry.result.outcome === 'done'
      ? ['remove', 'discard', 'send', 'forget']
      : ['create', 'receive'];
  const gone = command !== undefined && leaves.includes(command.step);
  return {
    underway,
    results: { ...forgetOld(state.results), [entry.result.command]: entry.result },
    shapes: gone ? without(shapes, command.guest) : shapes,
  };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));
}

function forgetOld(results: AgentState['results']): AgentState['results'] {
  const entries = Object.entries(results);
  return entries.length < 2 * remembered ? results : Object.fromEntries(entries.slice(-remembered));
}
