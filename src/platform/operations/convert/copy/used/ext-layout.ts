/** How an ext file system is laid out; numbers of blocks, bytes where it says so. */
export interface ExtLayout {
  blocks: number;
  blockBytes: number;
  /** What one bit of a map stands for. */
  clusterBytes: number;
  firstBlock: number;
  groupBlocks: number;
  groups: number;
  descriptorBytes: number;
  /** Byte at which the table of the groups begins. */
  tableAt: number;
  /** Whether a group that was never used may have no map on the disk. */
  lazy: boolean;
  /** What a copy of the superblock and of the table takes. */
  superBlocks: number;
  /** Of each group, for its inodes. */
  inodeTableBlocks: number;
  hasSuper(group: number): boolean;
  /** Why its maps cannot be trusted. */
  doubt?: string;
}

const magic = 0xef53;
const compat = { sparseSuper2: 0x200 };
const incompat = { needsRecovery: 0x4, journalDevice: 0x8, metaGroups: 0x10, wide: 0x80 };
/** Those that change nothing of where blocks are: file types, extents, flex_bg, MMP, ciphers, … */
const knownIncompat = 0x2 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x1000 | 0x3e000;
const readOnlyCompat = {
  sparseSuper: 0x1,
  tableChecksums: 0x10,
  clusters: 0x200,
  checksums: 0x400,
};
/** Of `s_state`. */
const state = { clean: 1, errors: 2 };

/** @returns undefined if it is no superblock of ext2, ext3 or ext4 */
export function extLayout(superblock: Buffer): ExtLayout | undefined {
  const u16 = (at: number) => superblock.readUInt16LE(at);
  const u32 = (at: number) => superblock.readUInt32LE(at);
  if (u16(0x38) !== magic) return undefined;
  const has = { compat: u32(0x5c), incompat: u32(0x60), readOnly: u32(0x64) };
  const wide = (has.incompat & incompat.wide) !== 0;
  const blockBytes = 1024 << u32(0x18);
  const blocks = u32(0x4) + (wide ? u32(0x150) * 2 ** 32 : 0);
  const firstBlock = u32(0x14);
  const groupBlocks = u32(0x20);
  const groups = Math.ceil((blocks - firstBlock) / groupBlocks);
  const descriptorBytes = wide ? Math.max(32, u16(0xfe)) : 32;
  const tableBlocks = Math.ceil((groups * descriptorBytes) / blockBytes);
  // The first revision has no field for it.
  const inodeBytes = u32(0x4c) === 0 ? 128 : u16(0x58);
  const doubt = doubtOf(has, u16(0x3a));
  return {
    ...{ blocks, blockBytes, firstBlock, groupBlocks, groups, descriptorBytes },
    inodeTableBlocks: Math.ceil((u32(0x28) * inodeBytes) / blockBytes),
    clusterBytes: (has.readOnly & readOnlyCompat.clusters) !== 0 ? 1024 << u32(0x1c) : blockBytes,
    tableAt: (firstBlock + 1) * blockBytes,
    lazy: (has.readOnly & (readOnlyCompat.tableChecksums | readOnlyCompat.checksums)) !== 0,
    superBlocks: 1 + tableBlocks + u16(0xce),
    hasSuper: hasSuper(
      (has.compat & compat.sparseSuper2) !== 0 ? [u32(0x24c), u32(0x250)] : undefined,
      (has.readOnly & readOnlyCompat.sparseSuper) !== 0,
    ),
    ...(doubt !== undefined && { doubt }),
  };
}

function doubtOf(has: { incompat: number }, found: number): string | undefined {
  if ((has.incompat & incompat.needsRecovery) !== 0) return 'its journal is not played back';
  if ((has.incompat & (incompat.journalDevice | incompat.metaGroups)) !== 0) {
    return 'it has its journal or its groups in an unusual place';
  }
  if ((has.incompat & ~knownIncompat) !== 0) {
    return `it has features that are not known (0x${(has.incompat >>> 0).toString(16)})`;
  }
  if ((found & state.errors) !== 0) return 'it has errors';
  return (found & state.clean) === 0 ? 'it was not unmounted' : undefined;
}

function hasSuper(only: number[] | undefined, sparse: boolean) {
  return (group: number): boolean => {
    if (group === 0) return true;
    if (only !== undefined) return only.includes(group);
    return !sparse || group === 1 || [3, 5, 7].some((base) => isPower(group, base));
  };
}

function isPower(number: number, base: number): boolean {
  let power = base;
  while (power < number) power *= base;
  return power === number;
}

export interface ExtGroup {
  number: number;
  /** Block of its map. */
  map: number;
  freeClusters: number;
  /** It was never used, and has no map on the disk. */
  unused: boolean;
  /** Its maps and its table of inodes. */
  tables: { block: number; count: number }[];
}

const neverUsed = 0x2;

/** @param table the descriptors of all groups */
export function groupsOf(layout: ExtLayout, table: Buffer): ExtGroup[] {
  const { groups, descriptorBytes, lazy, inodeTableBlocks } = layout;
  return Array.from({ length: groups }, (_, number) => {
    const at = number * descriptorBytes;
    const wide = descriptorBytes >= 64;
    const block = (low: number, high: number) =>
      table.readUInt32LE(at + low) + (wide ? table.readUInt32LE(at + high) * 2 ** 32 : 0);
    const free = table.readUInt16LE(at + 0xc) + (wide ? table.readUInt16LE(at + 0x2c) * 65_536 : 0);
    const map = block(0x0, 0x20);
    return {
      ...{ number, map, freeClusters: free },
      unused: lazy && (table.readUInt16LE(at + 0x12) & neverUsed) !== 0,
      tables: [
        { block: map, count: 1 },
        { block: block(0x4, 0x24), count: 1 },
        { block: block(0x8, 0x28), count: inodeTableBlocks },
      ],
    };
  });
}
