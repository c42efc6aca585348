import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../base/package-root.ts';

/** Characters of a cell: what is longer is whole in the file of rows. */
const longest = 200;

/**
 * Rows of a long table, kept as they are found: a test that is run again goes on behind the last one.
 * In `results/soak` (or VIRTGAUGE_SOAK); remove the file to begin anew.
 */
export class KeptRows<Row extends { key: string }> {
  readonly #folder = process.env.VIRTGAUGE_SOAK ?? join(packageRoot, 'results/soak');
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    mkdirSync(this.#folder, { recursive: true });
  }

  get #file(): string {
    return join(this.#folder, `${this.#name}.ndjson`);
  }

  /** As they are now: another process may make some of them. */
  get rows(): (Row & { made: string })[] {
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [];
    return lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row & { made: string });
  }

  has(key: string): boolean {
    return this.rows.some((row) => row.key === key);
  }

  /** Keeps a row, with the day and the version of virtgauge. */
  add(row: Row): void {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    const made = `${new Date().toISOString().slice(0, 10)}, ${version}`;
    appendFileSync(this.#file, `${JSON.stringify({ ...row, made })}\n`);
  }

  /**
   * Writes and returns a page with the table in Markdown, and says which rows are not there.
   * @param about what stands above the table
   * @param keys of all rows, in their order
   */
  page(about: string, columns: readonly (keyof Row & string)[], keys: readonly string[]): string {
    const { rows } = this;
    const found = keys.flatMap((key) => rows.find((row) => row.key === key) ?? []);
    const missing = keys.filter((key) => !found.some((row) => row.key === key));
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
    const text = [
      `${about.trim()}\n\n${found.length} of ${keys.length} rows; each whole, as JSON: [${this.#name}.ndjson](${this.#name}.ndjson).\n\n`,
      line([...columns, 'made']),
      line([...columns, 'made'].map(() => '---')),
      ...found.map((row) => line([...columns, 'made' as const].map((name) => cell(row[name])))),
      `\nNot made yet: ${missing.join(', ') || 'none'}.\n`,
    ].join('');
    writeFileSync(join(this.#folder, `${this.#name}.md`), text);
    return text;
  }
}

function cell(value: unknown): string {
  const text = String(value).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}
