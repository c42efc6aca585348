import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** From a device up to the machine's bus: the modules of all drivers on the way. */
const script = `
for start in "/sys/class/block/$1" "/sys/class/net/$2"; do
  at=$(readlink -f "$start/device" 2>/dev/null) || continue
  while [ -n "$at" ] && [ "$at" != / ] && [ "$at" != /sys ]; do
    module=$(readlink -f "$at/driver/module" 2>/dev/null) && [ -d "$module" ] && basename "$module"
    at=\${at%/*}
  done
done
true`;

/**
 * The modules that drive a disk and a network interface, as they are called; those that are built
 * in are not told of.
 * @param disk `/dev/vda`
 * @param nic `eth0`
 */
export async function readDeviceModules(
  shell: Shell,
  disk: string,
  nic: string,
): Promise<string[]> {
  const args = [disk.replace(/^\/dev\//, '').replaceAll('/', '!'), nic];
  const text = await look(shell, script, { args });
  return [...new Set(text.split('\n').filter((line) => /^\w+$/.test(line)))];
}
