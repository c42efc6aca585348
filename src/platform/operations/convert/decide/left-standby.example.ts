import { join } from 'node:path';
import { exampleSpec } from '../../../hypervisor/libvirt/domain/guest-spec.example.ts';
import type { Host } from '../../../remote/host.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { guestSpecSchema } from '../standing/guest-spec.ts';
import type { ConversionRecord } from '../standing/record.ts';

/** A copy that was kept in step, which is served still. */
export const standby = { exportName: 'copy' };

/**
 * A host on which every command succeeds.
 * @param done gets what is done there: the name of its script, or the program
 * @param failing what does not succeed
 */
export function tellingHost(name: string, done: string[], failing?: string): Host {
  const here = thisMachine('/nonexistent', name);
  const run = (argv: readonly string[]) => {
    const [script = '', more = ''] = argv[0] === 'sh' ? argv.slice(3) : argv;
    done.push(`${name}: ${script}${script === 'release' ? ` ${more}` : ''}`);
    if (script === failing) return Promise.reject(new Error(script));
    return Promise.resolve({ stdout: '', stderr: '' });
  };
  return { ...here, shell: { ...here.shell, run } };
}

/** @param folder with the sockets of the guest at the source; that on the target has ended */
export function leftRecord(folder: string): ConversionRecord {
  const entry = { address: '192.0.2.1', runtime: '/run/vg', storages: {} };
  const spec = (directory: string) => guestSpecSchema.parse({ ...exampleSpec, directory });
  return {
    ...{ version: 2, method: 'native-switch', diskBytes: 2 ** 30, guest: spec(folder) },
    ...{ source: { name: 'web1', ...entry }, vmm: { name: 'vmm', ...entry } },
    bootPath: { config: '/boot/grub/grub.cfg', folder: '/boot', disk: '/dev/sda', tombstoneAt: 0 },
    target: { host: { name: 'node2', ...entry }, guest: spec(join(folder, 'absent')) },
  };
}
