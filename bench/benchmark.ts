import type { Ledger } from '../src/platform/ledger/ledger.ts';

/** Smallest, middle and largest value over the pairs. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** Whether the figure keeps the goal; inconclusive where its interval reaches over the border. */
export type Outcome = 'met' | 'short' | 'inconclusive';

/** One line of the table. */
export interface Row {
  name: string;
  /** Unit of `ours` and `other`: `s`, `ms`, `MB`, `MB/s`. */
  unit: string;
  /** Medians over the pairs. */
  ours: number;
  /** Absent where there is nothing to compare with. */
  other?: number;
  /** Over the pairs, what each gives; absent where there is nothing to compare with. */
  comparison?: Spread & {
    /** `ratio`: ours / other. `difference`: ours − other, in `unit`. */
    as: 'ratio' | 'difference';
  };
  pairs: number;
  /** In words; absent where the issue tracker names none. */
  goal?: string;
  outcome?: Outcome;
  /** Printed below the table: the interval that decided, under which accelerator, … */
  note?: string;
}

/** What a benchmark is given. */
export interface BenchmarkContext {
  /** An empty directory of its own, removed afterwards. */
  readonly directory: string;
  /** Whatever it makes elsewhere, and every process that outlives a call, is entered here. */
  readonly ledger: Ledger;
  /** Fixed number of pairs, from `--pairs`; by default each benchmark knows its own. */
  readonly pairs: number | undefined;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Tells what is going on. */
  readonly progress: (text: string) => void;
}

/** One benchmark: a file, and a line in `list.ts`. */
export interface Benchmark {
  readonly name: string;
  /** What is compared with what, in one line. */
  readonly about: string;
  /** @throws Error that says why it cannot run here; the others go on */
  run(context: BenchmarkContext): Promise<Row[]>;
}
