import type { Shell } from '../../remote/shell.ts';
import { orUnsupported } from '../unsupported.ts';
import type { LabHost, LabPlan } from './plan.ts';

/** The control group that caps a host's disk. */
export function diskGroup(plan: LabPlan, host: LabHost): string {
  return `virtgauge-${plan.token.slice(0, 8)}-${host.name}`;
}

/**
 * Makes a control group that caps what its members read and write on the device under the host's
 * folder, in bytes a second each. Version 1 of control groups caps direct I/O only.
 * @returns the file that a process of the host writes 0 to, to become a member
 */
export async function limitDisk(
  shell: Shell,
  plan: LabPlan,
  host: LabHost,
  bytesPerSecond: number,
): Promise<string> {
  const script = `
    set -e
    number=$(stat -c '%Hd:%Ld' "$1")
    if [ -e "/sys/dev/block/$number/partition" ]; then
      number=$(cat "$(readlink -f "/sys/dev/block/$number/..")/dev")
    fi
    # Where no cgroup file system is mounted, writing would make ordinary files.
    file() { [ -w "$group/$1" ] || { echo "no $1 in $group" >&2; rmdir "$group"; exit 1; }; }
    if [ -e /sys/fs/cgroup/blkio/cgroup.procs ]; then
      group=/sys/fs/cgroup/blkio/$2
      mkdir "$group"
      file blkio.throttle.read_bps_device
      echo "$number $3" > "$group/blkio.throttle.read_bps_device"
      echo "$number $3" > "$group/blkio.throttle.write_bps_device"
    else
      group=/sys/fs/cgroup/$2
      mkdir "$group"
      file io.max
      echo "$number rbps=$3 wbps=$3" > "$group/io.max"
    fi
    echo "$group/cgroup.procs"`;
  const rate = String(Math.round(bytesPerSecond));
  const values = [host.folder, diskGroup(plan, host), rate];
  const { stdout } = await orUnsupported('--disk-rate', () =>
    shell.run(['bash', '--norc', '-c', script, 'limit', ...values]),
  );
  return stdout.trim();
}

/** Removes the control groups, whose processes are gone. */
export async function removeDiskLimits(shell: Shell, plan: LabPlan): Promise<void> {
  const groups = plan.hosts.map((host) => diskGroup(plan, host));
  const script = `
    for group; do
      for place in /sys/fs/cgroup/blkio /sys/fs/cgroup; do
        [ -d "$place/$group" ] && rmdir "$place/$group"
      done
    done
    true`;
  await shell.run(['bash', '--norc', '-c', script, 'remove', ...groups]);
}
