import { z } from 'zod';
import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';
import { parseToolJson } from './tool-json.ts';

/** A disk, or what lies on one: a partition, a logical volume, an array, … */
export interface BlockDevice {
  /** Such as `/dev/vda1` or `/dev/dm-0`. */
  path: string;
  /** As people call it: `vda1`, `vg-root`. */
  name: string;
  /** lsblk's word: `disk`, `part`, `lvm`, `crypt`, `raid1`, `mpath`, `loop`, `rom`. */
  type: string;
  /** Bytes. */
  size: number;
  /** Bytes of its sectors as it counts them, where they are not 512. */
  sector?: number;
  readOnly: boolean;
  /** How it is attached: `sata`, `nvme`, `usb`, …; undefined where the kernel does not tell. */
  transport?: string;
  model?: string;
  /** Partition table: `gpt`, `dos`; undefined without one, or where lsblk is too old to tell. */
  table?: string;
  /** What is on it: `ext4`, `swap`, `LVM2_member`; undefined if nothing is known to be. */
  content?: string;
  uuid?: string;
  /** One of the places where it is mounted, `/` if that is among them; `[SWAP]` for swap in use. */
  mountPoint?: string;
  /** What lies on it; a device that lies on several is below each of them. */
  parts: BlockDevice[];
}

/** Columns that lsblk has had since 2.27 (2015). */
const columns = 'NAME,KNAME,TYPE,SIZE,LOG-SEC,RO,TRAN,MODEL,FSTYPE,UUID,MOUNTPOINT';
/** With those that it has had since 2.33. */
const more = `${columns},PTTYPE`;
/** With those that it has had since 2.37. */
const most = `${more},MOUNTPOINTS`;

/** Where lsblk lacks a column it fails and prints no device. */
const script = [
  `lsblk --json -b -o ${most} 2>/dev/null`,
  `lsblk --json -b -o ${more} 2>/dev/null`,
  `lsblk --json -b -o ${columns}`,
].join(' || ');

/**
 * The block devices of a machine, as a tree: disks first.
 * @throws CommandError if it has no lsblk
 */
export async function readBlockDevices(shell: Shell): Promise<BlockDevice[]> {
  return parseBlockDevices(await look(shell, script));
}

const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || undefined);

/** Numbers and truth were strings before lsblk 2.33. */
const deviceSchema = z.object({
  name: z.string(),
  kname: z.string(),
  type: z.string(),
  size: z.coerce.number(),
  'log-sec': z.coerce.number().nullish(),
  ro: z.union([z.boolean(), z.enum(['0', '1']).transform((digit) => digit === '1')]),
  tran: text,
  model: text,
  pttype: text,
  fstype: text,
  uuid: text,
  mountpoint: text,
  // Holds a null where nothing is mounted.
  mountpoints: z.array(text).nullish(),
  get children(): z.ZodDefault<z.ZodArray<typeof deviceSchema>> {
    return z.array(deviceSchema).default([]);
  },
});

const schema = z.object({ blockdevices: z.array(deviceSchema) });

/**
 * Reads what `lsblk --json -b` prints, of 2.27 or newer.
 * @throws UserError if it is something else
 */
export function parseBlockDevices(json: string): BlockDevice[] {
  const { blockdevices } = parseToolJson(schema, json, {
    what: 'the block devices from lsblk --json',
    remedy: 'util-linux 2.27 or newer has to be there.',
  });
  return blockdevices.map(deviceOf);
}

function deviceOf(raw: z.infer<typeof deviceSchema>): BlockDevice {
  const { name, kname, type, size, ro, tran, model, pttype, fstype, uuid } = raw;
  const mountPoint = mountPointOf(raw);
  const sector = raw['log-sec'] ?? 512;
  return {
    ...{ path: `/dev/${kname.replaceAll('!', '/')}`, name, type, size, readOnly: ro },
    ...(sector !== 512 && { sector }),
    ...(tran !== undefined && { transport: tran }),
    ...(model !== undefined && { model }),
    ...(pttype !== undefined && { table: pttype }),
    ...(fstype !== undefined && { content: fstype }),
    ...(uuid !== undefined && { uuid }),
    ...(mountPoint !== undefined && { mountPoint }),
    parts: raw.children.map(deviceOf),
  };
}

/** Of a file system that is mounted in several places, as btrfs often is, MOUNTPOINT names only one. */
function mountPointOf({ mountpoint, mountpoints }: z.infer<typeof deviceSchema>) {
  const all = (mountpoints ?? []).filter((each) => each !== undefined);
  return all.includes('/') ? '/' : (mountpoint ?? all[0]);
}
