import { basename } from 'node:path';
import { createHash } from 'node:crypto';
import { UserError } from '../../base/errors.ts';
import { errorOf } from '../../base/yaml/finding.ts';
import { show } from '../../base/yaml/printable.ts';
import { readSource } from '../../base/yaml/read-source.ts';
import type { Source } from '../../base/yaml/tree.ts';
import type { Arm } from '../results/schema.ts';
import { readCsv } from './csv/read-csv.ts';
import type { ImportedFigure } from './figure.ts';
import { readFio } from './fio/read-fio.ts';

/** A file that was imported, as it is kept. */
export interface ImportedFile {
  /** Its own name, made unique. */
  name: string;
  text: string;
  sha256: string;
}

/** All that stands in some files. */
export interface ImportedFigures {
  figures: ImportedFigure[];
  files: ImportedFile[];
  /** By number of the trial of an arm. */
  warnings: Map<number, string[]>;
}

const wanted = {
  noun: 'file with results',
  missing: 'name outputs of fio (JSON) or CSV files; virtgauge import --template prints one',
  largest: 32 * 2 ** 20,
};

/**
 * Reads files of one form: outputs of fio, each a trial, or CSV.
 * @param levels that hold for all
 * @throws UserError naming the place of the first thing that is not as it should be
 */
export function readFiles(paths: readonly string[], levels: Arm): ImportedFigures {
  const sources = paths.map((path) => readSource(path, wanted));
  const [first, ...others] = sources;
  if (first === undefined) throw new Error('expected a file at least');
  const stranger = others.find((source) => isFio(source) !== isFio(first));
  if (stranger !== undefined) {
    throw new UserError({
      where: stranger.name,
      message: `expected ${isFio(first) ? 'an output of fio (JSON)' : 'a CSV file'} like ${first.name}, got the other form`,
      remedy: 'Import CSV files and outputs of fio apart, under names of their own.',
    });
  }
  const files = keptFiles(sources);
  return { files, ...(isFio(first) ? fromFio(sources, levels) : fromCsv(sources, levels)) };
}

/** By the name, else by what stands in it. */
function isFio({ name, text }: Source): boolean {
  if (/\.csv$/i.test(name)) return false;
  return /\.json$/i.test(name) || /^\{/m.test(text);
}

function fromFio(sources: readonly Source[], arm: Arm) {
  const warnings = new Map<number, string[]>();
  const figures = sources.flatMap((source, trial) => {
    const output = readFio(source);
    if (output.warnings.length > 0) warnings.set(trial, output.warnings);
    return output.figures.map((figure): ImportedFigure => ({ ...figure, arm, trial }));
  });
  return { figures, warnings };
}

function fromCsv(sources: readonly Source[], levels: Arm) {
  const seen = new Map<string, string>();
  const figures = sources.flatMap((source) => {
    const rows = readCsv(source, seen);
    const twice = Object.keys(levels).find((factor) => Object.hasOwn(rows[0]?.arm ?? {}, factor));
    if (twice !== undefined) {
      const message = `expected no column ${show(twice)}, whose level --level gives`;
      throw errorOf([{ span: { source, start: 0, end: 1 }, message }]);
    }
    return rows.map((figure) => ({ ...figure, arm: { ...levels, ...figure.arm } }));
  });
  return { figures, warnings: new Map<number, string[]>() };
}

function keptFiles(sources: readonly Source[]): ImportedFile[] {
  const used = new Set<string>();
  return sources.map(({ name: path, text }, index) => {
    const own = basename(path).replace(/[^\w.+-]/g, '-');
    const name = used.has(own) ? `${index}-${own}` : own;
    used.add(name);
    return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
  });
}
