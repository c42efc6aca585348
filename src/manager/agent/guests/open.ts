import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicClock } from '../../../base/clock.ts';
import { UserError } from '../../../base/errors.ts';
import { cacheDirectory } from '../../../platform/guest/image/cache.ts';
import { probeAccelerators, rememberedChoice } from '../../../platform/hypervisor/accelerator.ts';
import type { AcceleratorName } from '../../../platform/hypervisor/hypervisor.ts';
import { qemu } from '../../../platform/hypervisor/qemu/qemu.ts';
import { randomToken } from '../../../platform/ledger/ledger.ts';
import { makeFolder } from '../../../platform/make-folder.ts';
import { startGuest } from '../../../platform/operations/create.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { writeSynced } from '../../../platform/write-synced.ts';
import { MemberFolder } from '../../member/folder.ts';
import type { RunnerContext } from '../serve.ts';
import { Ground, type AgentStorage } from './ground.ts';
import { localHypervisors, type LocalHypervisorName } from './hypervisors/index.ts';
import { domainMark } from './hypervisors/xen.ts';
import { HostRunner } from './runner.ts';

export type AcceleratorChoice = 'auto' | Exclude<AcceleratorName, 'xen-hvm'>;

export interface OpenRunner extends RunnerContext {
  readonly hypervisor: LocalHypervisorName;
  /** Of the agent. */
  readonly folder: string;
  readonly advertise: string;
  readonly storages: readonly AgentStorage[];
  readonly accelerator: AcceleratorChoice;
  readonly bridge: string | undefined;
  readonly cpuModel: string;
  readonly images: string | undefined;
  readonly bootTimeout: number;
}

/** What belongs to the guests of an agent, by the agent's folder. */
export function guestPlaces(folder: string) {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return {
    files: join(folder, 'guests'),
    /** Short: the path of a unix socket may have 107 bytes. */
    runtime: join(tmpdir(), `vg-agent-${digest}`),
    mark: join(folder, 'mark'),
  };
}

/**
 * Runs guests on this host, and takes over those that an earlier agent has left.
 * @throws UserError if the hypervisor cannot run guests as is asked for
 */
export async function openRunner(options: OpenRunner): Promise<HostRunner> {
  const { folder, advertise, storages, bridge, cpuModel, images, bootTimeout } = options;
  const { hypervisor } = options;
  expectFitting(options);
  const { name, cluster } = new MemberFolder(folder).membership();
  const { files, runtime, mark } = guestPlaces(folder);
  if (!existsSync(mark)) {
    writeSynced(mark, hypervisor === 'xen' ? domainMark(cluster) : randomToken());
  }
  makeFolder(runtime, 0o700);
  const rest = {
    ...{ name, cluster, address: advertise, bridge, storages, images, runtime },
    // Guests of Xen see the CPU of their host.
    ...{ cpu: hypervisor === 'xen' ? 'host' : cpuModel, cache: cacheDirectory(process.env) },
    ...{ mark: readFileSync(mark, 'utf8'), mayStart: options.mayStart },
  };
  const accelerator =
    options.accelerator !== 'auto'
      ? options.accelerator
      : hypervisor === 'xen'
        ? 'xen-pvh'
        : await probed(
            // By user networking: it needs no address that others could have.
            new Ground({
              ...{ ...rest, bridge: undefined, hypervisor: 'qemu', accelerator: 'tcg' },
              mayStart: () => true,
            }),
          );
  const ground = new Ground({ ...rest, hypervisor, accelerator });
  const local = localHypervisors[hypervisor](ground);
  return HostRunner.open({
    ...{ ground, hypervisor: local, folder: files, self: options.self, bootTimeout },
  });
}

function expectFitting({ hypervisor, accelerator, bridge }: OpenRunner): void {
  const isOfXen = hypervisor === 'xen';
  if (accelerator !== 'auto' && accelerator.startsWith('xen-') !== isOfXen) {
    const expected = isOfXen ? 'xen-pvh or xen-pv' : 'kvm or tcg';
    throw new UserError({
      message: `expected --accelerator ${expected} with --hypervisor ${hypervisor}, got ${accelerator}`,
    });
  }
  if (isOfXen && bridge === undefined) {
    throw new UserError({
      message: 'expected --bridge with --hypervisor xen: it has no user networking',
      remedy: 'Name the bridge of this host that guests shall be on: --bridge br0.',
    });
  }
}

/** The accelerator that boots the micro guest faster; what was found once holds until something changes. */
async function probed(ground: Ground): Promise<AcceleratorName> {
  const { cache, cpu } = ground.options;
  const { key } = await ground.image('micro');
  const { stdout } = await localShell.run(['qemu-system-x86_64', '--version'], { timeout: 30 });
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  const { chosen } = await rememberedChoice(cache, ['agent', boot, stdout, cpu, key], () =>
    probeAccelerators({
      boot: async (accelerator, signal) => {
        const shape = { vcpus: 1, memory: 2 ** 28, disk: 0, image: 'micro' };
        const { path } = await ground.template(shape);
        const spec = await ground.spec('accelerator-probe', shape);
        makeFolder(spec.directory, 0o700);
        const disk = { ...spec.disk, path: join(spec.directory, 'disk.raw') };
        await localShell.run(['cp', '--sparse=always', path, disk.path]);
        try {
          const at = { host: ground.host, hypervisor: qemu };
          const { guest } = await startGuest(at, { ...spec, accelerator, disk }, 120, signal);
          await guest.destroy();
        } finally {
          await localShell.run(['rm', '-rf', '--', spec.directory]);
        }
      },
      now: () => monotonicClock.now(),
    }),
  );
  return chosen;
}
