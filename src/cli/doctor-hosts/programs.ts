import { programVersions } from '../../harness/results/program-versions.ts';
import { runs, type Host } from '../../platform/remote/host.ts';
import type { Argv } from '../../platform/remote/shell.ts';
import type { Finding } from './finding.ts';

/** What a host runs guests and measurements with; packages are those of Debian. */
const programs = {
  'qemu-system-x86_64': { package: 'qemu-system-x86', neededBy: ['qemu'], for: 'guests' },
  'qemu-img': { package: 'qemu-utils', neededBy: ['qemu', 'xen'], for: "guests' disks" },
  virsh: { package: 'libvirt-clients', neededBy: [], for: 'hypervisor: libvirt' },
  tcpdump: { package: 'tcpdump', neededBy: [], for: 'the network observer' },
  fio: { package: 'fio', neededBy: [], for: 'loads of the host itself' },
} as const;

/** Which programs there are; one that guests need here, and is missing, is a problem. */
export async function examinePrograms(host: Host): Promise<Finding[]> {
  const onlyXen = !runs(host, 'qemu');
  const wanted = Object.entries(programs).filter(
    ([name]) => !(onlyXen && ['qemu-system-x86_64', 'virsh'].includes(name)),
  );
  const argvs = wanted.map(([name]): [string, Argv] => [name, [name, '--version']]);
  const versions = await programVersions(host.shell, Object.fromEntries(argvs));
  const there = wanted.flatMap(([name]) =>
    versions[name] === undefined ? [] : [`${name} ${versions[name]}`],
  );
  const missing = wanted.flatMap(([name, program]): Finding[] => {
    if (versions[name] !== undefined) return [];
    const remedy = `as root: apt-get install ${program.package}`;
    const text = `${name} is missing, needed for ${program.for}`;
    return program.neededBy.some((hypervisor) => runs(host, hypervisor))
      ? [{ topic: '', text: '', problem: { message: text, remedy } }]
      : [{ topic: '', text, advice: remedy }];
  });
  return [{ topic: 'programs', text: there.join(', ') || 'none' }, ...missing];
}
