import { joined, minus, type Range } from '../ranges.ts';
import type { LookInto } from './content.ts';
import { extLayout, groupsOf, type ExtGroup, type ExtLayout } from './ext-layout.ts';

/**
 * Free space of ext2, ext3 and ext4, from their maps of blocks. In doubt nothing is free: where the
 * journal has not been played back, where errors are known, where a feature is not known, or where a
 * map has not as many free blocks as its group says.
 * (Linux, Documentation/filesystems/ext4.)
 */
export const lookIntoExt: LookInto = async (read, bytes) => {
  if (bytes < 4096) return undefined;
  const [superblock] = await read([{ offset: 1024, bytes: 1024 }]);
  const layout = superblock && extLayout(superblock);
  if (layout === undefined) return undefined;
  const inDoubt = (doubt: string) => ({ kind: 'ext', free: [], doubt });
  if (layout.doubt !== undefined) return inDoubt(layout.doubt);
  if (layout.blocks * layout.blockBytes > bytes) return inDoubt('it is larger than its partition');
  const [table] = await read([
    { offset: layout.tableAt, bytes: layout.groups * layout.descriptorBytes },
  ]);
  if (table === undefined) return inDoubt('it has no table of groups');
  const groups = groupsOf(layout, table);
  const mapped = groups.filter(({ unused }) => !unused);
  const maps = await read(
    mapped.map(({ map }) => ({ offset: map * layout.blockBytes, bytes: layout.blockBytes })),
  );
  const free: Range[] = [];
  for (const [index, group] of mapped.entries()) {
    const map = maps[index];
    const found = map && freeIn(layout, group, map);
    if (found === undefined || found.clusters !== group.freeClusters) {
      return inDoubt(`the map of group ${group.number} is not as full as the group says`);
    }
    free.push(...found.ranges);
  }
  // Groups that were never used have no map yet, but may hold tables of their own and of others.
  const untouched = groups.filter(({ unused }) => unused).map((group) => placeOf(layout, group));
  const tables = groups.flatMap((group) => tablesOf(layout, group));
  return { kind: 'ext', free: joined([...free, ...minus(untouched, tables)]) };
};

/** Bytes of a group. */
function placeOf({ blockBytes, firstBlock, groupBlocks, blocks }: ExtLayout, { number }: ExtGroup) {
  const first = firstBlock + number * groupBlocks;
  const count = Math.min(groupBlocks, blocks - first);
  return { offset: first * blockBytes, bytes: count * blockBytes };
}

/** Where the file system's own tables of a group are: these may lie in another group. */
function tablesOf(layout: ExtLayout, { number, tables }: ExtGroup): Range[] {
  const { blockBytes, superBlocks } = layout;
  const own = tables.map(({ block, count }) => ({
    offset: block * blockBytes,
    bytes: count * blockBytes,
  }));
  const { offset } = placeOf(layout, { number } as ExtGroup);
  return layout.hasSuper(number) ? [...own, { offset, bytes: superBlocks * blockBytes }] : own;
}

/** The runs of zero bits in a map. */
function freeIn(layout: ExtLayout, group: ExtGroup, map: Buffer) {
  const { offset, bytes } = placeOf(layout, group);
  const { clusterBytes } = layout;
  const count = Math.ceil(bytes / clusterBytes);
  const ranges: Range[] = [];
  let clusters = 0;
  for (let at = 0; at < count;) {
    if ((map[at >> 3] ?? 0xff) === 0xff) {
      at = (at | 7) + 1;
      continue;
    }
    const from = at;
    while (at < count && (((map[at >> 3] ?? 0xff) >> (at & 7)) & 1) === 0) at += 1;
    if (at > from) {
      clusters += at - from;
      const end = Math.min(at * clusterBytes, bytes);
      ranges.push({ offset: offset + from * clusterBytes, bytes: end - from * clusterBytes });
    } else at += 1;
  }
  return { ranges, clusters };
}
