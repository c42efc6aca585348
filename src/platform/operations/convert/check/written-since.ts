import type { Qmp } from '../../../hypervisor/qemu/qmp.ts';
import { driveOf } from '../../../hypervisor/qemu/command-line.ts';
import { takenOver, thawDisk } from '../../../hypervisor/qemu/freeze.ts';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';
import type { Host } from '../../../remote/host.ts';

/** Seconds for a look. */
const timeout = 60;
/** Seconds for what was written to be taken over. */
const patience = 3600;

/** File beside a disk, for what its guest writes while the disk is kept to be compared. */
export function writtenSince(path: string): string {
  return `${path}.written-since.qcow2`;
}

type Disks = Pick<GuestSpec, 'disk' | 'moreDisks'>;

/** All disks of a guest, the one that it starts from first. */
export function allDisks({ disk, moreDisks = [] }: Disks): GuestSpec['disk'][] {
  return [disk, ...moreDisks];
}

/** Whether disks were kept to be compared, and whoever did that has not let them go: it has died. */
export async function writesBeside(host: Host, spec: Disks): Promise<boolean> {
  const files = allDisks(spec).flatMap(({ path }) => bothNames(writtenSince(path)));
  const { stdout } = await host.shell.run(
    ['sh', '-c', 'for file; do [ -e "$file" ] && echo "$file"; done; true', 'look', ...files],
    { timeout },
  );
  return stdout !== '';
}

function bothNames(overlay: string): [string, string] {
  return [overlay, takenOver(overlay)];
}

/** Lets the disks of a guest that runs no more have what was written beside them. */
export async function mergeWritten(host: Host, spec: Disks): Promise<void> {
  const script = `[ ! -e "$3" ] ||
  { qemu-img rebase -u -f qcow2 -b "$1" -F "$2" "$3" && qemu-img commit -q -f qcow2 "$3"; } &&
  rm -f -- "$3" "$4"`;
  for (const { path, format } of allDisks(spec)) {
    const names = [path, format, ...bothNames(writtenSince(path))];
    await host.shell.run(['sh', '-c', script, 'merge', ...names], { timeout: patience });
  }
}

/** Lets a guest that runs go on with its own disks, with all that it has written beside them. */
export async function thawLeft(host: Host, qmp: Qmp, spec: Disks): Promise<void> {
  const drives = await qmp.execute('query-block', {}, { timeout });
  for (const [index, { path }] of allDisks(spec).entries()) {
    const [device, overlay] = [driveOf(index), writtenSince(path)];
    const file = drives.find((drive) => drive.device === device)?.inserted?.file;
    if (file === overlay) await thawDisk({ qmp, host }, device, overlay);
    else await host.shell.run(['rm', '-f', '--', ...bothNames(overlay)], { timeout });
  }
}
