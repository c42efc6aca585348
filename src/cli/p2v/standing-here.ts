import { monotonicClock } from '../../base/clock.ts';
import { folderOnRecord } from './conversion-folder.ts';

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
  const folder = await folderOnRecord(source);
  return folder === undefined ? undefined : await standingIn(folder);
}
