import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../base/package-root.ts';

/** A published schema by its file's name. */
export function schemaFile(name: string): string {
  return join(packageRoot, 'schemas', name);
}

/**
 * Holds documents against a schema.
 * @throws Error with what xmllint says of them
 */
export function lint(schema: string, documents: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  try {
    const names = documents.map((_, index) => `${index}.xml`);
    for (const [index, text] of documents.entries()) {
      writeFileSync(join(folder, `${index}.xml`), text);
    }
    const argv = ['--noout', '--nonet', '--schema', schemaFile(schema), ...names];
    const { status, stderr, error } = spawnSync('xmllint', argv, { cwd: folder, encoding: 'utf8' });
    if (error) throw error;
    const complaints = stderr.split('\n').filter((line) => !line.endsWith(' validates'));
    if (status !== 0) throw new Error(complaints.join('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
