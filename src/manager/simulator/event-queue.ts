const arity = 4;

/**
 * What is going to happen, in the order of its time; events of one time come in the order in which
 * they were entered. A heap of four children each in typed arrays: nothing is allocated for an event.
 */
export class EventQueue {
  /** Virtual time in seconds: that of the event that was taken last. */
  now = 0;
  /** Of the event that was taken last: what it is. */
  kind = 0;
  /** Which host, guest or service it is about. */
  subject = 0;
  /** A number that belongs to it. */
  detail = 0;
  #length = 0;
  #entered = 0;
  #at = new Float64Array(64);
  #order = new Float64Array(64);
  #kind = new Int32Array(64);
  #subject = new Int32Array(64);
  #detail = new Int32Array(64);

  /** Events that are still to come. */
  get length(): number {
    return this.#length;
  }

  /** @param at seconds of virtual time, not before now */
  push(at: number, kind: number, subject = 0, detail = 0): void {
    if (!(at >= this.now)) throw new RangeError(`expected a time from ${this.now} on, got ${at}`);
    if (this.#length === this.#at.length) this.#grow();
    const order = this.#entered++;
    let hole = this.#length++;
    while (hole > 0) {
      const parent = Math.floor((hole - 1) / arity);
      // What was entered later waits behind its equals.
      if ((this.#at[parent] as number) <= at) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, at, order, kind, subject, detail);
  }

  /** Takes the next event and sets time and figures to its own. @returns whether there was one */
  next(): boolean {
    if (this.#length === 0) return false;
    this.now = this.#at[0] as number;
    this.kind = this.#kind[0] as number;
    this.subject = this.#subject[0] as number;
    this.detail = this.#detail[0] as number;
    const last = --this.#length;
    if (last > 0) this.#sink(last);
    return true;
  }

  /** Puts the event of index `last` where the first one was, and down to its place. */
  #sink(last: number): void {
    const at = this.#at[last] as number;
    const order = this.#order[last] as number;
    let hole = 0;
    for (;;) {
      const first = hole * arity + 1;
      if (first >= last) break;
      let least = first;
      const end = Math.min(first + arity, last);
      for (let child = first + 1; child < end; child++) {
        if (this.#comesBefore(child, this.#at[least] as number, this.#order[least] as number)) {
          least = child;
        }
      }
      if (!this.#comesBefore(least, at, order)) break;
      this.#move(least, hole);
      hole = least;
    }
    this.#move(last, hole);
  }

  #comesBefore(index: number, at: number, order: number): boolean {
    const own = this.#at[index] as number;
    return own < at || (own === at && (this.#order[index] as number) < order);
  }

  #move(from: number, to: number): void {
    this.#at[to] = this.#at[from] as number;
    this.#order[to] = this.#order[from] as number;
    this.#kind[to] = this.#kind[from] as number;
    this.#subject[to] = this.#subject[from] as number;
    this.#detail[to] = this.#detail[from] as number;
  }

  #put(index: number, at: number, order: number, kind: number, subject: number, detail: number) {
    this.#at[index] = at;
    this.#order[index] = order;
    this.#kind[index] = kind;
    this.#subject[index] = subject;
    this.#detail[index] = detail;
  }

  #grow(): void {
    const size = this.#at.length * 2;
    this.#at = copied(this.#at, new Float64Array(size));
    this.#order = copied(this.#order, new Float64Array(size));
    this.#kind = copied(this.#kind, new Int32Array(size));
    this.#subject = copied(this.#subject, new Int32Array(size));
    this.#detail = copied(this.#detail, new Int32Array(size));
  }
}

function copied<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
