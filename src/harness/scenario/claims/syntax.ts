/** A piece of the text of a condition, as offsets. */
export interface Place {
  start: number;
  end: number;
}

/** `storage=shared` behind a metric. */
export interface Selector extends Place {
  name: string;
  nameEnd: number;
  level: string;
  levelStart: number;
}

export interface NumberNode extends Place {
  kind: 'number';
  value: number;
  /** `s`, `MB/s`, `%`; empty for a plain number. */
  unit: string;
}

export interface FigureNode extends Place {
  kind: 'figure';
  metric: string;
  metricEnd: number;
  selectors: Selector[];
}

export interface ProductNode extends Place {
  kind: 'product';
  operator: '*' | '/';
  left: Expression;
  right: Expression;
}

export type Comparator = '<' | '>' | '<=' | '>=' | '=';

export interface ComparisonNode extends Place {
  kind: 'comparison';
  operator: Comparator;
  left: Expression;
  right: Expression;
}

export interface JunctionNode extends Place {
  kind: 'and' | 'or';
  left: Expression;
  right: Expression;
}

/** A condition as it is written; what goes together is checked apart from that. */
export type Expression = NumberNode | FigureNode | ProductNode | ComparisonNode | JunctionNode;

/** What is wrong with a piece of a condition. */
export class ConditionError extends Error {
  readonly place: Place;
  readonly hint: string | undefined;

  constructor(message: string, place: Place, hint?: string) {
    super(message);
    this.name = 'ConditionError';
    this.place = place;
    this.hint = hint;
  }
}
