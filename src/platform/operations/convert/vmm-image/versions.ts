import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.record(z.string(), z.string());

/** Package → version, of a folder of the cache. */
export async function readVersions(folder: string): Promise<Record<string, string>> {
  return schema.parse(JSON.parse(await readFile(join(folder, 'versions.json'), 'utf8')));
}
