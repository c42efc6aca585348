import type { Shell } from '../../../remote/shell.ts';
import { readBlockDevices } from './block-devices.ts';
import { readBootLoader, type BootLoader } from './boot-loader.ts';
import { readBootTimes, type BootTimes } from './boot-times.ts';
import { readDeviceModules } from './device-modules.ts';
import { readCiphers, type Cipher } from './ciphers.ts';
import { disksOf, leftOutOf, type Disk, type LeftOut, type Volume } from './disks.ts';
import { guestDrivers, type GuestDrivers } from './drivers.ts';
import { readFileSystems } from './file-systems.ts';
import { readDiskNames, type DiskName } from './fstab.ts';
import { readFirmware, type Firmware } from './firmware.ts';
import { readHardwareClock, type HardwareClock } from './hardware-clock.ts';
import { readInitramfs } from './initramfs.ts';
import { carrierOf, readNetwork, type Interface, type Network } from './interfaces.ts';
import { readKernel, type Kernel } from './kernel.ts';
import { readKexec, type Kexec } from './kexec.ts';
import { look } from './look.ts';
import { readLvmDevices } from './lvm-devices.ts';
import { readMemory, type Memory } from './memory.ts';
import { readOtherHardware, type OtherDevice } from './other-hardware.ts';
import { readProcessor, type Processor } from './processor.ts';
import { readReadRate } from './read-rate.ts';
import { readServices, type Services } from './services.ts';
import { readTracker, type Tracker } from './tracker.ts';
import { readWriteRates } from './write-rate.ts';

/** What a running machine is like, as far as its conversion is concerned. */
export interface Inspection {
  /** As the inventory names it. */
  host: string;
  /** `Debian GNU/Linux 12 (bookworm)` */
  system: string;
  /** In the kernel's order. */
  disks: Disk[];
  leftOut: LeftOut[];
  /** Where `/` is; undefined where no disk has it: the network, memory. */
  root?: { disk: string; volume: Volume };
  firmware: Firmware;
  bootLoader: BootLoader;
  kernel: Kernel;
  drivers: GuestDrivers;
  /** Disks that it calls by names that are others in a guest: `/dev/sda1`. */
  diskNames: DiskName[];
  /** Volumes that LVM knows by their hardware: `/dev/sda3`. */
  lvmDevices: string[];
  /** Of `/etc/crypttab`. */
  ciphers: Cipher[];
  /** Why its initramfs could not be read. */
  initramfsProblem?: string;
  network: Network;
  /** What carries its address. */
  carrier?: Interface;
  /** Modules that drive its disks and the carrier. */
  deviceModules: string[];
  kexec: Kexec;
  services: Services;
  memory: Memory;
  processor: Processor;
  hardwareClock: HardwareClock;
  otherHardware: OtherDevice[];
  tracker: Tracker;
  bootTimes: BootTimes;
  /** Of all its disks, in bytes a second. */
  writeRate: { rate: number; watched: number };
  /** Of the disk of `/`, read in large pieces; bytes a second. */
  readRate?: number;
}

/**
 * Looks at a running machine, as root, and changes nothing on it.
 * @param watch seconds for which its writes are counted
 * @throws CommandError, or Error saying what a tool printed, if something is not to be found out
 */
export async function inspectSource(
  shell: Shell,
  { watch, signal }: { watch: number; signal?: AbortSignal },
): Promise<Inspection> {
  const found = [await readBlockDevices(shell), await readFileSystems(shell)] as const;
  const disks = disksOf(...found);
  const root = rootOf(disks);
  const disk = root?.disk ?? disks[0]?.path ?? '/dev/null';
  const watching = readWriteRates(shell, watch, signal);
  // Awaited last: an error of the others must not leave it without a listener.
  watching.catch(() => undefined);
  const { kernel, modules } = await readKernel(shell);
  const initramfs = await readInitramfs(shell, kernel.initramfs);
  const network = await readNetwork(shell);
  const carrier = carrierOf(network);
  const rest = {
    system: await readSystem(shell),
    firmware: await readFirmware(shell),
    diskNames: await readDiskNames(shell),
    lvmDevices: await readLvmDevices(shell),
    ciphers: await readCiphers(shell, initramfs),
    bootLoader: await readBootLoader(shell, disk),
    deviceModules: await readDeviceModules(
      shell,
      disks.map(({ path }) => path),
      carrier?.name ?? 'lo',
    ),
    kexec: await readKexec(shell),
    services: await readServices(shell),
    memory: await readMemory(shell),
    processor: await readProcessor(shell),
    hardwareClock: await readHardwareClock(shell),
    otherHardware: await readOtherHardware(shell),
    tracker: await readTracker(shell, disk),
    bootTimes: await readBootTimes(shell),
  };
  signal?.throwIfAborted();
  const rates = (await watching).filter((each) => disks.some(({ path }) => path === each.disk));
  const readRate = root === undefined ? undefined : await readReadRate(shell, disk);
  return {
    ...{ host: shell.host, disks, leftOut: leftOutOf(...found), kernel, network, ...rest },
    drivers: guestDrivers(modules, initramfs),
    ...(root && { root }),
    ...(carrier && { carrier }),
    ...(initramfs.state === 'unreadable' && { initramfsProblem: initramfs.reason }),
    ...(initramfs.state === 'none' && { initramfsProblem: 'none is in the usual places' }),
    writeRate: {
      rate: rates.reduce((sum, { rate }) => sum + rate, 0),
      watched: rates[0]?.watched ?? 0,
    },
    ...(readRate !== undefined && { readRate }),
  };
}

function rootOf(disks: readonly Disk[]): Inspection['root'] {
  for (const { path, volumes } of disks) {
    const volume = volumes.find(({ mountPoint }) => mountPoint === '/');
    if (volume !== undefined) return { disk: path, volume };
  }
  return undefined;
}

async function readSystem(shell: Shell): Promise<string> {
  const text = await look(shell, 'cat /etc/os-release 2>/dev/null || uname -sr');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? text.split('\n')[0] ?? 'unknown';
}
