import { html, type Html } from '../../base/html.ts';

/**
 * A part of the page that changes by itself, with its id in it. One that has rows is replaced row by
 * row, as long as they are the same ones in the same order.
 */
export interface Piece {
  readonly id: string;
  readonly html: Html;
  readonly rows?: readonly Piece[];
}

/** What has to be replaced in a page: id, and the HTML that comes in its place. */
export type Replacement = readonly [id: string, html: string];

/** What takes a page from one state to another; all of it where there was none. */
export function replacements(
  before: readonly Piece[] | undefined,
  after: readonly Piece[],
): Replacement[] {
  const known = new Map(before?.map((piece) => [piece.id, piece]));
  return after.flatMap((piece): Replacement[] => {
    const old = known.get(piece.id);
    if (old?.html.text === piece.html.text) return [];
    const { rows } = piece;
    const same =
      rows !== undefined &&
      old?.rows?.length === rows.length &&
      rows.every(({ id }, at) => id === old.rows?.[at]?.id);
    if (!same) return [[piece.id, piece.html.text]];
    return rows
      .filter((row, at) => row.html.text !== old.rows?.[at]?.html.text)
      .map((row) => [row.id, row.html.text]);
  });
}

/** A row of a table. */
export function tableRow(id: string, cells: readonly Html[]): Piece {
  return {
    id,
    html: html`<tr id="${id}">
      ${cells}
    </tr>`,
  };
}

/** The body of a table, or one line that says why it is empty. */
export function tableBody(
  id: string,
  columns: number,
  rows: readonly Piece[],
  empty: Html | string,
): Piece {
  const none = html`<tr>
    <td class="empty" colspan="${columns}">${empty}</td>
  </tr>`;
  const inner = rows.length === 0 ? none : rows.map((row) => row.html);
  return {
    id,
    rows,
    html: html`<tbody id="${id}">
      ${inner}
    </tbody>`,
  };
}
