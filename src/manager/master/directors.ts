import type { BodyOf, SharedDirector } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';

interface Told {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The process that shares. */
  readonly run: string;
  readonly director: SharedDirector;
}

/** Silent for so many seconds, another process may share the services behind a director. */
const takenFor = 15;
/** Silent for so many seconds, it is forgotten. */
const forgotten = 3600;
const most = 64;

/** What those tell who share services behind directors; kept in memory only: it is told each second. */
export class Directors {
  readonly #now: () => number;
  readonly #told = new Map<string, Told>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws Refusal if another process shares these services */
  hear({ run, over, director }: BodyOf<'share'>): void {
    if (director === undefined) throw new Refusal('not allowed', 'expected a director');
    const { name } = director;
    const before = this.#told.get(name);
    const silent = before === undefined ? Infinity : this.#silent(before);
    if (before !== undefined && before.run !== run && silent < takenFor) {
      const why = `another process shares the services of director ${name}; heard of ${silent.toFixed(1)} s ago`;
      throw new Refusal('busy', why);
    }
    if (over) {
      this.#told.delete(name);
      return;
    }
    if (before === undefined && this.all().length >= most) {
      throw new Refusal('busy', `there are ${most} directors`);
    }
    this.#told.set(name, { at: this.#now(), run, director });
  }

  /** By name, with the seconds since they were heard of. */
  all(): BodyOf<'services'>['directors'] {
    for (const [name, told] of this.#told) {
      if (this.#silent(told) > forgotten) this.#told.delete(name);
    }
    return [...this.#told.values()]
      .map((told) => ({ ...told.director, silent: this.#silent(told) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #silent({ at }: Told): number {
    return Math.max(0, this.#now() - at) / 1000;
  }
}
