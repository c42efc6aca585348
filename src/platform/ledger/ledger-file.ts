import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { ownerName, parseOwnerName, type Owner } from './owner.ts';
import { resourceSchema, type Resource } from './resource.ts';

/** One line of a ledger. Ids count within the file. */
const lineSchema = z.union([
  z.strictObject({ entered: z.int(), resource: resourceSchema }),
  z.strictObject({ released: z.int() }),
]);
type Line = z.infer<typeof lineSchema>;

/** A resource in a ledger. */
export interface Entry {
  readonly id: number;
  readonly resource: Resource;
}

/** Name of the folder of ledgers in the state directory. */
export function ledgerFolder(stateDirectory: string): string {
  return join(stateDirectory, 'ledger');
}

/** `<label>@<owner>.ndjson`; `number` tells apart several ledgers of one process with one label. */
export function ledgerFileName(label: string, owner: Owner, number: number): string {
  return `${label}@${ownerName(owner)}${number === 1 ? '' : `@${number}`}.ndjson`;
}

export interface LedgerFile {
  path: string;
  label: string;
  owner: Owner;
}

/**
 * All ledgers of a state directory, sorted by label. Other files are not looked at.
 * @throws UserError if the folder cannot be read
 */
export function listLedgers(stateDirectory: string): LedgerFile[] {
  const folder = ledgerFolder(stateDirectory);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new UserError(
      {
        where: folder,
        message: `the ledgers cannot be read (${message})`,
        remedy: 'Make the folder readable, or name another state directory in VIRTGAUGE_STATE.',
      },
      { cause: error },
    );
  }
  return names.sort().flatMap((name) => {
    const [, label, text = ''] = /^([^@]+)@([^@]+)(?:@\d+)?\.ndjson$/.exec(name) ?? [];
    const owner = parseOwnerName(text);
    if (label === undefined || owner === undefined) return [];
    return [{ path: join(folder, name), label, owner }];
  });
}

export function formatLine(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

export interface LedgerContent {
  /** Entered and not released, in the order of entry. */
  open: Entry[];
  /** Whole lines that this version cannot read: it must not take their resources for gone. */
  unreadable: string[];
}

/**
 * Reads a ledger. A last line without its newline was being written when its owner was killed: the
 * resource was not made yet, and the line is ignored.
 * @throws the error of open(2) or read(2)
 */
export function readLedger(path: string): LedgerContent {
  const open = new Map<number, Entry>();
  const unreadable: string[] = [];
  for (const text of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const line = parseLine(text);
    if (line === undefined) unreadable.push(text);
    else if ('released' in line) open.delete(line.released);
    else open.set(line.entered, { id: line.entered, resource: line.resource });
  }
  return { open: [...open.values()], unreadable };
}

/**
 * Leaves in the ledger of a dead owner only what could not be removed; nothing left, it goes. A path
 * of which the resource is gone must not stay in it: somebody else may use that path from now on.
 * @throws the error of the system call that failed, the ledger being as it was
 */
export function shrinkLedger(path: string, { open, unreadable }: LedgerContent): void {
  const lines = [
    ...open.map(({ id, resource }) => formatLine({ entered: id, resource })),
    ...unreadable.map((line) => `${line}\n`),
  ];
  if (lines.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  const next = `${path}.${process.pid}`;
  try {
    writeFileSync(next, lines.join(''), { flush: true });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

function parseLine(text: string): Line | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
