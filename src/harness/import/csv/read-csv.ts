import { didYouMean } from '../../../base/yaml/closest.ts';
import { errorOf } from '../../../base/yaml/finding.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { show } from '../../../base/yaml/printable.ts';
import type { Source } from '../../../base/yaml/tree.ts';
import type { Arm } from '../../results/schema.ts';
import { figureKey, type ImportedFigure } from '../figure.ts';
import { isLabelText, labelRule } from '../label-text.ts';
import { levelFromText } from '../level.ts';
import { importableMetrics, labelOf, observersOf, type Label } from '../metrics.ts';
import { inUnit, unitsFor } from '../units.ts';
import { columnsOf, type ColumnName, type Columns } from './columns.ts';
import { csvRows, rowSpan, type Cell } from './rows.ts';

/** JSON's numbers without a sign, and what C prints for large ones. */
const decimal = /^\d+(\.\d+)?([eE][+-]?\d+)?$/;
const whole = /^\d{1,9}$/;

/**
 * Reads figures from a CSV file; the columns are explained in docs/import.md.
 * @param seen keys of the figures so far, with where each stood: no figure is there twice
 * @throws UserError naming file, line and column of the first thing that is not as it should be
 */
export function readCsv(source: Source, seen: Map<string, string>): ImportedFigure[] {
  const rows = csvRows(source);
  const header = rows.next();
  if (header.done === true) {
    throw errorOf([
      {
        span: { source, start: 0, end: 0 },
        message: 'expected a row of column names, got an empty file',
        remedy: 'virtgauge import --template prints a file to begin with',
      },
    ]);
  }
  const columns = columnsOf(header.value);
  const figures: ImportedFigure[] = [];
  for (const row of rows) {
    const figure = new Row(row, columns).figure();
    const key = figureKey(figure);
    const before = seen.get(key);
    if (before !== undefined) {
      throw errorOf([
        {
          span: rowSpan(row),
          message: `expected every figure once, got the same as in ${before}`,
          remedy: 'number repetitions by the column trial (or iteration, inside one guest)',
        },
      ]);
    }
    seen.set(key, `row ${figures.length + 1} of ${source.name}`);
    figures.push(figure);
  }
  if (figures.length === 0) {
    throw errorOf([
      {
        span: { source, start: source.text.length, end: source.text.length },
        message: 'expected rows of figures below the column names, got none',
      },
    ]);
  }
  return figures;
}

class Row {
  readonly #row: readonly Cell[];
  readonly #columns: Columns;

  constructor(row: readonly Cell[], columns: Columns) {
    this.#row = row;
    this.#columns = columns;
    if (row.length === columns.count) return;
    const cells = (count: number) => `${count} ${count === 1 ? 'cell' : 'cells'}`;
    throw errorOf([
      {
        span: rowSpan(row),
        message: `expected ${cells(columns.count)}, one for each column, got ${row.length}`,
        ...(row.length > columns.count && {
          remedy: 'decimals are written with a point; a text with a comma goes into quotes',
        }),
      },
    ]);
  }

  figure(): ImportedFigure {
    const metric = this.#required('metric');
    const about = Object.hasOwn(importableMetrics, metric) ? importableMetrics[metric] : undefined;
    if (about === undefined) {
      const names = Object.keys(importableMetrics);
      throw this.#wrong('metric', oneOf(names), didYouMean(metric, names));
    }
    const unit = this.#required('unit');
    const value = inUnit(this.#number('value'), unit, about.unit);
    if (value === undefined) {
      throw this.#wrong('unit', `${oneOf(unitsFor(about.unit))} for ${metric}`);
    }
    if (!Number.isFinite(value)) throw this.#wrong('value', 'a number in range');
    const percentile = this.#percentile(metric);
    const texts = {
      phase: this.#label('phase', metric),
      observer: this.#label('observer', metric),
    };
    const [guest, iteration] = [this.#whole('guest'), this.#whole('iteration')];
    const job = this.#text('job');
    return {
      ...{ metric, value, arm: this.#arm(), trial: this.#whole('trial') ?? this.#missing('trial') },
      ...(guest !== undefined && { guest }),
      ...(iteration !== undefined && { iteration }),
      ...(job !== undefined && { job }),
      ...(percentile !== undefined && { percentile }),
      ...(texts.phase !== undefined && { phase: texts.phase }),
      ...(texts.observer !== undefined && { observer: texts.observer }),
    };
  }

  #arm(): Arm {
    return Object.fromEntries(
      this.#columns.factors.map(([name, index]) => {
        const cell = this.#row[index];
        if (cell === undefined || !isLabelText(cell.text)) {
          throw this.#wrongCell(cell, `${name}: expected a level, ${labelRule}`);
        }
        return [name, levelFromText(cell.text)];
      }),
    );
  }

  #percentile(metric: string): number | undefined {
    const text = this.#labelCell('percentile', metric);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (decimal.test(text) && value > 0 && value <= 100) return value;
    throw this.#wrong('percentile', 'a percentage above 0 and up to 100 such as 99.9');
  }

  #label(name: 'phase' | 'observer', metric: string): string | undefined {
    const text = this.#labelCell(name, metric);
    const known = name === 'observer' ? observersOf(metric) : undefined;
    if (text === undefined || known?.includes(text) === true) return text;
    if (known !== undefined) throw this.#wrong(name, oneOf(known), didYouMean(text, known));
    return this.#text(name);
  }

  /** Empty where the metric has no such label. */
  #labelCell(name: Label, metric: string): string | undefined {
    const text = this.#cell(name)?.text ?? '';
    if (labelOf(metric) === name) return text === '' ? this.#missing(name, metric) : text;
    if (text !== '') throw this.#wrong(name, `an empty cell for ${metric}`);
    return undefined;
  }

  #text(name: ColumnName): string | undefined {
    const text = this.#cell(name)?.text ?? '';
    if (text === '') return undefined;
    if (isLabelText(text)) return text;
    throw this.#wrong(name, labelRule);
  }

  #whole(name: ColumnName): number | undefined {
    const text = this.#cell(name)?.text ?? '';
    if (text === '') return undefined;
    if (whole.test(text)) return Number(text);
    throw this.#wrong(name, 'a whole number from 0');
  }

  #number(name: ColumnName): number {
    const text = this.#required(name);
    const value = Number(text);
    if (decimal.test(text) && Number.isFinite(value)) return value;
    throw this.#wrong(
      name,
      'a decimal number from 0 such as 12.5',
      /^\d+,\d+$/.test(text) ? 'decimals are written with a point' : undefined,
    );
  }

  #required(name: ColumnName): string {
    const text = this.#cell(name)?.text ?? '';
    return text === '' ? this.#missing(name) : text;
  }

  #missing(name: ColumnName, metric?: string): never {
    const cell = this.#cell(name);
    const what = metric === undefined ? name : `${name} of ${metric}`;
    throw this.#wrongCell(cell, `expected a ${what}`);
  }

  #cell(name: ColumnName): Cell | undefined {
    const index = this.#columns.known.get(name);
    return index === undefined ? undefined : this.#row[index];
  }

  #wrong(name: ColumnName, expected: string, hint?: string) {
    return this.#wrongCell(this.#cell(name), `${name}: expected ${expected}`, hint);
  }

  #wrongCell(cell: Cell | undefined, message: string, hint?: string) {
    const span = cell?.span ?? rowSpan(this.#row);
    const got =
      cell === undefined ? 'no such column' : cell.text === '' ? 'an empty cell' : show(cell.text);
    return errorOf([{ span, message: `${message}, got ${got}`, hint }]);
  }
}
