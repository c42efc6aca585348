import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../../guest/image/cache.ts';
import { thisMachine } from '../../remote/this-machine.ts';
import { microSpec } from '../micro-spec.example.ts';
import { monitorOf } from './monitor.ts';
import { qemu } from './qemu.ts';

/** A guest of this machine with two empty disks of a MiB, which starts nothing. */
export async function launchWithTwoDisks(folder: string, name: string, mac: string) {
  const [path, second] = [join(folder, 'disk.raw'), join(folder, 'second.raw')];
  for (const file of [path, second]) writeFileSync(file, Buffer.alloc(2 ** 20));
  const directory = join(folder, 'run');
  const one = microSpec({}, { name, mac, directory, memory: 64 * 2 ** 20, disk: { path } });
  const spec = { ...one, moreDisks: [{ ...one.disk, path: second }] };
  const host = thisMachine(cacheDirectory(process.env));
  await host.shell.run(['mkdir', '-p', directory]);
  const guest = await qemu.launch(host, spec);
  return {
    ...{ guest, host, spec, path, second },
    /** As the guest would do it: 4 KiB of a byte. */
    write: async (pattern: number, at = 0, drive: 'disk0' | 'disk1' = 'disk0') => {
      const lines = [`qemu-io ${drive} "write -P ${pattern} ${at} 4k"`, `qemu-io ${drive} "flush"`];
      for (const line of lines) {
        await monitorOf(guest).execute('human-monitor-command', { 'command-line': line });
      }
    },
  };
}
