import { posix } from 'node:path';
import { ownedDirectoryOn } from '../../../ledger/owned-directory-on.ts';
import { randomToken, type Ledger } from '../../../ledger/ledger.ts';
import type { Host, HostStorage } from '../../../remote/host.ts';
import { look } from './look.ts';
import { parseTransferRate } from './read-rate.ts';

/** What a storage of the target takes. */
export interface StorageRoom {
  /** Bytes that are free. */
  free: number;
  /** Bytes a second, in large pieces, synced; undefined where it does not tell. */
  rate?: number;
}

const mebibytes = 64;

/**
 * Writes a little to a storage, in a folder that the ledger knows.
 * @throws UserError if nothing can be written there
 */
export async function readStorageRate(
  host: Host,
  { path }: Pick<HostStorage, 'path'>,
  ledger: Ledger,
): Promise<StorageRoom> {
  const folder = await ownedDirectoryOn(host, ledger, posix.join(path, `vg-plan-${randomToken()}`));
  const script = `
df -kP "$1"
dd if=/dev/zero of="$1/probe" bs=1M count=${mebibytes} oflag=direct conv=fsync 2>&1 ||
  dd if=/dev/zero of="$1/probe" bs=1M count=${mebibytes} conv=fsync 2>&1 || true
rm -f "$1/probe"`;
  const text = await look(host.shell, script, { args: [folder] });
  const rate = parseTransferRate(text);
  return { free: freeIn(text), ...(rate !== undefined && { rate }) };
}

/** What `df -kP` says is available, whatever the name of the source. */
function freeIn(text: string): number {
  const [, kibibytes] = /\s(\d+)\s+(?:\d+%|-)\s+\//.exec(text) ?? [];
  return Number(kibibytes ?? 0) * 1024;
}
