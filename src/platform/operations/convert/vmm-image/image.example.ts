import { cacheDirectory } from '../../../guest/image/cache.ts';
import { missingForMachines } from '../../../lab/machines/machines.example.ts';
import { localShell } from '../../../remote/local.ts';
import { vmmImage } from './vmm-image.ts';

/** Before all lab tests: packages that are fetched slowly are in no test's time. */
export async function setup(): Promise<void> {
  if (missingForMachines().length === 0) await vmmImage(localShell, cacheDirectory(process.env));
}
