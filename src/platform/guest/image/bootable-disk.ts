import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';

const sector = 512;
/** Where the partition begins: before it there is room for the boot loader. */
const firstSector = 2048;
const prefix = '(hd0,msdos1)/boot/grub';

/** What it needs for its disk, for a configuration that asks and decides, and to boot Linux. */
const coreModules = [
  ...['biosdisk', 'part_msdos', 'ext2', 'normal', 'test', 'loadenv', 'halt', 'boot', 'linux'],
];

/** Of a disk that boots by BIOS and GRUB. */
export interface BootableDisk {
  /** Folder with all that its only partition is to have. */
  tree: string;
  /** Size of the partition. */
  mebibytes: number;
  /** More of mke2fs's arguments. */
  format?: readonly string[];
  /** GRUB's, that choose what is booted; the partition is its root. */
  commands: readonly string[];
  /** Folder of GRUB's modules for the PC. */
  modules: string;
}

/** Makes a raw, sparse disk with one ext4 partition that boots. No loop device is used. */
export async function makeBootableDisk(
  shell: Shell,
  path: string,
  disk: BootableDisk,
): Promise<void> {
  await writeConfig(disk);
  await makePartition(shell, path, disk);
  await makeBootable(shell, path, disk);
}

/** Where a distribution has it, so that it can be changed while the system runs. */
async function writeConfig({ tree, commands }: BootableDisk): Promise<void> {
  const folder = join(tree, 'boot/grub');
  await mkdir(folder, { recursive: true });
  const lines = [...commands, 'boot'];
  await writeFile(join(folder, 'grub.cfg'), lines.map((line) => `${line}\n`).join(''));
}

async function makePartition(
  shell: Shell,
  path: string,
  { tree, mebibytes, format = [] }: BootableDisk,
): Promise<void> {
  const start = firstSector * sector;
  const size = mebibytes * 2 ** 20;
  await writeFile(path, '');
  await shell.run(['truncate', '-s', String(start + size), path]);
  await shell.run(
    [
      ...(['mke2fs', '-q', '-t', 'ext4', '-m', '0', ...format, '-d', tree] as const),
      ...['-E', `offset=${start},root_owner=0:0`, path, `${size / 1024}k`],
    ],
    { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } },
  );
}

/** GRUB in front of the partition: its first 440 bytes, the partition table, then its core. */
async function makeBootable(
  shell: Shell,
  path: string,
  { mebibytes, modules }: BootableDisk,
): Promise<void> {
  const core = `${path}.core.img`;
  await shell.run([
    ...(['grub-mkimage', '-O', 'i386-pc', '-d', modules, '-p', prefix] as const),
    ...['-o', core, ...coreModules],
  ]);
  const loader = (await readFile(join(modules, 'boot.img'))).subarray(0, 440);
  const file = await open(path, 'r+');
  try {
    const table = partitionTable((mebibytes * 2 ** 20) / sector);
    await file.write(Buffer.concat([loader, Buffer.alloc(6), table]), 0, sector, 0);
    const content = await readFile(core);
    if (content.length > (firstSector - 1) * sector) throw new Error("GRUB's core is too long");
    await file.write(content, 0, content.length, sector);
  } finally {
    await file.close();
  }
  await rm(core);
}

/** One active Linux partition (type 0x83), by sector numbers only, and the mark of a boot sector. */
function partitionTable(sectors: number): Buffer {
  const table = Buffer.alloc(66);
  const noGeometry = [0xfe, 0xff, 0xff];
  table.set([0x80, ...noGeometry, 0x83, ...noGeometry], 0);
  table.writeUInt32LE(firstSector, 8);
  table.writeUInt32LE(sectors, 12);
  table.set([0x55, 0xaa], 64);
  return table;
}
