import { maskControls } from './printable.ts';
import type { Span } from './tree.ts';

/** Characters of a source line that are printed; the rest of a longer one is left out. */
const width = 100;

/** Line and column of the start of a span, from 1; columns count characters. */
export function position(span: Span): { line: number; column: number } {
  const { number, start, end } = lineOf(span);
  const before = span.source.text.slice(start, Math.min(span.start, end));
  return { line: number, column: length(before) + 1 };
}

/**
 * The line where the span starts, with carets under the span (as far as that line goes) and the
 * hint behind them:
 *
 *       12 |     kind: luster
 *          |           ^^^^^^ did you mean "lustre"?
 */
export function excerpt(span: Span, hint?: string): string {
  const { number, start, end } = lineOf(span);
  const line = Array.from(span.source.text.slice(start, end));
  const from = length(span.source.text.slice(start, Math.min(span.start, end)));
  const to = from + length(span.source.text.slice(span.start, Math.min(span.end, end)));

  const cutLeft = line.length > width && from > width / 2 ? from - width / 2 : 0;
  const left = cutLeft > 0 ? '…' : '';
  const right = line.length > cutLeft + width ? '…' : '';
  const shown = left + maskControls(line.slice(cutLeft, cutLeft + width).join('')) + right;

  const carets = Math.max(1, Math.min(to, cutLeft + width) - from);
  const gutter = String(number);
  const caret = ' '.repeat(left.length + from - cutLeft) + '^'.repeat(carets);
  return [
    `  ${gutter} | ${shown}`.trimEnd(),
    `  ${' '.repeat(gutter.length)} | ${caret}${hint === undefined ? '' : ` ${hint}`}`,
  ].join('\n');
}

/** The end of a file is shown behind its last text, not on the empty line after it. */
function lineOf({ source: { text }, start: offset }: Span) {
  const inside = offset >= text.length ? Math.max(0, text.trimEnd().length - 1) : offset;
  const start = inside === 0 ? 0 : text.lastIndexOf('\n', inside - 1) + 1;
  const newline = text.indexOf('\n', inside);
  const end = newline === -1 ? text.length : newline;
  let number = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) {
    number += 1;
  }
  return { number, start, end: text[end - 1] === '\r' ? end - 1 : end };
}

function length(text: string): number {
  return Array.from(text).length;
}
