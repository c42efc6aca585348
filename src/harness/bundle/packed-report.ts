import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Manifest } from './manifest.ts';

/** How a report that was made again differs from the one that was packed. Paths in the run folder. */
export interface PackedDifferences {
  /** Files of both, with other bytes. */
  readonly otherwise: readonly string[];
  /** Files that were packed, but are none of this report. */
  readonly notMade: readonly string[];
  /** Files of this report that were not packed. */
  readonly added: readonly string[];
}

const place = 'report';

/** Takes the report out that was packed: what lies there later was made anew. */
export function removePackedReport(folder: string): void {
  rmSync(join(folder, place), { recursive: true, force: true });
}

/** Compares the report in a folder, which was made anew, with what the manifest says of the packed one. */
export function comparePacked(folder: string, { files }: Manifest): PackedDifferences {
  const packed = new Map(Object.entries(files).filter(([name]) => name.startsWith(`${place}/`)));
  const made = new Set(madeFiles(folder));
  const names = [...packed.keys()];
  return {
    otherwise: names.filter(
      (name) => made.has(name) && hashOf(join(folder, name)) !== packed.get(name),
    ),
    notMade: names.filter((name) => !made.has(name)),
    added: [...made].filter((name) => !packed.has(name)).sort(),
  };
}

function madeFiles(folder: string): string[] {
  return readdirSync(join(folder, place), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
