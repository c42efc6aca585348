import { didYouMean } from '../../../base/yaml/closest.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { show } from '../../../base/yaml/printable.ts';
import type { Level, Metric } from '../../results/schema.ts';
import {
  type Dimension,
  dimensionOf,
  dimensionText,
  numberUnits,
  sameDimension,
  times,
} from './dimension.ts';
import { levelNamed } from './level-named.ts';
import {
  type Comparator,
  ConditionError,
  type Expression,
  type FigureNode,
  type Place,
  type Selector,
} from './syntax.ts';

/** What tells the series of a metric apart. */
export const labelNames = ['job', 'percentile', 'phase', 'observer'] as const;
export type LabelName = (typeof labelNames)[number];

/** What a condition may speak of. */
export interface Vocabulary {
  /** Every metric that is measured. */
  metrics: Readonly<Record<string, Metric>>;
  /** Factor → its levels: several where it is crossed, one where it is held. */
  levels: Readonly<Record<string, readonly Level[]>>;
  /** Factors whose levels somebody has changed: a level that is no longer there is no mistake. */
  decided: ReadonlySet<string>;
  /** The values of a label of a metric; undefined where any will do, empty where it has none. */
  labels: (metric: string, label: LabelName) => readonly string[] | undefined;
}

/** One figure in some arms: all those that have its levels. */
export interface Figure {
  metric: string;
  levels: Readonly<Record<string, Level>>;
  labels: Readonly<Partial<Record<LabelName, string>>>;
}

/** A product of powers of figures, and a factor. */
export interface Product {
  figures: { figure: Figure; power: number }[];
  constant: number;
  dimension: Dimension;
}

export interface TypedComparison extends Place {
  kind: 'comparison';
  operator: Comparator;
  left: Product;
  right: Product;
}

/** A condition that can be evaluated. */
export type Condition = TypedComparison | { kind: 'and' | 'or'; left: Condition; right: Condition };

/**
 * Checks that a condition compares like with like, of what is measured.
 * @throws ConditionError for the first thing that is not so
 */
export function typeCondition(expression: Expression, vocabulary: Vocabulary): Condition {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return {
        kind: expression.kind,
        left: typeCondition(expression.left, vocabulary),
        right: typeCondition(expression.right, vocabulary),
      };
    case 'comparison': {
      const { operator, start, end } = expression;
      const left = productOf(expression.left, vocabulary);
      const right = productOf(expression.right, vocabulary);
      checkSides(left, right, expression, vocabulary);
      return { kind: 'comparison', operator, left, right, start, end };
    }
    default:
      throw new ConditionError(
        'expected a comparison (<, >, <=, >=, =), got a value',
        expression,
        'compare it with something',
      );
  }
}

/** All comparisons of a condition, in the order written. */
export function comparisonsOf(condition: Condition): TypedComparison[] {
  return condition.kind === 'comparison'
    ? [condition]
    : [...comparisonsOf(condition.left), ...comparisonsOf(condition.right)];
}

function checkSides(left: Product, right: Product, place: Place, vocabulary: Vocabulary): void {
  if (!sameDimension(left.dimension, right.dimension)) {
    throw new ConditionError(
      `expected the same unit on both sides, got ${dimensionText(left.dimension)} and ${dimensionText(right.dimension)}`,
      place,
    );
  }
  const figures = [...left.figures, ...right.figures];
  const [first] = figures;
  if (first === undefined) {
    throw new ConditionError('expected a metric in the comparison, got only numbers', place);
  }
  ratioNumber(left.constant / right.constant, place);
  const open = ({ figure }: { figure: Figure }) =>
    Object.entries(vocabulary.levels)
      .filter(([factor, levels]) => levels.length > 1 && !Object.hasOwn(figure.levels, factor))
      .map(([factor]) => factor);
  for (const other of figures) {
    const [here, there] = [open(first), open(other)];
    if (here.join() === there.join()) continue;
    const text = (factors: string[]) => (factors.length === 0 ? 'none' : factors.join(', '));
    throw new ConditionError(
      `expected all figures of a comparison to leave the same factors open, got ${text(here)} and ${text(there)}`,
      place,
      'say the level of the others in each',
    );
  }
}

