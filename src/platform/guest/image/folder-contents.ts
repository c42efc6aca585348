import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is in the files of some folders, in order of their names: inputs for `contentKey`. */
export async function folderContents(...folders: readonly string[]): Promise<Uint8Array[]> {
  const contents = await Promise.all(
    folders.map(async (folder) => {
      const names = (await readdir(folder)).sort();
      return Promise.all(names.map((name) => readFile(join(folder, name))));
    }),
  );
  return contents.flat();
}
