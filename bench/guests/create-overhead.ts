import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { hypervisorNamed } from '../../src/platform/hypervisor/index.ts';
import { createGuest, type CreateRequest } from '../../src/platform/operations/create.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { freeUdpPort } from '../processes/free-udp-port.ts';
import { within } from '../figures/goal.ts';
import { prepareGuestBed } from './guest-bed.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { scriptCommandLine } from './script-command-line.ts';

const goal = 50;

/** From the request to the first answer of the guest's service, each stamped by the side itself. */
export const createOverhead: Benchmark = {
  name: 'create-overhead',
  about: 'creating a guest, to its first answer; the other: a shell script with the same QEMU',
  async run(context) {
    const { signal, pairs: count = 20, progress } = context;
    const bed = await prepareGuestBed(context);
    const side = (create: typeof byVirtgauge, name: string) => async (index: number) => {
      signal.throwIfAborted();
      const request = await bed.request(`${name}-${index}`);
      const milliseconds = await create(request, signal);
      await rm(request.diskPath, { force: true });
      return milliseconds;
    };
    const sides = { ours: side(byVirtgauge, 'ours'), other: side(byScript, 'script') };
    // Kernel, QEMU and bash come from the page cache from then on.
    await sides.ours(-1);
    await sides.other(-1);
    const pairs = await interleavedPairs(count, sides, ({ ours, other }, done) => {
      progress(`pair ${done} of ${count}: ${ours.toFixed(0)} and ${other.toFixed(0)} ms`);
    });
    const interval = medianInterval(pairs.map(({ ours, other }) => ours - other));
    return [
      {
        name: 'create-overhead',
        unit: 'ms',
        ...compared(pairs, 'difference'),
        goal: `difference ≤ ${goal} ms`,
        outcome: within(interval, { high: goal }),
        note: `difference ${intervalText(interval, 'ms')}, under ${bed.accelerator}`,
      },
    ];
  },
};

async function byVirtgauge(request: CreateRequest, signal: AbortSignal): Promise<number> {
  const { guest, stamps } = await createGuest(
    { host: thisMachine(cacheDirectory(process.env)), hypervisor: hypervisorNamed('qemu') },
    request,
    signal,
  );
  await guest.destroy();
  return (stamps.service - stamps.requested) * 1000;
}

async function byScript(request: CreateRequest, signal: AbortSignal): Promise<number> {
  const { spec, template, diskPath } = request;
  const port = await freeUdpPort();
  const disk = { ...spec.disk, path: diskPath, format: 'qcow2' } as const;
  const script = join(packageRoot, 'bench/guests/create-overhead.sh');
  const { stdout } = await localShell.run(
    [
      ...(['bash', script, template.path, template.format, diskPath, String(port)] as const),
      ...scriptCommandLine({ ...spec, disk }, port),
    ],
    { env: spec.environment, signal },
  );
  return Number(stdout) / 1000;
}
