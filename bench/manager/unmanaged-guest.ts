import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDisk } from '../../src/manager/agent/guests/disks.ts';
import { Ground, identifyStorage } from '../../src/manager/agent/guests/ground.ts';
import { usualMethod } from '../../src/manager/agent/guests/moves/send.ts';
import type { GuestShape } from '../../src/manager/wire/messages/kinds.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import type { AcceleratorName } from '../../src/platform/hypervisor/hypervisor.ts';
import { qemu } from '../../src/platform/hypervisor/qemu/qemu.ts';
import { startGuest } from '../../src/platform/operations/create.ts';
import { migrateGuest } from '../../src/platform/operations/migrate.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { markedStorage } from '../guests/marked-storage.ts';

const name = 'alone';
/** Seconds for the guest to answer first. */
const bootTimeout = 120;

/** A guest as agents make theirs, moved by us alone. */
export interface UnmanagedGuest {
  /** @returns milliseconds from the call until it is proven there, and gone where it was */
  move(): Promise<number>;
  close(): Promise<void>;
}

export async function startUnmanaged(
  { directory, ledger, signal }: Pick<BenchmarkContext, 'directory' | 'ledger' | 'signal'>,
  { accelerator, cpu }: { accelerator: AcceleratorName; cpu: string },
  shape: GuestShape,
): Promise<UnmanagedGuest> {
  const cache = cacheDirectory(process.env);
  const { mark, path } = await markedStorage(ledger, cache);
  const groundOf = (host: string) =>
    new Ground({
      ...{ name: host, address: '127.0.0.1', runtime: join(directory, host), hypervisor: 'qemu' },
      ...{ storages: [identifyStorage('shared', path)], accelerator, cpu, cache, mark },
      ...{ bridge: undefined, images: undefined, cluster: 'none', mayStart: () => true },
    });
  const [first, second] = [groundOf('one'), groundOf('two')];
  const spec = await first.spec(name, shape);
  await mkdir(dirname(spec.disk.path), { recursive: true });
  const { path: template } = await first.template(shape);
  await makeDisk(template, spec.disk.path, shape.disk, signal);
  await mkdir(spec.directory, { recursive: true });
  let created = await startGuest({ host: first.host, hypervisor: qemu }, spec, bootTimeout, signal);

  return {
    async move() {
      const from = performance.now();
      const target = created.guest.host === first.host ? second : first;
      const moved = await target.spec(name, shape);
      await mkdir(moved.directory, { recursive: true });
      const method = { ...usualMethod, disk: 'shared' } as const;
      const request = { created, target: target.host, spec: moved, method };
      const result = await migrateGuest(request, signal);
      if (result.state !== 'completed') {
        throw new Error(`a migration did not complete: ${JSON.stringify(result)}`);
      }
      created = result.guest;
      return performance.now() - from;
    },
    close: () => created.guest.destroy(),
  };
}
