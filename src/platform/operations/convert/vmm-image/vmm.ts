/**
 * A small system that a machine enters by kexec: kernel, busybox, QEMU, sshd. Built from packages of
 * this machine's distribution; a folder of the cache.
 */
export interface VmmImage {
  /** Changes when anything in it changes. */
  key: string;
  /** bzImage, as distributed: for a boot loader, and for kexec under lockdown. */
  kernel: string;
  /** The same uncompressed, which kexec starts sooner; absent where it cannot be unpacked. */
  unpacked?: string;
  /** A cpio archive, compressed if lz4 is here; an order is appended to it (see `makeOrder`). */
  initramfs: string;
  /** Its kernel's modules for hardware: modprobe's root, which has `lib/modules/VERSION`. */
  modules: { root: string; version: string };
  /** Folder with kexec, its libraries and their loader, for a source that has none. */
  kexec: string;
  /** Of kernel, QEMU, busybox, sshd, kexec. */
  versions: Readonly<Record<string, string>>;
}

/**
 * What it does once it is up. `rescue`: answers to ssh, touches no disk. `switch`: runs the machine's
 * own disk as a guest, unless its tombstone is set; then it is as `rescue`. Kernel argument `vg.mode`.
 */
export type VmmMode = 'rescue' | 'switch';

/** Who the VMM is in the network, and who may log in. */
export interface VmmIdentity {
  /** Its own address with the length of the prefix, never the machine's: `10.77.0.200/24`. */
  address: string;
  gateway?: string;
  /** Key of its sshd, private, Ed25519 in OpenSSH's form. */
  hostKey: string;
  /** Line of `authorized_keys` for root. */
  authorizedKey: string;
}
