/** What a UEFI firmware is told to start, in one of its variables `Boot####`. */
export interface BootEntry {
  /** Four hexadecimal digits: `0003`. */
  number: string;
  /** As it calls it for people: `debian`. */
  name: string;
  /** Path on the partition: `\\EFI\\debian\\shimx64.efi`. */
  file: string;
  /** The variable's whole value (EFI_LOAD_OPTION), as hexadecimal digits. */
  option: string;
}

/** Of a node of a device path: its type and subtype. */
const hardDrive = 0x0401;
const filePath = 0x0404;
/** Of the attributes of a load option. */
const active = 1;

/**
 * The entries that start a file of a disk, wherever that disk is attached, in the firmware's order: only
 * those mean the same in a guest. Others (the network, a slot of a controller) are left out.
 * @param text lines of `NAME HEX`: the variables `BootOrder` and `Boot####`, without their attributes
 */
export function parseBootEntries(text: string): BootEntry[] {
  const values = new Map(
    [...text.matchAll(/^(Boot\w+) ([0-9a-f]*)$/gm)].map(([, name = '', hex = '']) => [name, hex]),
  );
  const order = Buffer.from(values.get('BootOrder') ?? '', 'hex');
  const numbers = Array.from({ length: order.length >> 1 }, (_, index) =>
    order
      .readUInt16LE(2 * index)
      .toString(16)
      .toUpperCase()
      .padStart(4, '0'),
  );
  return numbers.flatMap((number) => {
    const option = values.get(`Boot${number}`) ?? '';
    const entry = entryOf(Buffer.from(option, 'hex'));
    return entry === undefined ? [] : [{ number, ...entry, option }];
  });
}

/** UEFI specification 2.10, 3.1.3 (load option) and 10.3 (device path). */
function entryOf(option: Buffer): Pick<BootEntry, 'name' | 'file'> | undefined {
  if (option.length < 8 || (option.readUInt32LE(0) & active) === 0) return undefined;
  let end = 6;
  while (end + 2 <= option.length && option.readUInt16LE(end) !== 0) end += 2;
  const name = option.toString('utf16le', 6, end);
  const path = option.subarray(end + 2, end + 2 + option.readUInt16LE(4));
  const [disk, file] = nodesOf(path);
  if (disk?.kind !== hardDrive || file?.kind !== filePath) return undefined;
  return { name, file: file.data.toString('utf16le').replace(/\0+$/, '') };
}

function nodesOf(path: Buffer): { kind: number; data: Buffer }[] {
  const nodes = [];
  for (let at = 0; at + 4 <= path.length;) {
    const length = path.readUInt16LE(at + 2);
    if (length < 4) break;
    nodes.push({ kind: path.readUInt16BE(at), data: path.subarray(at + 4, at + length) });
    at += length;
  }
  return nodes;
}
