import { UserError } from '../../base/errors.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import type { HostEntry } from '../../platform/remote/inventory/schema.ts';
import { folderOnRecord } from './conversion-folder.ts';
import { standingIn } from './standing-here.ts';

/**
 * A conversion of the machine that was begun here, and can be gone on with: it runs as a guest on its
 * own hardware. Undefined where none is on record, or it runs as before that.
 * @throws UserError where the record is still needed to decide who runs it, or is of another machine
 */
export async function begunBefore(source: HostEntry): Promise<ConversionRecord | undefined> {
  const folder = await folderOnRecord(source.name);
  if (folder === undefined) return undefined;
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const other = otherMachine(readRecord(folder).source, source);
  if (other !== undefined) throw other;
  const { record, sight, standing } = await standingIn(folder);
  const { runs, says, next } = standing;
  if (runs === 'source') return undefined;
  if (runs === 'source-guest' && sight.vmm?.buried === false) return record;
  throw new UserError({
    where: source.name,
    message: `expected no earlier conversion, or one that can go on; ${says}`,
    remedy: next,
  });
}

/**
 * What refuses to take the record of one machine for another's: inventories may use a name for several.
 * Undefined where both are reached at the same place.
 */
export function otherMachine(recorded: HostEntry, source: HostEntry): UserError | undefined {
  const [known, got] = [wayTo(recorded.ssh), wayTo(source.ssh)];
  if (known === got) return undefined;
  return new UserError({
    where: source.name,
    message: `expected the machine whose conversion is on record under this name, ${known}, got ${got}`,
    remedy:
      'Give another machine a name of its own in an inventory (--hosts). The same one: write its address as it was written before.',
  });
}

function wayTo(ssh: HostEntry['ssh']): string {
  if (ssh === undefined) return 'this machine';
  const { address, port, jump } = ssh;
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return jump === undefined ? place : `${place} through ${wayTo(jump)}`;
}
