import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** From a device up to the machine's bus: the modules of all drivers on the way. */
const script = `
for start; do
  at=$(readlink -f "$start/device" 2>/dev/null) || continue
  while [ -n "$at" ] && [ "$at" != / ] && [ "$at" != /sys ]; do
    module=$(readlink -f "$at/driver/module" 2>/dev/null) && [ -d "$module" ] && basename "$module"
    at=\${at%/*}
  done
done
true`;

/**
 * The modules that drive disks and a network interface, as they are called; those that are built in are
 * not told of.
 * @param disks `/dev/vda`
 * @param nic `eth0`
 */
export async function readDeviceModules(
  shell: Shell,
  disks: readonly string[],
  nic: string,
): Promise<string[]> {
  const names = disks.map((disk) => disk.replace(/^\/dev\//, '').replaceAll('/', '!'));
  const args = [...names.map((name) => `/sys/class/block/${name}`), `/sys/class/net/${nic}`];
  const text = await look(shell, script, { args });
  return [...new Set(text.split('\n').filter((line) => /^\w+$/.test(line)))];
}
