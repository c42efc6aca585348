import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomToken, type Ledger } from '../../src/platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../src/platform/ledger/owned-directory.ts';

/** A mark for processes, and a directory for disks where runs put theirs by default; both are the ledger's. */
export async function markedStorage(
  ledger: Ledger,
  cache: string,
): Promise<{ mark: string; path: string }> {
  const mark = randomToken();
  ledger.enter({ kind: 'processes', mark });
  const storage = join(cache, 'storage');
  await mkdir(storage, { recursive: true });
  const { path } = createOwnedDirectory(ledger, join(storage, `virtgauge-bench-${mark}`));
  return { mark, path };
}
