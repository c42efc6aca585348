import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup/root.mjs';

/**
 * Keeps runs as reference results, and writes the table of results/reference/README.md:
 *
 *   node scripts/reference.mjs                  the table alone
 *   node scripts/reference.mjs results/<run>…   keeps each under the name of its scenario first
 *
 * What is kept makes the report and the claims again; raw output of tools (artifacts/) stays behind.
 */
const reference = join(root, 'results/reference');
const kept = ['run.json', 'trials.ndjson', 'samples.ndjson', 'events.ndjson'];
const keptOfReport = ['index.html', 'report.md', 'methods.txt'];

/** Folders of the reference runs, by name. @param {string} [folder] */
export function referenceRuns(folder = reference) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'run.json')))
    .map(({ name }) => name)
    .sort();
}

/** @param {string} run folder of a run @returns {string} its name among the references */
export function keep(run, folder = reference) {
  const name = String(readJson(join(run, 'run.json')).scenario.name);
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) throw new Error(`no name for a folder: ${name}`);
  const target = join(folder, name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, 'report'), { recursive: true });
  /** @param {string} file */
  const copy = (file) => {
    if (existsSync(join(run, file))) cpSync(join(run, file), join(target, file));
  };
  for (const file of kept) copy(file);
  for (const file of keptOfReport) copy(join('report', file));
  return name;
}

/**
 * One row a claim; of a run without claims one row.
 * @param {{ name: string, run: any, labels: string, claims?: any }[]} runs with what `claims --json` says of each
 */
export function referenceTable(runs) {
  const rows = runs.flatMap(({ name, run, labels, claims }) => {
    const about = [
      `[${name}](${name}/report/report.md)`,
      labels || 'measured',
      `${String(run.startedAt).slice(0, 10)}, virtgauge ${run.environment.virtgauge}`,
      `${run.arms.length} × ${Math.round((run.planned ?? 0) / Math.max(1, run.arms.length))}`,
    ];
    const own = claims?.claims ?? [];
    if (own.length === 0) return [[...about, 'no claims', '–', '–']];
    return own.map((/** @type {any} */ claim, /** @type {number} */ index) => [
      ...(index === 0 ? about : ['', '', '', '']),
      claim.name,
      claim.verdict === 'not-testable' ? 'not testable here' : claim.verdict,
      claim.comparisons.map(figure).join('; ') || '–',
    ]);
  });
  const header = ['run', 'labels', 'made', 'arms × trials', 'claim', 'verdict', 'ratio'];
  /** @param {unknown[]} cells */
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replace(/[|\n<>]/g, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** @param {any} comparison */
function figure({ ratio, interval, blocks }) {
  if (typeof ratio !== 'number') return 'no figure';
  /** @param {unknown} value */
  const digits = (value) => {
    if (typeof value !== 'number') return '∞';
    return Math.abs(value - 1) < 0.01 ? value.toFixed(3) : Number(value.toPrecision(3));
  };
  const range = interval ? ` (${interval.map(digits).join('–')})` : ', no interval';
  return `${digits(ratio)}${range}, n = ${blocks}`;
}

/**
 * The text of the README with the table between its marks.
 * @param {string} text
 * @param {string} table
 */
export function withTable(text, table) {
  const [begin, end] = ['<!-- runs -->', '<!-- /runs -->'];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`README.md lacks ${begin} … ${end}`);
  return `${text.slice(0, before + begin.length)}\n\n${table}\n\n${text.slice(after)}`;
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** @param {string[]} names */
export function described(names, folder = reference) {
  return names.map((name) => {
    const path = join(folder, name);
    const asked = spawnSync(process.execPath, ['scripts/virtgauge.mjs', 'claims', path, '--json'], {
      cwd: root,
      encoding: 'utf8',
    });
    const claims = asked.stdout.startsWith('[') ? JSON.parse(asked.stdout)[0] : undefined;
    // The report says them under its head, also of runs without claims; as Markdown, escaped.
    const report = readFileSync(join(path, 'report/report.md'), 'utf8');
    const labels = /^\*\*(.+)\*\*$/m.exec(report.split('\n## ')[0] ?? '')?.[1] ?? '';
    return { name, run: readJson(join(path, 'run.json')), labels, claims };
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const run of process.argv.slice(2)) console.log(`kept ${keep(run)}`);
  const readme = join(reference, 'README.md');
  const table = referenceTable(described(referenceRuns()));
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), table));
  console.log(table);
}
