import { join } from 'node:path';
import { UserError } from '../../../../base/errors.ts';
import type { Host } from '../../../remote/host.ts';
import type { Guest, GuestSpec } from '../../hypervisor.ts';
import type { MigrationBackend } from '../../migration.ts';
import { expectSameCpu, expectSameMachine } from '../../qemu/migration/compatibility.ts';
import { bridgedService } from '../../qemu/service-address.ts';
import { diskTarget, domainForTarget } from '../domain/adapt-domain.ts';
import { domainName } from '../domain/domain-name.ts';
import { listenTo } from '../guest.ts';
import { libvirtWords, virsh } from '../virsh.ts';
import { usualLimits } from './limits.ts';
import { defaultUri, expectKnownMethod, migrateArguments } from './method.ts';
import { runMigration, type Move } from './run.ts';

/**
 * Migration by libvirt: virsh on the source drives it, and libvirtd on the target starts QEMU there
 * when it begins. `run` takes at most the method's `timeout` and some two minutes; post-copy that has
 * switched over as long as pages arrive.
 */
export const libvirtMigration: MigrationBackend = {
  async prepare(guest, target, spec, method) {
    expectKnownMethod(method);
    expectSameMachine(guest.spec, spec);
    await expectSameCpu(guest.host, target, spec);
    const domain = domainName(guest.spec);
    if (!(await guest.running())) throw new Error(`${guest.spec.name} does not run`);
    const uri = target.libvirtUri ?? defaultUri(target.address);
    await expectAnswer(guest, target, uri);

    const { shell } = guest.host;
    const live = await virsh(shell, ['dumpxml', '--migratable', domain]);
    const xml = join(guest.spec.directory, 'target.xml');
    await shell.writeFile(xml, domainForTarget(live, spec));
    const unsafe = !(await isKnownShared(guest.host, guest.spec));
    const ear = await listenTo(target, spec);
    const { address } = target;
    const disk = diskTarget(live);
    const command = migrateArguments({ domain, uri, address, xml, method, disk, unsafe });
    const move: Move = {
      ...{ source: guest, target, spec, ear, domain, method, command },
      limits: usualLimits,
    };
    return {
      ...(spec.network.kind === 'bridge' && { service: bridgedService(spec) }),
      run: (signal, onEvent) => runMigration(move, signal, onEvent),
      abandon: () => ear.stop(),
    };
  },
};

/** @throws UserError if the source does not reach the target's libvirtd */
async function expectAnswer(guest: Guest, target: Host, uri: string): Promise<void> {
  const { shell, name } = guest.host;
  const timeout = usualLimits.answer;
  try {
    await shell.run(['virsh', '--connect', uri, '--quiet', 'version'], { timeout });
  } catch (cause) {
    throw new UserError(
      {
        message: `expected libvirtd of ${target.name} to answer ${name} at ${uri}: ${libvirtWords(cause)}`,
        where: guest.spec.name,
        remedy:
          'Let it listen (listen_tcp in libvirtd.conf, or virtqemud-tcp.socket), or give another address in the inventory (libvirtUri).',
      },
      { cause },
    );
  }
}

/** The file systems that libvirt takes for shared, by the names of `stat`. */
const knownShared = ['nfs', 'gfs2', 'gfs/gfs2', 'ocfs2', 'afs', 'smb2', 'cifs', 'ceph', 'gpfs'];

/** On others, such as Lustre or MooseFS, libvirt must be told that the disk is shared. */
async function isKnownShared({ shell }: Host, { disk }: GuestSpec): Promise<boolean> {
  const { stdout } = await shell.run(['stat', '--file-system', '--format=%T', disk.path]);
  return knownShared.includes(stdout.trim());
}
