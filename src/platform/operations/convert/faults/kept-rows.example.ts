import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../base/package-root.ts';

/**
 * Rows of a long table, kept as they are found: a test that is run again goes on behind the last one.
 * In `results/soak` (or VIRTGAUGE_SOAK); remove the file to begin anew.
 */
export class KeptRows<Row extends { key: string }> {
  readonly #folder = process.env.VIRTGAUGE_SOAK ?? join(packageRoot, 'results/soak');
  readonly #name: string;
  readonly rows: Row[];

  constructor(name: string) {
    this.#name = name;
    mkdirSync(this.#folder, { recursive: true });
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [];
    this.rows = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
  }

  get #file(): string {
    return join(this.#folder, `${this.#name}.ndjson`);
  }

  has(key: string): boolean {
    return this.rows.some((row) => row.key === key);
  }

  add(row: Row): void {
    this.rows.push(row);
    appendFileSync(this.#file, `${JSON.stringify(row)}\n`);
  }

  /** Writes and returns the table in Markdown. */
  table(columns: readonly (keyof Row & string)[]): string {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
    const text = [
      line(columns),
      line(columns.map(() => '---')),
      ...this.rows.map((row) => line(columns.map((name) => String(row[name])))),
    ].join('');
    writeFileSync(join(this.#folder, `${this.#name}.md`), text);
    return text;
  }
}
