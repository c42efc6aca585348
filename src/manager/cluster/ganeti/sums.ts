import { columns, nodeValues } from './score.ts';
import type { GanetiState } from './state.ts';

/**
 * Sums of values and squares over the nodes that are online, so that a spread after a change of one or two
 * nodes takes a handful of operations. Values are counted from the mean at the start, which keeps the
 * squares small.
 */
export class Sums {
  readonly count: number;
  /** node · columns + column: value less the centre. */
  readonly values: Float64Array;
  /** Nodes with the same number are alike in all that counts, but for what they keep for whom. */
  private readonly classes: Int32Array;
  private readonly classNumbers = new Map<string, number>();
  private readonly centre = new Float64Array(columns);
  private readonly sum = new Float64Array(columns);
  private readonly squares = new Float64Array(columns);
  private readonly state: GanetiState;

  constructor(state: GanetiState) {
    this.state = state;
    this.values = new Float64Array(state.nodes * columns);
    this.classes = new Int32Array(state.nodes).fill(-1);
    let count = 0;
    for (let node = 0; node < state.nodes; node++) {
      if (state.offline[node] === 1) continue;
      count++;
      for (const [at, value] of nodeValues(state, node).entries()) {
        this.centre[at] = (this.centre[at] ?? 0) + value;
      }
    }
    this.count = Math.max(1, count);
    for (let at = 0; at < columns; at++) this.centre[at] = (this.centre[at] ?? 0) / this.count;
    for (let node = 0; node < state.nodes; node++) this.update(node);
  }

  /** Takes in the present values of a node. */
  update(node: number) {
    if (this.state.offline[node] === 1) return;
    const key = this.state.likeness(node);
    const known = this.classNumbers.get(key) ?? this.classNumbers.size;
    this.classNumbers.set(key, known);
    this.classes[node] = known;
    for (const [at, value] of nodeValues(this.state, node).entries()) {
      const index = node * columns + at;
      const after = value - (this.centre[at] ?? 0);
      const before = this.values[index] ?? 0;
      this.sum[at] = (this.sum[at] ?? 0) + after - before;
      this.squares[at] = (this.squares[at] ?? 0) + after * after - before * before;
      this.values[index] = after;
    }
  }

  /** Of each node the number of its kind, from 0 without gaps; nodes of a kind are alike, those that are offline too. */
  kinds(): { of: Int32Array; count: number } {
    const numbers = new Map<number, number>();
    const of = this.classes.map((number) => {
      const known = numbers.get(number) ?? numbers.size;
      numbers.set(number, known);
      return known;
    });
    return { of, count: numbers.size };
  }

  /** What the sum of squares changes by if the value of a node changes by a step. */
  growth(node: number, column: number, step: number): number {
    return step * (2 * (this.values[node * columns + column] ?? 0) + step);
  }

  /** The spread of a column if its sum and its sum of squares change by so much. */
  spread(column: number, step: number, growth: number): number {
    const mean = ((this.sum[column] ?? 0) + step) / this.count;
    const variance = ((this.squares[column] ?? 0) + growth) / this.count - mean * mean;
    return variance > 0 ? Math.sqrt(variance) : 0;
  }
}
