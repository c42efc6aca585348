/** Where the JSON document stands in what fio has printed: offsets, `end` exclusive. */
export interface DocumentPlace {
  begin: number;
  /** The end of the text where the document is cut off. */
  end: number;
  /** Where a second document begins, as `--status-interval` makes fio print them. */
  second: number | undefined;
}

/**
 * Finds the document among fio's notes and its normal output, which may stand before and behind it and
 * hold braces. Of the document only the first and the last line begin with one.
 */
export function findDocument(text: string): DocumentPlace {
  const begin = Math.max(text.search(/^\{/m), 0);
  const close = text.slice(begin).search(/^\}/m);
  const end = close < 0 ? text.length : begin + close + 1;
  const second = text.slice(end).search(/^\{/m);
  return { begin, end, second: second < 0 ? undefined : end + second };
}
