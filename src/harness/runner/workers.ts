/** One piece of work by one worker; `leaves` if the worker shall get no more. */
export type Work<Worker> = (worker: Worker, signal: AbortSignal) => Promise<'stays' | 'leaves'>;

/** Workers that do pieces of work at once, each one at a time, in the order in which they are given. */
export class Workers<Worker> {
  readonly #free: Worker[];
  readonly #all: Set<Worker>;
  readonly #atOnce: number;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #running = new Set<Promise<void>>();
  #failure: { error: unknown } | undefined;

  private constructor(workers: readonly Worker[], signal: AbortSignal, atOnce: number) {
    this.#free = [...workers];
    this.#all = new Set(workers);
    this.#atOnce = atOnce;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  /**
   * Whatever way `action` ends, nothing is being done any more when this settles. Work that throws
   * aborts the signal of all other work, and the action at its next step.
   * @param atOnce pieces at once, at most
   */
  static async during<Worker, Result>(
    workers: readonly Worker[],
    signal: AbortSignal,
    action: (workers: Workers<Worker>) => Promise<Result>,
    atOnce = workers.length,
  ): Promise<Result> {
    const all = new Workers(workers, signal, atOnce);
    try {
      return await action(all);
    } catch (error) {
      all.#stop.abort(error);
      throw error;
    } finally {
      await Promise.all(all.#running);
    }
  }

  /**
   * Begins work as soon as a worker is free who can do it.
   * @returns whether it begins: not if all who can have left
   * @throws the reason of the signal, or what other work threw
   */
  async begin(work: Work<Worker>, can: (worker: Worker) => boolean = () => true): Promise<boolean> {
    if (!(await this.oneFree(can))) return false;
    const [worker] = this.#free.splice(this.#free.findIndex(can), 1) as [Worker];
    const running = this.#do(worker, work).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return true;
  }

  /** Waits until one who can is free. @returns false if all of them have left */
  async oneFree(can: (worker: Worker) => boolean = () => true): Promise<boolean> {
    for (;;) {
      this.#signal.throwIfAborted();
      if (![...this.#all].some(can)) return false;
      if (this.#running.size < this.#atOnce && this.#free.some(can)) return true;
      await Promise.race(this.#running);
      if (this.#failure) throw this.#failure.error;
    }
  }

  /** Waits until nothing is being done. */
  async allDone(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }

  async #do(worker: Worker, work: Work<Worker>): Promise<void> {
    try {
      if ((await work(worker, this.#signal)) === 'stays') this.#free.push(worker);
      else this.#all.delete(worker);
    } catch (error) {
      this.#failure ??= { error };
      this.#stop.abort(error);
    }
  }
}
