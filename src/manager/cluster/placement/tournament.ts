/**
 * Items 0 … size − 1 with a key each, kept so that the item of the lowest key (of equals the first) is
 * known at once, a key changes in log₂(size) steps, and items are visited in the order of their keys at
 * the cost of what is visited. A key of Infinity means: never.
 */
export class Tournament {
  readonly keys: Float64Array;
  private readonly leaves: number;
  /** A heap-shaped tree; node 1 is the root, node `leaves + i` item i; holds the winner below. */
  private readonly winners: Int32Array;

  constructor(size: number, key: (item: number) => number) {
    this.leaves = 1;
    while (this.leaves < size) this.leaves *= 2;
    this.keys = new Float64Array(this.leaves).fill(Infinity);
    this.winners = new Int32Array(this.leaves * 2);
    for (let item = 0; item < size; item++) this.keys[item] = key(item);
    for (let item = 0; item < this.leaves; item++) this.winners[this.leaves + item] = item;
    for (let node = this.leaves - 1; node > 0; node--) this.winners[node] = this.winner(node);
  }

  set(item: number, key: number) {
    if (this.keys[item] === key) return;
    this.keys[item] = key;
    for (let node = (this.leaves + item) >> 1; node > 0; node >>= 1) {
      this.winners[node] = this.winner(node);
    }
  }

  /** The first item, in the order of keys, that is accepted; −1: none. */
  first(accept: (item: number) => boolean): number {
    const waiting: number[] = [1];
    for (;;) {
      const node = this.take(waiting);
      if (node === undefined) return -1;
      const item = this.winners[node] ?? 0;
      if (this.keys[item] === Infinity) return -1;
      if (accept(item)) return item;
      // What remains of this subtree is the other half at each level down to the item.
      for (let at = this.leaves + item; at > node; at >>= 1) this.put(waiting, at ^ 1);
    }
  }

  private winner(node: number): number {
    const left = this.winners[node * 2] ?? 0;
    const right = this.winners[node * 2 + 1] ?? 0;
    // Items on the left come first, so the right one has to be truly lower.
    return (this.keys[right] ?? Infinity) < (this.keys[left] ?? Infinity) ? right : left;
  }

  private before(a: number, b: number): boolean {
    const first = this.winners[a] ?? 0;
    const second = this.winners[b] ?? 0;
    const difference = (this.keys[first] ?? Infinity) - (this.keys[second] ?? Infinity);
    return difference < 0 || (!(difference > 0) && first < second);
  }

  /** Nodes that wait are a binary heap by their winners. */
  private put(heap: number[], node: number) {
    let at = heap.length;
    heap.push(node);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(node, heap[parent] ?? 0)) break;
      heap[at] = heap[parent] ?? 0;
      at = parent;
    }
    heap[at] = node;
  }

  private take(heap: number[]): number | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      const other = child + 1;
      if (other < heap.length && this.before(heap[other] ?? 0, heap[child] ?? 0)) child = other;
      if (!this.before(heap[child] ?? 0, last)) break;
      heap[at] = heap[child] ?? 0;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
