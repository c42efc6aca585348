import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { probedAccelerator } from '../../src/harness/runner/accelerator.ts';
import { guestSpec } from '../../src/harness/runner/guest-spec.ts';
import { requireHosts } from '../../src/harness/runner/requirements.ts';
import { levelsSchema } from '../../src/harness/scenario/levels.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { microImage } from '../../src/platform/guest/image/index.ts';
import { placeTemplate, templateSource } from '../../src/platform/guest/image/template.ts';
import type { AcceleratorName } from '../../src/platform/hypervisor/hypervisor.ts';
import { markEnvironment } from '../../src/platform/ledger/kinds/marked-processes.ts';
import type { CreateRequest } from '../../src/platform/operations/create.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { markedStorage } from './marked-storage.ts';

/** What guests of a benchmark are made from: the micro guest with every default, cloned. */
export interface GuestBed {
  readonly accelerator: AcceleratorName;
  /** First byte of each guest's disk that may be overwritten. */
  readonly dataOffset: number;
  /** What to create for a guest of this name, by which its files are called. */
  request(name: string): Promise<CreateRequest>;
}

/**
 * @param dataBytes how much of each guest's disk may be overwritten: bytes that nothing compresses
 * @param keepSource whether what the template is made from stays in the cache for the next time
 * @throws UserError if this machine lacks something
 */
export async function prepareGuestBed(
  { directory, ledger, progress }: BenchmarkContext,
  dataBytes = 0,
  { keepSource = true } = {},
): Promise<GuestBed> {
  const cache = cacheDirectory(process.env);
  const levels = { ...levelsSchema.parse({}), storage: 'local' };
  const host = thisMachine(cache);
  await requireHosts([host], { arms: [levels] });
  const { mark, path: disks } = await markedStorage(ledger, cache);
  const environment = markEnvironment(mark);

  progress('preparing the guest image and the accelerator');
  const image = await microImage(localShell, cache);
  const { chosen: accelerator } = await probedAccelerator({
    ...{ host, cache, environment },
    runtime: directory,
  });
  const template = { path: join(disks, 'template.qcow2'), format: 'qcow2' } as const;
  const sources = keepSource ? cache : join(disks, 'sources');
  await mkdir(sources, { recursive: true });
  const source = await templateSource(localShell, sources, image, dataBytes);
  await placeTemplate(localShell, source, template.path, template.format);
  if (!keepSource) await rm(sources, { recursive: true });

  return {
    accelerator,
    dataOffset: image.diskSize,
    async request(name) {
      const guestDirectory = join(directory, name);
      await mkdir(guestDirectory, { recursive: true });
      return {
        spec: guestSpec({
          ...{ name: `vg-${name}`, levels, image, accelerator, environment },
          network: { kind: 'user' },
          directory: guestDirectory,
          consoleLog: join(guestDirectory, 'console.log'),
        }),
        template,
        diskPath: join(disks, `${name}.qcow2`),
        provisioning: { method: 'clone', durability: 'synced' },
        bootTimeout: 120,
      };
    },
  };
}
