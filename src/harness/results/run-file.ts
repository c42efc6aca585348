import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, type Problem } from '../../base/errors.ts';
import { jsonErrorPosition } from './json-error-position.ts';
import { runSchema, schemaVersion, type Run } from './schema.ts';

const name = 'run.json';

/**
 * Writes `run.json` of a run folder; a reader sees the old or the new one, never a part.
 * @throws ZodError if the run does not fit the schema; the error of the system call that failed
 */
export function writeRun(folder: string, run: Run): void {
  const text = `${JSON.stringify(runSchema.parse(run), null, 2)}\n`;
  const path = join(folder, name);
  const next = join(folder, `.${name}.next`);
  const descriptor = openSync(next, 'w');
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, path);
}

/**
 * Reads `run.json` of a run folder.
 * @throws UserError if it is not there, is no JSON, is of another schema version or does not fit it
 */
export function readRun(folder: string): Run {
  const path = join(folder, name);
  const content = parseJson(textOf(folder, path), path);
  const version = versionOf(content);
  if (isObject(content) && version !== schemaVersion) throw otherVersion(path, version);
  const { data, error } = runSchema.safeParse(content);
  if (data !== undefined) return data;
  throw new UserError(
    error.issues.map(
      (issue): Problem => ({
        where: path,
        message: `${issue.path.length === 0 ? 'the whole' : issue.path.join('.')}: ${issue.message}`,
      }),
    ),
  );
}

function textOf(folder: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    const begun = missing && existsSync(join(folder, 'trials.ndjson'));
    throw new UserError(
      {
        where: folder,
        message: missing
          ? `expected the folder of a run, found no ${name} in it`
          : `${name} cannot be read (${message})`,
        remedy: begun
          ? `If its run was killed before it had begun to measure: rm -r ${folder}, and run it again.`
          : missing
          ? 'Name a folder such as results/2026-11-21-quickstart-41c7.'
          : 'Make it readable.',
      },
      { cause },
    );
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    const before = text.slice(0, jsonErrorPosition(text)).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new UserError(
      {
        where: `${path}:${before.length}:${column}`,
        message: `expected JSON (${message})`,
        remedy: 'Restore the file from a copy; the samples beside it are not affected.',
      },
      { cause },
    );
  }
}

function isObject(content: unknown): content is object {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

function versionOf(content: unknown): unknown {
  return isObject(content) && 'schema' in content ? content.schema : undefined;
}

function otherVersion(path: string, version: unknown): UserError {
  const newer = typeof version === 'number' && version > schemaVersion;
  const found = version === undefined ? 'none that is named' : `schema ${JSON.stringify(version)}`;
  return new UserError({
    where: path,
    message: `expected results of schema ${schemaVersion}, found ${found}`,
    remedy: newer
      ? 'A newer virtgauge wrote them: update this one.'
      : version === undefined
        ? 'The file was damaged or edited: restore it from a copy.'
        : 'Read them with the virtgauge that wrote them (environment.virtgauge names it).',
  });
}
