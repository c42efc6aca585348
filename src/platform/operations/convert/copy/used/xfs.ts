import type { Range } from '../ranges.ts';
import type { LookInto } from './content.ts';
import { logDoubt } from './xfs-log.ts';
import type { ReadDisk } from './read-disk.ts';

/** How an XFS file system is laid out; bytes and numbers of blocks. */
export interface XfsLayout {
  blockBytes: number;
  sectorBytes: number;
  blocks: number;
  groups: number;
  /** Of each group, but the last. */
  groupBlocks: number;
  /** Begin and length of the log; absent: it is on another disk. */
  log?: Range;
}

/**
 * Free space of XFS, from the tree of free space of each of its groups. In doubt nothing is free: where
 * its log has something that is not in its place yet, or a group has not as many free blocks as it says.
 * (XFS Algorithms & Data Structures, 3rd edition: AG free space management, short format B+trees.)
 */
export const lookIntoXfs: LookInto = async (read, bytes) => {
  if (bytes < 2 ** 20) return undefined;
  const [superblock] = await read([{ offset: 0, bytes: 512 }]);
  const layout = superblock && xfsLayout(superblock);
  if (layout === undefined) return undefined;
  const inDoubt = (doubt: string) => ({ kind: 'xfs', free: [], doubt });
  if (layout.blocks * layout.blockBytes > bytes) return inDoubt('it is larger than its partition');
  const doubt = await logDoubt(read, layout);
  if (doubt !== undefined) return inDoubt(doubt);
  const free = await freeOf(read, layout);
  return typeof free === 'string' ? inDoubt(free) : { kind: 'xfs', free };
};

/** @returns undefined if it is no superblock of XFS */
export function xfsLayout(superblock: Buffer): XfsLayout | undefined {
  if (superblock.toString('latin1', 0, 4) !== 'XFSB') return undefined;
  const blockBytes = superblock.readUInt32BE(4);
  const groupBlocks = superblock.readUInt32BE(84);
  const logAt = superblock.readBigUInt64BE(48);
  // A number of a block is that of its group, then as many bits for the block in it.
  const bits = BigInt(superblock.readUInt8(124));
  const group = Number(logAt >> bits);
  const logBlock = group * groupBlocks + Number(logAt & ((1n << bits) - 1n));
  return {
    ...{ blockBytes, groupBlocks, sectorBytes: superblock.readUInt16BE(102) },
    blocks: Number(superblock.readBigUInt64BE(8)),
    groups: superblock.readUInt32BE(88),
    ...(logAt !== 0n && {
      log: { offset: logBlock * blockBytes, bytes: superblock.readUInt32BE(96) * blockBytes },
    }),
  };
}

/** A block of a tree that is still to be read. */
interface Node {
  group: number;
  block: number;
}

/** With or without checksums. */
const magics: Readonly<Record<string, number>> = { ABTB: 16, AB3B: 56 };

/** All free ranges, or why they cannot be trusted. Level by level, of all groups at once. */
async function freeOf(read: ReadDisk, layout: XfsLayout): Promise<Range[] | string> {
  const { blockBytes, sectorBytes, groups, groupBlocks, blocks } = layout;
  const startOf = (group: number) => group * groupBlocks * blockBytes;
  const numbers = Array.from({ length: groups }, (_, group) => group);
  const headers = await read(
    numbers.map((group) => ({ offset: startOf(group) + sectorBytes, bytes: 512 })),
  );
  if (headers.some((header) => header.toString('latin1', 0, 4) !== 'XAGF')) {
    return 'a group of it has no header';
  }
  const left = headers.map((header) => header.readUInt32BE(52));
  let nodes: Node[] = headers.map((header, group) => ({ group, block: header.readUInt32BE(16) }));
  const free: Range[] = [];
  for (let level = 0; nodes.length > 0; level += 1) {
    if (level > 9) return 'a tree of it has too many levels';
    const found = await read(
      nodes.map(({ group, block }) => ({
        ...{ offset: startOf(group) + block * blockBytes, bytes: blockBytes },
      })),
    );
    const next: Node[] = [];
    for (const [index, { group }] of nodes.entries()) {
      const node = found[index];
      const head = node && magics[node.toString('latin1', 0, 4)];
      if (node === undefined || head === undefined) return `a tree of group ${group} is broken`;
      const count = node.readUInt16BE(6);
      // Of inner nodes: as many keys as there is room for, then the numbers of blocks.
      const room = Math.floor((blockBytes - head) / 12);
      for (let record = 0; record < count; record += 1) {
        if (node.readUInt16BE(4) > 0) {
          next.push({ group, block: node.readUInt32BE(head + room * 8 + record * 4) });
          continue;
        }
        const [first, length] = [
          node.readUInt32BE(head + record * 8),
          node.readUInt32BE(head + record * 8 + 4),
        ];
        left[group] = (left[group] ?? 0) - length;
        if (group * groupBlocks + first + length > blocks) return `group ${group} is cut off`;
        free.push({ offset: startOf(group) + first * blockBytes, bytes: length * blockBytes });
      }
    }
    nodes = next;
  }
  const wrong = left.findIndex((count) => count !== 0);
  return wrong < 0 ? free : `the tree of group ${wrong} is not as full as the group says`;
}
