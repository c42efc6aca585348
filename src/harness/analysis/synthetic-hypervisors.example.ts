import type { Accelerator, HostFacts, Run } from '../results/schema.ts';
import { syntheticRun, type Synthetic, writeRun } from './synthetic-run.example.ts';

const host: HostFacts = {
  ...{ cpu: 'AMD EPYC Processor', cpus: 1, memory: 2 ** 30, kernel: '6.1.0-56-amd64' },
  ...{ versions: { qemu: '7.2.22' }, clockUncertainty: 0.0011 },
};
const hosts: Record<string, HostFacts> = {
  k1: host,
  x1: {
    ...{ ...host, cpus: 2, memory: 3 * 2 ** 30 },
    ...{ versions: { xen: '4.17.7' }, hypervisors: ['xen'] },
  },
};
const virtio = { hosts: ['k1'], disk: 'virtio-blk, QEMU', network: 'virtio-net, tap' };
const xen = { hosts: ['x1'], disk: 'xen-blkfront, xen-blkback', network: 'xen-netfront, vif' };

/** By levels of hypervisor and accelerator, on hosts of which all are emulated, or none. */
export function syntheticAccelerators(emulated: boolean): Record<string, Accelerator> {
  const inside = { emulated, ...(emulated && { inside: 'tcg' }), why: 'asked for' };
  return {
    'qemu/kvm': { name: 'kvm', ...inside, ...virtio, versions: { qemu: '7.2.22' } },
    'qemu/tcg': { name: 'tcg', ...inside, emulated: true, ...virtio, versions: { qemu: '7.2.22' } },
    'xen/xen-pvh': { name: 'xen-pvh', ...inside, ...xen, versions: { xen: '4.17.7' } },
    'xen/xen-pv': { name: 'xen-pv', ...inside, ...xen, versions: { xen: '4.17.7' } },
  };
}

/** A synthetic run under KVM, TCG, Xen PVH and Xen PV. For tests. */
export function syntheticHypervisors({
  emulated = true,
  ...options
}: Synthetic & { emulated?: boolean } = {}) {
  const accelerators = syntheticAccelerators(emulated);
  return syntheticRun({
    blocks: 6,
    jobs: ['randread', 'randwrite'],
    factors: {
      hypervisor: ['qemu', 'xen'],
      accelerator: ['kvm', 'tcg', 'xen-pvh', 'xen-pv'],
      storage: ['local', 'shared'],
    },
    exists: ({ hypervisor, accelerator }) => `${hypervisor}/${accelerator}` in accelerators,
    ...options,
    change: (run) => withAccelerators(options.change?.(run) ?? run, accelerators),
  });
}

/** Writes it as a run folder. */
export function writeSyntheticHypervisors(
  folder: string,
  options: Parameters<typeof syntheticHypervisors>[0] = {},
): void {
  writeRun(folder, syntheticHypervisors(options));
}

function withAccelerators(run: Run, accelerators: Record<string, Accelerator>): Run {
  const emulated = accelerators['qemu/kvm']?.emulated === true;
  return {
    ...run,
    scenario: { ...run.scenario, name: 'hypervisors', fixed: { memory: 2 ** 27, vcpus: 1 } },
    source: 'scenarios/hypervisors.yaml',
    environment: {
      ...run.environment,
      accelerators,
      accelerator: { name: 'kvm', emulated, why: 'asked for' },
      hosts: Object.fromEntries(
        Object.entries(hosts).map(([name, facts]) => [name, { ...facts, emulated }]),
      ),
    },
  };
}
