import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Argv, Shell } from '../../../remote/shell.ts';
import { quote } from '../../../remote/ssh/quote.ts';
import type { SourceFacts } from '../conversion.ts';
import { packTree } from './pack-tree.ts';
import type { VmmIdentity, VmmImage, VmmMode } from './vmm.ts';
import { loadOrder } from './vmm-kernel.ts';

/** What a VMM runs in mode `switch`. */
export interface VmmGuest {
  /** QEMU's command line, which lets the CPUs go by itself, or by what it reads first. */
  argv: Argv;
  /** What it reads on its standard input, whole; absent: nothing. */
  input?: string;
  /** The tap that it opens, for the VMM's bridge. */
  tap: string;
  accelerator: 'kvm' | 'tcg';
  /** Files of the controller that `argv` names as `orderedKernel` and `orderedInitramfs`. */
  kernel: string;
  initramfs: string;
}

/** Where the kernel and initramfs of its guest lie in a VMM. */
export const orderedKernel = '/order/kernel';
export const orderedInitramfs = '/order/initramfs';
/** What its QEMU reads first. */
const orderedInput = '/order/input';
/** Folder for the sockets of its guest. */
export const guestFolder = '/run/vm';

/** What one VMM shall be and do, apart from its image. */
export interface VmmOrder {
  facts: Pick<SourceFacts, 'disks' | 'nic' | 'drivers'>;
  identity: VmmIdentity;
  /** Needed for `switch`. */
  guest?: VmmGuest;
  /** Byte of the disk at which the tombstone will stand (see `boot-path/`). */
  tombstone?: number;
  /** Of each disk, where there are several (see `disk-mark.ts`). */
  diskMarks?: readonly string[];
}

const always = ['tun', 'bridge', 'kvm_amd', 'kvm_intel'];

/**
 * Packs an order as an archive, to be appended to the image's initramfs.
 * @param path of the archive; it holds a private key
 */
export async function makeOrder(
  shell: Shell,
  image: VmmImage,
  order: VmmOrder,
  path: string,
): Promise<void> {
  const tree = `${path}.d`;
  const folder = join(tree, 'order');
  await mkdir(join(folder, 'modules'), { recursive: true, mode: 0o700 });
  try {
    const modules = await loadOrder(shell, image.modules, [...order.facts.drivers, ...always]);
    for (const file of modules) await copyFile(file, join(folder, 'modules', basename(file)));
    const text = orderText(
      order,
      modules.map((file) => basename(file)),
    );
    await writeFile(join(folder, 'order'), text);
    await writeFile(join(folder, 'host_key'), order.identity.hostKey, { mode: 0o600 });
    await writeFile(join(folder, 'authorized_keys'), `${order.identity.authorizedKey.trim()}\n`);
    if (order.guest) {
      const { argv, input } = order.guest;
      const from = input === undefined ? '' : ` < ${orderedInput}`;
      await writeFile(join(folder, 'guest'), `exec ${argv.map(quote).join(' ')}${from}\n`);
      if (input !== undefined) await writeFile(join(tree, orderedInput), input);
      await copyFile(order.guest.kernel, join(tree, orderedKernel));
      await copyFile(order.guest.initramfs, join(tree, orderedInitramfs));
    }
    await packTree(shell, tree, path);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/**
 * What `init` reads: a shell's settings.
 * @param modules names of files, in the order in which they are loaded
 */
export function orderText(
  { facts, identity, guest, tombstone, diskMarks = [] }: VmmOrder,
  modules: readonly string[],
): string {
  const [disk] = facts.disks;
  const settings: Record<string, string> = {
    modules: modules.join(' '),
    // Its kernel sees the card as nobody has set it yet.
    nic_mac: (facts.nic.permanentMac ?? facts.nic.mac).toLowerCase(),
    nic_alone: facts.nic.alone ? 'yes' : '',
    own_mac: ownMac(facts.nic.mac),
    address: identity.address,
    gateway: identity.gateway ?? '',
    disks: facts.disks
      .slice(0, diskMarks.length)
      .map(({ path, bytes }, index) => `${path}:${bytes}:${diskMarks[index] ?? ''}`)
      .join(' '),
    disk: disk.path,
    disk_bytes: String(disk.bytes),
    tombstone: tombstone === undefined ? '' : String(tombstone),
    tap: guest?.tap ?? '',
    accelerator: guest?.accelerator ?? '',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('');
}

/**
 * The address of the VMM's own interface, made from that of the hardware, which its guest has: locally
 * administered, so nobody was given it.
 */
export function ownMac(mac: string): string {
  const [first = 0, second = 0, ...rest] = mac.split(':').map((part) => parseInt(part, 16));
  const own = [(first | 2) & 0xfe, second ^ 0x80, ...rest];
  return own.map((part) => part.toString(16).padStart(2, '0')).join(':');
}

/** Arguments of the machine's own kernel without which another one may not run on it as well. */
const carriedOver =
  /^(console|earlycon|tsc|tsc_early_khz|clocksource|iommu|intel_iommu|amd_iommu|acpi\w*|pci\w*|noapic|nolapic|rodata|cryptomgr\.notests|net\.ifnames|mitigations)(=|$)/;

/**
 * Arguments of the VMM's kernel. One that panics restarts the machine, which then starts from its own
 * disk.
 */
export function vmmArguments(mode: VmmMode, facts: Pick<SourceFacts, 'kernel'>): string {
  const own = facts.kernel.commandLine.split(/\s+/).filter((word) => carriedOver.test(word));
  return [...own, 'quiet', 'panic=1', 'oops=panic', 'rdinit=/init', `vg.mode=${mode}`].join(' ');
}
