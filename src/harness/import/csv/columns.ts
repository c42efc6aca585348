import { closest, didYouMean } from '../../../base/yaml/closest.ts';
import { errorOf } from '../../../base/yaml/finding.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { show } from '../../../base/yaml/printable.ts';
import { isFactorName } from '../level.ts';
import { rowSpan, type Cell } from './rows.ts';

/** Columns that every file has. */
export const requiredColumns = ['metric', 'value', 'unit', 'trial'] as const;
/** Columns that a file may have. */
export const optionalColumns = [
  'job',
  'percentile',
  'phase',
  'observer',
  'guest',
  'iteration',
] as const;
export type ColumnName = (typeof requiredColumns)[number] | (typeof optionalColumns)[number];

/** Where each column stands. */
export interface Columns {
  count: number;
  known: ReadonlyMap<ColumnName, number>;
  /** Name → index of the column. */
  factors: readonly (readonly [name: string, index: number])[];
}

/**
 * What the first row says: which column holds what. Every other name is that of a factor.
 * @throws UserError
 */
export function columnsOf(header: readonly Cell[]): Columns {
  requireCommas(header);
  const known = new Map<ColumnName, number>();
  const factors: [string, number][] = [];
  const seen = new Set<string>();
  const names: readonly string[] = [...requiredColumns, ...optionalColumns];
  for (const [index, { text, span }] of header.entries()) {
    if (seen.has(text)) {
      throw errorOf([{ span, message: `expected every column once, got ${show(text)} again` }]);
    }
    seen.add(text);
    if (names.includes(text)) known.set(text as ColumnName, index);
    else if (!isFactorName(text)) {
      throw errorOf([
        {
          span,
          message: `expected ${oneOf(names)} or the name of a factor such as storage, got ${show(text)}`,
          hint: didYouMean(text, names),
          remedy:
            text === 'system'
              ? 'the system is named by --as: import each system by itself'
              : undefined,
        },
      ]);
    } else factors.push([text, index]);
  }
  const missing = requiredColumns.filter((name) => !known.has(name));
  if (missing.length > 0) {
    const meant = factors.flatMap(([name]) => closest(name, missing) ?? [])[0];
    throw errorOf([
      {
        span: rowSpan(header),
        message: `expected the columns ${requiredColumns.join(', ')}, got no ${missing.join(', no ')}`,
        hint: meant === undefined ? undefined : `is one of them "${meant}"?`,
        remedy: template,
      },
    ]);
  }
  return { count: header.length, known, factors };
}

const template = 'virtgauge import --template prints a file to begin with';

/** Some spreadsheets separate by semicolons. */
function requireCommas([first, ...others]: readonly Cell[]) {
  const mark = others.length > 0 ? undefined : /[;\t]/.exec(first?.text ?? '')?.[0];
  if (mark === undefined || first === undefined) return;
  const message = `expected columns separated by commas, got ${show(mark)}`;
  throw errorOf([{ span: first.span, message, remedy: template }]);
}
