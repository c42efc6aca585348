import type { Scalar, Span } from '../../../base/yaml/tree.ts';
import type { Place } from './syntax.ts';

/**
 * Where a part of a text was written in its source. Quotes, block headers and folded lines stand
 * between: what is not white space is counted on both sides. The whole scalar where that does not
 * fit, as with escapes in double quotes.
 */
export function spanWithin({ span, value }: Scalar, { start, end }: Place): Span {
  const text = String(value);
  const written = span.source.text.slice(span.start, span.end);
  const literal = written.indexOf(text);
  if (literal >= 0) {
    const from = span.start + literal;
    return { ...span, start: from + start, end: from + Math.max(end, start + 1) };
  }
  const positions = [...inked(written)];
  const header = positions.length - [...inked(text)].length;
  const last = written.endsWith("'") || written.endsWith('"') ? 1 : 0;
  const first = header - last;
  const letters = (offsets: readonly number[], of: string) => offsets.map((at) => of[at]).join('');
  const own = positions.slice(first, positions.length - last);
  if (first < 0 || letters(own, written) !== letters([...inked(text)], text)) return span;
  const before = [...inked(text.slice(0, start))].length;
  const upTo = Math.max(before + 1, [...inked(text.slice(0, end))].length);
  const from = own[before] ?? (own.at(-1) ?? -1) + 1;
  const to = own[upTo - 1];
  return {
    ...span,
    start: span.start + from,
    end: span.start + (to === undefined ? from : to) + 1,
  };
}

/** Offsets of what is not white space. */
function* inked(text: string): Generator<number> {
  for (let at = 0; at < text.length; at++) if (/\S/.test(text[at] ?? '')) yield at;
}
