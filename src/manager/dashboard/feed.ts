import { setTimeout as sleep } from 'node:timers/promises';
import { piecesOf } from './page.ts';
import { takePicture, type DashboardSource } from './picture.ts';
import type { Piece } from './pieces.ts';

/** What a subscriber is given: the pieces of the page, or why there are none now. */
export type Frame =
  | { readonly state: 'live'; readonly at: number; readonly pieces: readonly Piece[] }
  | { readonly state: 'failed'; readonly at: number; readonly why: string };

/**
 * The dashboard as it changes: one picture a second for all who look, none where nobody does. Whoever is
 * slow misses frames, and delays nobody.
 */
export class Feed {
  readonly #source: DashboardSource;
  readonly #signal: AbortSignal;
  readonly #interval: number;
  #watching = 0;
  #next: Promise<Frame> | undefined;

  /** @param interval seconds between pictures */
  constructor(source: DashboardSource, signal: AbortSignal, interval = 1) {
    this.#source = source;
    this.#signal = signal;
    this.#interval = interval;
  }

  get watching(): number {
    return this.#watching;
  }

  /** Frames until one of the signals aborts, the first at once. */
  async *watch(signal: AbortSignal): AsyncGenerator<Frame> {
    this.#watching++;
    const over = () => signal.aborted || this.#signal.aborted;
    try {
      let frame = await this.#frame();
      while (!over()) {
        yield frame;
        frame = await this.#soon();
      }
    } finally {
      this.#watching--;
    }
  }

  /** The same frame for all who wait for it. */
  #soon(): Promise<Frame> {
    this.#next ??= sleep(this.#interval * 1000, undefined, { ref: false }).then(() => {
      this.#next = undefined;
      return this.#frame();
    });
    return this.#next;
  }

  async #frame(): Promise<Frame> {
    try {
      const picture = await takePicture(this.#source);
      return { state: 'live', at: picture.at, pieces: piecesOf(picture) };
    } catch (error) {
      return { state: 'failed', at: this.#source.now(), why: (error as Error).message };
    }
  }
}
