import { existsSync } from 'node:fs';
import { monotonicClock } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import type { ConversionRecord } from '../../platform/operations/convert/standing/record.ts';
import { conversionFolder } from './conversion-folder.ts';

/**
 * How a conversion of the machine that is on record here stands, by a look at both ends; undefined where
 * none is on record.
 */
export async function standingHere(source: string) {
  const folder = conversionFolder(source);
  if (!existsSync(`${folder}/conversion.json`)) return undefined;
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const { lookAround } = await import('../../platform/operations/convert/standing/look.ts');
  const { standingOf } = await import('../../platform/operations/convert/standing/standing.ts');
  const record = readRecord(folder);
  const sight = await lookAround(record, monotonicClock);
  return { record, sight, ...standingOf(sight) };
}

/**
 * A conversion of the machine that was begun here, and can be gone on with: it runs as a guest on its
 * own hardware. Undefined where none is on record, or it runs as before that.
 * @throws UserError where the record is still needed to decide who runs it
 */
export async function begunBefore(source: string): Promise<ConversionRecord | undefined> {
  const standing = await standingHere(source);
  if (standing === undefined) return undefined;
  const { record, sight, runs, says, next } = standing;
  if (runs === 'source') return undefined;
  if (runs === 'source-guest' && sight.vmm?.buried === false) return record;
  throw new UserError({
    where: source,
    message: `expected no earlier conversion, or one that can go on; ${says}`,
    remedy: next,
  });
}
