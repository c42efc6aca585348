import { endsWithin } from '../../../platform/ends-within.ts';
import type { GuestState } from '../../wire/messages/kinds.ts';

/** Seconds within which a guest that is well tells what it does. */
const enough = 0.5;

/**
 * What guests do, or were last seen to do: one that does not answer holds up nobody who asks for all of
 * them, as the heartbeat of its host does.
 */
export class LastStates {
  readonly #look: (name: string) => Promise<GuestState>;
  readonly #last = new Map<string, GuestState>();
  readonly #looks = new Map<string, Promise<GuestState>>();

  constructor(look: (name: string) => Promise<GuestState>) {
    this.#look = look;
  }

  /** One that has never answered is taken to run. */
  async of(name: string): Promise<GuestState> {
    const look = this.#looks.get(name) ?? this.#begin(name);
    return (await endsWithin(enough, look)) ? look : (this.#last.get(name) ?? 'running');
  }

  #begin(name: string): Promise<GuestState> {
    const look = this.#look(name)
      .then((state) => {
        this.#last.set(name, state);
        return state;
      })
      .finally(() => this.#looks.delete(name));
    look.catch(() => undefined);
    this.#looks.set(name, look);
    return look;
  }
}
