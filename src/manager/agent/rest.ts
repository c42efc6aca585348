/**
 * The rest between two heartbeats, which news cut short. One timer each: a signal that is joined with
 * others anew each second (`AbortSignal.any`) keeps a little of every one of them for as long as it lives.
 */
export class Rest {
  readonly #over: AbortSignal;
  #news = false;
  #end: (() => void) | undefined;

  /** @param over ends the rest under way, and all that follow */
  constructor(over: AbortSignal) {
    this.#over = over;
    over.addEventListener('abort', () => this.#end?.(), { once: true });
  }

  /** What is told from here on has all news until now. */
  gather(): void {
    this.#news = false;
  }

  /** There are news: the rest under way ends, or the next one does not begin. */
  wake(): void {
    this.#news = true;
    this.#end?.();
  }

  /** Resolves after so many milliseconds, at once where there are news or all is over. */
  async take(milliseconds: number): Promise<void> {
    if (this.#news || this.#over.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = undefined;
  }
}
