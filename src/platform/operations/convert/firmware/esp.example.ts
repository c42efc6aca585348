import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MiB = 2 ** 20;
/** Where the EFI system partition begins, and how large it is, in MiB. */
export const esp = { at: 1, mebibytes: 64 };
const espType = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const linuxType = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const espId = '6A0C0B0E-2F4D-4A4B-9C55-0D6E1F2A3B4C';
const grub = '/usr/lib/grub/x86_64-efi';
const modules = [
  ...['part_gpt', 'fat', 'ext2', 'normal', 'test', 'loadenv', 'halt', 'boot', 'linux'],
  ...['search', 'search_fs_uuid', 'configfile', 'echo', 'sleep'],
];

const path = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };

/** Runs a tool of the system, also from its sbin folders. */
export function runTool(program: string, args: readonly string[], input?: string): string {
  return execFileSync(program, args, {
    ...{ env: path, encoding: 'utf8' },
    ...(input !== undefined && { input }),
  });
}

/**
 * What keeps disks for UEFI from being made here; see scripts/setup/needs.mjs.
 * @throws Error in CI, where no such test may skip itself
 */
export function missingForUefi(): string[] {
  const all = ['sfdisk', 'mkfs.vfat', 'mcopy', 'grub-mkimage', `${grub}/linux.mod`];
  const missing = all.filter((name) => {
    try {
      runTool('sh', ['-c', '[ -e "$1" ] || command -v "$1"', 'look', name]);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0 && process.env.CI === 'true') throw new Error(missing.join(', '));
  return missing;
}

/**
 * Makes a raw, sparse disk with a GPT and an EFI system partition, which is its second one.
 * @param loaders path on that partition → GRUB's configuration beside it
 * @param root MiB of a first partition, empty, behind that
 */
export function makeUefiDisk(
  disk: string,
  loaders: Readonly<Record<string, readonly string[]>>,
  root = 1,
): { rootAt: number } {
  const rootAt = esp.at + esp.mebibytes;
  runTool('truncate', ['-s', `${rootAt + root + 1}M`, disk]);
  // The root is the first one, as the kernel's arguments of a plain machine have it.
  const table = [
    'label: gpt',
    `2: start=${esp.at}MiB, size=${esp.mebibytes}MiB, type=${espType}, uuid=${espId}`,
    `1: start=${rootAt}MiB, size=${root}MiB, type=${linuxType}`,
  ];
  runTool('sfdisk', ['-q', disk], `${table.join('\n')}\n`);
  const image = `${disk}.esp`;
  rmSync(image, { force: true });
  runTool('mkfs.vfat', ['-C', image, String(esp.mebibytes * 1024)]);
  runTool('mmd', ['-i', image, '::/EFI']);
  for (const [file, lines] of Object.entries(loaders)) {
    const folder = dirname(file);
    const [program, config] = [`${disk}.efi`, join(dirname(disk), 'grub.cfg')];
    const format = ['-O', 'x86_64-efi', '-d', grub, '-p', folder];
    runTool('grub-mkimage', [...format, '-o', program, ...modules]);
    writeFileSync(config, lines.map((line) => `${line}\n`).join(''));
    runTool('mmd', ['-i', image, `::${folder}`]);
    runTool('mcopy', ['-i', image, program, `::${file}`]);
    runTool('mcopy', ['-i', image, config, `::${folder}/grub.cfg`]);
  }
  const copy = [`of=${disk}`, `seek=${esp.at}`, 'bs=1M', 'conv=notrunc,sparse', 'status=none'];
  runTool('dd', [`if=${image}`, ...copy]);
  return { rootAt };
}

/** HD(2,GPT,…), as hexadecimal digits: that partition, wherever its disk is attached. */
export function espNode(): string {
  const node = Buffer.alloc(42);
  node.set([4, 1, node.length], 0);
  node.writeUInt32LE(2, 4);
  node.writeBigUInt64LE(BigInt((esp.at * MiB) / 512), 8);
  node.writeBigUInt64LE(BigInt((esp.mebibytes * MiB) / 512), 16);
  const [a = '', b = '', c = '', ...rest] = espId.split('-');
  const id = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse());
  Buffer.concat([...id, Buffer.from(rest.join(''), 'hex')]).copy(node, 24);
  node.set([2, 2], 40);
  return node.toString('hex');
}
