import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { parentIsThere } from './own-path.ts';
import type { ResourceKind } from './kind.ts';

const schema = z.strictObject({
  kind: z.literal('file'),
  path: z.string().refine(isAbsolute, 'expected an absolute path'),
});

/** A file, socket or pipe that did not exist when it was entered. */
export const file: ResourceKind<typeof schema> = {
  schema,
  rank: 1,
  unmistakable: false,
  describe: ({ path }) => path,
  async remove({ path }) {
    if (!parentIsThere(path)) return [];
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    if (!found.isFile() && !found.isSocket() && !found.isFIFO()) {
      throw new Error('expected a file, found something else that took its place');
    }
    await rm(path, { force: true });
    return [{ what: fileNoun(path), count: 1 }];
  },
};

/** What to call a file: a disk image by its suffix, else a file. */
export function fileNoun(path: string): string {
  return /\.(qcow2|raw|img)$/.test(path) ? 'disk image' : 'file';
}
