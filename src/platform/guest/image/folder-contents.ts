import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is in the files of a folder, in order of their names: inputs for `contentKey`. */
export async function folderContents(folder: string): Promise<Uint8Array[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name))));
}
