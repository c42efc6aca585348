import { UserError, type Problem } from '../../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor.ts';

/**
 * Looks for what only QEMU has.
 * @throws UserError with all of it
 */
export function expectXen(spec: GuestSpec): void {
  const { accelerator, network, hugepages, cpu, machine, disk, domainXml } = spec;
  const problems: Problem[] = [];
  const expect = (holds: boolean, what: string, expected: string, got: unknown) => {
    if (holds) return;
    problems.push({
      message: `${what}: expected ${expected} for guests of Xen, got ${String(got)}`,
      remedy: 'Change it in the scenario, or use hypervisor: qemu for this arm.',
    });
  };
  expect(accelerator.startsWith('xen-'), 'accelerator', 'xen-pvh, xen-pv or xen-hvm', accelerator);
  expect(network.kind === 'bridge', 'network', 'a bridge', network.kind);
  expect(!hugepages, 'hugepages', 'false (Xen uses large pages by itself)', hugepages);
  expect(cpu === 'max' || cpu === 'host', 'cpu', "max, the host's own", cpu);
  expect(machine === 'pc', 'machine', 'pc', machine);
  expect(disk.aio === 'threads', 'aio', "threads, which is not QEMU's here", disk.aio);
  expect(!disk.iothread, 'iothread', 'false', disk.iothread);
  expect(disk.queues === 1, 'queues', '1', disk.queues);
  expect(domainXml === undefined, 'guest.domain', 'none', 'a domain XML of libvirt');
  if (problems.length > 0) throw new UserError(problems);
}
