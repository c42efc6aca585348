import type { Shell } from '../../remote/shell.ts';
import { ask } from '../ask.ts';

/** How the parameters of one mounted client are called, as patterns for `lctl`. */
export interface ClientNames {
  /** `lustre-ffff88811222a800`, of `llite.*` */
  llite: string;
  /** `lustre-OST*-osc-ffff88811222a800` */
  osc: string;
  mdc: string;
}

/** By `lfs getname`; where that does not tell, all clients of the file system on this host. */
export async function clientNames(
  shell: Shell,
  directory: string,
  fsname: string | undefined,
): Promise<ClientNames> {
  const answer = await ask(shell, ['lfs', 'getname', directory]);
  const [, name, instance] =
    (answer.ok && /^(\w[\w-]*?)-([0-9a-f]{8,})\b/m.exec(answer.stdout)) || [];
  const fs = name ?? fsname ?? '*';
  // Servers call theirs …-osc-MDT0000.
  const own = instance ?? '[^M]*';
  return {
    llite: `${fs}-${instance ?? '*'}`,
    osc: `${fs}-OST*-osc-${own}`,
    mdc: `${fs}-MDT*-mdc-${own}`,
  };
}
