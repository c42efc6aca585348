import { cacheDirectory } from '../../guest/image/cache.ts';
import { localShell } from '../../remote/local.ts';
import { machineImage } from './image/index.ts';
import { missingForMachines } from './machines.example.ts';

/**
 * Before all lab tests: the images of machines, which take minutes where the cache has none, so that
 * no test pays for them.
 */
export async function setup(): Promise<void> {
  if (missingForMachines().length > 0) return;
  for (const kind of ['xen', 'kvm'] as const) {
    await machineImage(localShell, cacheDirectory(process.env), kind, { progress: console.log });
  }
}
