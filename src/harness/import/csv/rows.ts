import { errorOf } from '../../../base/yaml/finding.ts';
import type { Source, Span } from '../../../base/yaml/tree.ts';

/** One cell, and where it stands. */
export interface Cell {
  text: string;
  span: Span;
}

/** From the first to the last cell. */
export function rowSpan(row: readonly Cell[]): Span {
  const [first, last] = [row[0], row.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a row has cells');
  return { ...first.span, end: last.span.end };
}

/**
 * The rows of a CSV file (RFC 4180; lines may end by `\n` alone). Empty lines, and lines that begin with
 * `#`, are left out.
 * @throws UserError for a quote that is not closed, or one in the middle of a cell
 */
export function* csvRows(source: Source): Generator<Cell[]> {
  const { text } = source;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '\n' || text[at] === '#' || text.startsWith('\r\n', at)) {
      const end = text.indexOf('\n', at);
      if (end === -1) return;
      at = end + 1;
      continue;
    }
    const row: Cell[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quoted(source, at) : bare(source, at);
      row.push(cell);
      at = cell.span.end;
      if (text[at] !== ',') break;
      at++;
    }
    yield row;
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
}

function bare(source: Source, start: number): Cell {
  const { text } = source;
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n') {
    if (text[end] === '"') throw strayQuote(source, end);
    end++;
  }
  if (text[end - 1] === '\r' && end > start && text[end] !== ',') end--;
  return { text: text.slice(start, end).trim(), span: { source, start, end } };
}

function quoted(source: Source, start: number): Cell {
  const { text } = source;
  let content = '';
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) {
      const span = { source, start, end: start + 1 };
      throw errorOf([{ span, message: 'expected a closing quote, got the end of the file' }]);
    }
    content += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const end = quote + 1;
      const next = text[end];
      if (next !== undefined && next !== ',' && next !== '\n' && !text.startsWith('\r\n', end)) {
        throw strayQuote(source, quote);
      }
      return { text: content, span: { source, start, end } };
    }
    content += '"';
    from = quote + 2;
  }
}

function strayQuote(source: Source, at: number) {
  return errorOf([
    {
      span: { source, start: at, end: at + 1 },
      message: 'expected quotes around a whole cell, got one in its middle',
      remedy: 'write "" for a quote inside a quoted cell',
    },
  ]);
}
