/** HD(1,GPT,…,0x800,0x100000), as efibootmgr writes it. */
const partition = `04012a000100000000080000000000000000100000000000${'5a'.repeat(16)}0202`;
const end = '7fff0400';

/** A variable `Boot####` as hexadecimal digits, without its attributes, for tests. */
export function loadOption({
  name = 'debian',
  file = '\\EFI\\BOOT\\BOOTX64.EFI',
  active = true,
  disk = partition,
  path,
}: {
  name?: string;
  file?: string;
  active?: boolean;
  /** Node of its device path: the partition. */
  disk?: string;
  /** Nodes of its device path, instead of those of a file. */
  path?: string;
}): string {
  const text = Buffer.from(`${file}\0`, 'utf16le');
  const node = Buffer.from([4, 4, 0, 0]);
  node.writeUInt16LE(node.length + text.length, 2);
  const nodes = path ?? `${disk}${node.toString('hex')}${text.toString('hex')}`;
  const header = Buffer.alloc(6);
  header.writeUInt32LE(active ? 1 : 0, 0);
  header.writeUInt16LE((nodes.length + end.length) / 2, 4);
  return `${header.toString('hex')}${Buffer.from(`${name}\0`, 'utf16le').toString('hex')}${nodes}${end}`;
}

/** What a look at the variables of a firmware prints. */
export function variables(order: readonly number[], options: Readonly<Record<string, string>>) {
  const bytes = Buffer.alloc(2 * order.length);
  order.forEach((number, index) => bytes.writeUInt16LE(number, 2 * index));
  const lines = Object.entries(options).map(([number, option]) => `Boot${number} ${option}\n`);
  return `BootCurrent 0000\nBootOrder ${bytes.toString('hex')}\n${lines.join('')}`;
}
