import { existsSync } from 'node:fs';
import { monotonicClock } from '../../base/clock.ts';
import { conversionFolder } from './conversion-folder.ts';

/** How the conversion whose record lies in a folder stands, by a look at both ends. */
export async function standingIn(folder: string) {
  const { readRecord } = await import('../../platform/operations/convert/standing/record.ts');
  const { lookAround } = await import('../../platform/operations/convert/standing/look.ts');
  const { standingOf } = await import('../../platform/operations/convert/standing/standing.ts');
  const record = readRecord(folder);
  const sight = await lookAround(record, monotonicClock);
  return { record, sight, standing: standingOf(sight) };
}

/** The same of a machine; undefined where no conversion of it is on record here. */
export async function standingHere(source: string) {
  const folder = conversionFolder(source);
  return existsSync(`${folder}/conversion.json`) ? await standingIn(folder) : undefined;
}
