import type { Shell } from '../../../remote/shell.ts';
import type { Guest } from '../../hypervisor.ts';
import { monitorOf } from '../monitor.ts';
import type { Qmp } from '../qmp.ts';

/** A QEMU whose state is written or read. */
export interface StateHolder {
  shell: Shell;
  qmp: Qmp;
  /** Resolves with the reason when its process has ended. */
  gone: Promise<string>;
  /** Its sockets and logs lie here. */
  directory: string;
}

export function holderOf(guest: Guest): StateHolder {
  const { host, gone, spec } = guest;
  return { shell: host.shell, qmp: monitorOf(guest), gone, directory: spec.directory };
}
