import { UserError } from '../../base/errors.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import { standingHere } from './standing-here.ts';

/**
 * A conversion of the machine that was begun here, and can be gone on with: it runs as a guest on its
 * own hardware. Undefined where none is on record, or it runs as before that.
 * @throws UserError where the record is still needed to decide who runs it
 */
export async function begunBefore(source: string): Promise<ConversionRecord | undefined> {
  const found = await standingHere(source);
  if (found === undefined) return undefined;
  const { record, sight } = found;
  const { runs, says, next } = found.standing;
  if (runs === 'source') return undefined;
  if (runs === 'source-guest' && sight.vmm?.buried === false) return record;
  throw new UserError({
    where: source,
    message: `expected no earlier conversion, or one that can go on; ${says}`,
    remedy: next,
  });
}
