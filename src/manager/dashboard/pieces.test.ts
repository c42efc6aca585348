import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html } from '../../base/html.ts';
import { replacements, tableBody, type Piece, type Replacement } from './pieces.ts';

const row = (id: string, text: string): Piece => ({
  id,
  html: html`<tr id="${id}">
    <td>${text}</td>
  </tr>`,
});
const body = (...rows: Piece[]) => tableBody('b', 1, rows, 'none');

it('sends what has changed, a row alone where the others stand', () => {
  const before = [body(row('r1', 'x'), row('r2', 'y'))];
  expect(replacements(before, before)).toEqual([]);
  const one = [body(row('r1', 'x'), row('r2', 'z'))];
  expect(replacements(before, one)).toEqual([['r2', row('r2', 'z').html.text]]);
  const more = [body(row('r1', 'x'), row('r2', 'y'), row('r3', 'y'))];
  expect(replacements(before, more).map(([id]) => id)).toEqual(['b']);
  expect(replacements(before, [body()])).toMatchObject([['b', expect.stringContaining('none')]]);
});

/** The rows that a browser has after these replacements. */
function browse(rows: Map<string, string>, changes: readonly Replacement[]): Map<string, string> {
  return changes.reduce((page, [id, text]) => {
    if (id !== 'b') return new Map(page).set(id, text);
    const all = [...text.matchAll(/<tr id="(\w+)">[^]*?<\/tr>/g)];
    return new Map(all.map(([whole, each = '']) => [each, whole]));
  }, rows);
}

it('leaves a page as if it had been loaded anew, whatever came before', () => {
  const anyRow = fc.record({ id: fc.constantFrom('p', 'q', 'r'), text: fc.nat(2) });
  const anyRows = fc.uniqueArray(anyRow, { selector: ({ id }) => id });
  fc.assert(
    fc.property(fc.array(anyRows, { minLength: 1, maxLength: 6 }), (states) => {
      let page = new Map<string, string>();
      let before: Piece[] | undefined;
      for (const state of states) {
        const rows = state.map(({ id, text }) => row(id, String(text)));
        const after = [body(...rows)];
        page = browse(page, replacements(before, after));
        before = after;
        expect([...page]).toEqual(rows.map((each) => [each.id, each.html.text]));
      }
    }),
  );
});