function productOf(expression: Expression, vocabulary: Vocabulary): Product {
  switch (expression.kind) {
    case 'number': {
      const { by, unit } = numberUnits.get(expression.unit) ?? { by: 1, unit: '' };
      const constant = ratioNumber(expression.value * by, expression);
      return { figures: [], constant, dimension: dimensionOf(unit) };
    }
    case 'figure': {
      const figure = figureOf(expression, vocabulary);
      const unit = vocabulary.metrics[figure.metric]?.unit ?? '';
      return { figures: [{ figure, power: 1 }], constant: 1, dimension: dimensionOf(unit) };
    }
    case 'product': {
      const power = expression.operator === '*' ? 1 : -1;
      const left = productOf(expression.left, vocabulary);
      const right = productOf(expression.right, vocabulary);
      return {
        figures: [
          ...left.figures,
          ...right.figures.map((one) => ({ ...one, power: one.power * power })),
        ],
        constant: ratioNumber(left.constant * right.constant ** power, expression),
        dimension: times(left.dimension, right.dimension, power),
      };
    }
    default:
      throw new ConditionError('expected a value, got a comparison', expression);
  }
}

/** Of 0 there are no ratios, and what is infinite would decide every comparison. */
function ratioNumber(value: number, place: Place): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ConditionError('expected a finite number above 0, of which there are ratios', place);
}

function figureOf(node: FigureNode, vocabulary: Vocabulary): Figure {
  const { metric, selectors, start, metricEnd } = node;
  const known = Object.keys(vocabulary.metrics);
  if (!Object.hasOwn(vocabulary.metrics, metric)) {
    throw new ConditionError(
      `expected a metric that is measured, got ${show(metric)}`,
      { start, end: metricEnd },
      didYouMean(metric, known) ?? `measured: ${oneOf(known)}`,
    );
  }
  const levels: Record<string, Level> = {};
  const labels: Partial<Record<LabelName, string>> = {};
  for (const selector of selectors) {
    const { name } = selector;
    if (Object.hasOwn(levels, name) || Object.hasOwn(labels, name)) {
      throw new ConditionError(`expected ${name} once, got it again`, nameOf(selector));
    }
    const label = labelNames.find((one) => one === name);
    if (label === undefined) levels[name] = levelOf(selector, vocabulary);
    else labels[label] = labelOf(metric, label, selector, vocabulary);
  }
  for (const label of labelNames) {
    const values = vocabulary.labels(metric, label) ?? [];
    if (values.length < 2 || Object.hasOwn(labels, label)) continue;
    const [example = ''] = values;
    throw new ConditionError(
      `expected ${metric} with its ${label}, got none`,
      { start, end: metricEnd },
      `such as ${metric}(${label}=${example})`,
    );
  }
  return { metric, levels, labels };
}

function nameOf({ start, nameEnd }: Selector): Place {
  return { start, end: nameEnd };
}

function labelOf(metric: string, label: LabelName, selector: Selector, vocabulary: Vocabulary) {
  const values = vocabulary.labels(metric, label);
  const { level } = selector;
  if (values === undefined) return level;
  if (values.length === 0) {
    throw new ConditionError(`expected no ${label} of ${metric}, got one`, nameOf(selector));
  }
  const shown = label === 'percentile' ? level.replace(/^p/, '') : level;
  if (values.includes(shown)) return shown;
  throw new ConditionError(
    `expected ${label} ${oneOf(values)}, got ${show(level)}`,
    { start: selector.levelStart, end: selector.end },
    didYouMean(level, values),
  );
}

function levelOf(selector: Selector, { levels, decided }: Vocabulary): Level {
  const { name, level: word } = selector;
  const known = Object.hasOwn(levels, name) ? levels[name] : undefined;
  if (known === undefined) {
    throw new ConditionError(
      `expected a factor, or one of ${labelNames.join(', ')}, got ${show(name)}`,
      nameOf(selector),
      didYouMean(name, [...Object.keys(levels), ...labelNames]),
    );
  }
  const level = levelNamed(name, word, known);
  if (level !== undefined) return level;
  if (decided.has(name)) return word;
  const place = { start: selector.levelStart, end: selector.end };
  const candidates = known.map(String);
  throw new ConditionError(
    `expected a level of ${name}, ${oneOf(candidates)}, got ${show(word)}`,
    place,
    didYouMean(word, candidates),
  );
}
