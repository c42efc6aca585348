import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { randomToken } from '../../platform/ledger/ledger.ts';
import { stateDirectory } from '../../platform/ledger/state-directory.ts';

const all = () => join(stateDirectory(), 'conversions');

/** Folder of this machine with the keys and the record of a machine's conversion. */
export function conversionFolder(source: string): string {
  return join(all(), source);
}

/**
 * Takes away what earlier conversions of a machine have left in its folder here, but for the token by
 * which what they have left on the machine is known as ours.
 */
export async function clearConversionFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const { tokenFile } = await import('../../platform/operations/convert/boot-path/ownership.ts');
  for (const name of readdirSync(folder).filter((each) => each !== tokenFile)) {
    await rm(join(folder, name), { recursive: true });
  }
}

/**
 * Name of a folder on a target for the disk of a machine: another one each time, as what is left of an
 * earlier conversion may be there until `clean`.
 */
export function folderFor(source: string): string {
  return `${source}-${randomToken().slice(0, 6)}`;
}

/**
 * The folder of a machine's conversion, if one is on record. The record of a machine that was of a lab
 * goes with the lab.
 */
export async function folderOnRecord(source: string): Promise<string | undefined> {
  const folder = conversionFolder(source);
  if (!existsSync(join(folder, 'conversion.json'))) return undefined;
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const { machinesOf } = await import('../../platform/lab/machines-of.ts');
  const { lab } = readRecord(folder).source;
  if (lab === undefined || machinesOf(lab) !== undefined) return folder;
  await rm(folder, { recursive: true });
  return undefined;
}

/** The same. @throws UserError if none is on record */
export async function recordedFolder(source: string): Promise<string> {
  const folder = await folderOnRecord(source);
  if (folder !== undefined) return folder;
  const known = (existsSync(all()) ? readdirSync(all()) : []).filter((name) =>
    existsSync(join(all(), name, 'conversion.json')),
  );
  throw new UserError({
    message: `SOURCE: expected a machine whose conversion was begun here, got ${source}`,
    remedy:
      known.length === 0
        ? 'None is on record; see: virtgauge p2v plan.'
        : `On record: ${known.join(', ')}.`,
  });
}
